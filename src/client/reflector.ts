// Follows one kind by list and watch, for ever, as a machine of named states with one step: each step does one
// thing (list, watch, wait), and a pure function says from its outcome what comes next.
//
// Guarantees: a break of the watch never causes a list unless the server has forgotten the revision; every
// retry waits longer than the one before, with jitter, until something has arrived again; a server that has
// gone silent is noticed and asked anew from the last revision that was seen.

import type { AnyKind, ApiObject, ObjectOf } from '#api/kind.ts'
import { isGone, StatusError } from '#api/status-error.ts'
import { backoffMs } from '#lib/backoff.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import type { Client, WatchEvent } from './client.ts'

export interface Selection {
  readonly namespace?: string
  readonly fieldSelector?: string
  readonly labelSelector?: string
}

/** `failures` counts the attempts since something last arrived. */
export type State =
  | { readonly at: 'listing'; readonly failures: number }
  | { readonly at: 'watching'; readonly resourceVersion: string; readonly failures: number }
  | { readonly at: 'waiting'; readonly failures: number; readonly then: State }
  | { readonly at: 'stopped' }

export type Outcome =
  | { readonly is: 'listed'; readonly resourceVersion: string }
  /** The watch ended without an error, or was given up because the server had gone silent. */
  | { readonly is: 'ended'; readonly resourceVersion: string; readonly progressed: boolean }
  | { readonly is: 'failed'; readonly resourceVersion: string; readonly progressed: boolean }
  /** The server no longer knows, or does not yet know, the revision. */
  | { readonly is: 'expired'; readonly progressed: boolean }
  | { readonly is: 'waited' }
  | { readonly is: 'stopped' }

/** What follows a step. A wait comes before every attempt that is not the first since something arrived. */
export function next(state: State, outcome: Outcome): State {
  if (state.at === 'stopped' || outcome.is === 'stopped') return { at: 'stopped' }
  const { failures } = state
  switch (outcome.is) {
    case 'waited':
      return state.at === 'waiting' ? state.then : state
    case 'listed':
      return { at: 'watching', resourceVersion: outcome.resourceVersion, failures }
    case 'ended': {
      if (outcome.progressed) return { at: 'watching', resourceVersion: outcome.resourceVersion, failures: 0 }
      return pause(failures, { at: 'watching', resourceVersion: outcome.resourceVersion, failures: failures + 1 })
    }
    case 'expired': {
      if (outcome.progressed) return { at: 'listing', failures: 0 }
      // Only the very first time at once: a server that expires each new watch must not be listed in a storm.
      const listing: State = { at: 'listing', failures: failures + 1 }
      return failures === 0 ? listing : pause(failures - 1, listing)
    }
    case 'failed': {
      if (state.at === 'listing') return pause(failures, { at: 'listing', failures: failures + 1 })
      const before = outcome.progressed ? 0 : failures
      return pause(before, { at: 'watching', resourceVersion: outcome.resourceVersion, failures: before + 1 })
    }
  }
}

const pause = (failures: number, then: State): State => ({ at: 'waiting', failures, then })

/** Doubles from 0.8 s to 30 s as upstream's reflector; half of it is jitter, so that many clients spread. */
export const delayMs = (failures: number, draw: number): number =>
  backoffMs(failures, { initialMs: 800, capMs: 30_000 }) * (0.5 + draw / 2)

/** Where a reflector puts what it learns. */
export interface Sink<T> {
  replace(items: readonly T[], resourceVersion: string): void
  apply(events: readonly WatchEvent<T>[]): void
}

export interface ReflectorOptions<K extends AnyKind> {
  readonly kind: K
  readonly selection: Selection
  readonly client: Client
  readonly sink: Sink<ObjectOf<K>>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
  /** A watch on which nothing arrives for so long, not even a bookmark, is given up. */
  readonly silenceMs: number
  /** Asks the server to end a watch after 1 to 2 times this, so that load spreads over servers again. */
  readonly watchTimeoutSeconds: number
}

const silent = Symbol('silent')
/** Over one list's pages the whole is not held twice, and no single answer is huge. */
const pageSize = 1000
/** A watch that has lived for so long counts as progress even if nothing happened. */
const livedMs = 5_000

/** Runs until the signal aborts. */
export async function reflect<K extends AnyKind>(options: ReflectorOptions<K>): Promise<void> {
  let state: State = { at: 'listing', failures: 0 }
  while (state.at !== 'stopped') {
    const outcome: Outcome = await step(state, options)
    state = next(state, outcome)
  }
}

function step<K extends AnyKind>(state: State, options: ReflectorOptions<K>): Promise<Outcome> {
  if (options.signal.aborted) return Promise.resolve({ is: 'stopped' })
  switch (state.at) {
    case 'listing':
      return list(options)
    case 'watching':
      return watch(state.resourceVersion, options)
    case 'waiting':
      return wait(delayMs(state.failures, options.random.next()), options)
    case 'stopped':
      return Promise.resolve({ is: 'stopped' })
  }
}

async function wait<K extends AnyKind>(ms: number, { clock, signal }: ReflectorOptions<K>): Promise<Outcome> {
  try {
    await clock.sleep(ms, signal)
    return { is: 'waited' }
  } catch {
    return { is: 'stopped' }
  }
}

async function list<K extends AnyKind>(options: ReflectorOptions<K>): Promise<Outcome> {
  const { kind, sink, signal, log } = options
  const alarm = silenceAlarm(options)
  try {
    const { items, resourceVersion } = await listPages(options, alarm)
    if (signal.aborted) return { is: 'stopped' }
    sink.replace(items, resourceVersion)
    return { is: 'listed', resourceVersion }
  } catch (error) {
    if (signal.aborted) return { is: 'stopped' }
    log.warn('Cannot list', { kind: kind.resource, error })
    return { is: 'failed', resourceVersion: '', progressed: false }
  } finally {
    alarm.clear()
  }
}

async function listPages<K extends AnyKind>(
  { kind, selection, client }: ReflectorOptions<K>,
  alarm: Alarm,
): Promise<{ items: readonly ObjectOf<K>[]; resourceVersion: string }> {
  try {
    const first = await client.list(kind, { ...selection, limit: pageSize, signal: alarm.signal })
    if (first.continue === '') return first
    const items = [...first.items]
    for (let page = first; page.continue !== ''; ) {
      alarm.postpone()
      page = await client.list(kind, {
        ...selection,
        limit: pageSize,
        continue: page.continue,
        signal: alarm.signal,
      })
      items.push(...page.items)
    }
    return { items, resourceVersion: first.resourceVersion }
  } catch (error) {
    if (!isGone(error)) throw error
    // The pages took longer than the server remembers: take it whole.
    return client.list(kind, { ...selection, signal: alarm.signal })
  }
}

async function watch<K extends AnyKind>(from: string, options: ReflectorOptions<K>): Promise<Outcome> {
  const { kind, selection, client, sink, clock, random, signal, log, watchTimeoutSeconds } = options
  const alarm = silenceAlarm(options)
  const startedMs = clock.monotonic()
  let resourceVersion = from
  let arrived = false
  const progressed = () => arrived || clock.monotonic() - startedMs >= livedMs
  try {
    const events = client.watch(kind, {
      ...selection,
      resourceVersion: from,
      allowBookmarks: true,
      timeoutSeconds: Math.round(watchTimeoutSeconds * (1 + random.next())),
      signal: alarm.signal,
    })
    for await (const batch of events) {
      if (signal.aborted) return { is: 'stopped' }
      const last = batch.at(-1)
      if (!last) continue
      alarm.postpone()
      arrived = true
      sink.apply(batch)
      resourceVersion = (last.object as ApiObject).metadata.resourceVersion ?? resourceVersion
    }
    return signal.aborted ? { is: 'stopped' } : { is: 'ended', resourceVersion, progressed: progressed() }
  } catch (error) {
    if (signal.aborted) return { is: 'stopped' }
    if (alarm.signal.reason === silent) return { is: 'ended', resourceVersion, progressed: true }
    if (isGone(error) || isTooLarge(error)) return { is: 'expired', progressed: progressed() }
    log.debug('Watch broke', { kind: kind.resource, error })
    return { is: 'failed', resourceVersion, progressed: progressed() }
  } finally {
    alarm.clear()
  }
}

/** A store that was set back (restored, or in memory and restarted) does not know the revision yet. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof StatusError &&
  (error.details?.causes ?? []).some((cause) => cause.reason === 'ResourceVersionTooLarge')

interface Alarm {
  readonly signal: AbortSignal
  postpone(): void
  clear(): void
}

/** Aborts when nothing has been heard for `silenceMs`, and when the reflector stops. Postponing only notes the
 *  time: the timer looks at it when it fires, so that a busy watch sets no timer per event. */
function silenceAlarm({
  clock,
  signal,
  silenceMs,
}: Pick<Alarm, 'signal'> & { clock: Clock; silenceMs: number }): Alarm {
  const control = new AbortController()
  const onStop = () => control.abort(signal.reason)
  if (signal.aborted) onStop()
  signal.addEventListener('abort', onStop, { once: true })
  let heardMs = clock.monotonic()
  const arm = (ms: number) =>
    clock.after(ms, () => {
      const leftMs = heardMs + silenceMs - clock.monotonic()
      if (leftMs <= 0) control.abort(silent)
      else timer = arm(leftMs)
    })
  let timer = Number.isFinite(silenceMs) ? arm(silenceMs) : undefined
  return {
    signal: control.signal,
    postpone: () => {
      heardMs = clock.monotonic()
    },
    clear: () => {
      timer?.cancel()
      timer = undefined
      signal.removeEventListener('abort', onStop)
    },
  }
}
