// One leader among several processes, by a Lease that it renews. Times as upstream: the lease lasts 15 s, the
// leader gives up when it could not renew for 10 s, and everybody tries every 2 s.
//
// Assumes that clocks run equally fast, not that they show the same time: a lease has run out when it has not
// changed for its whole duration by the observer's own clock. Guarantees: `lead` is told to stop before another
// process can be leader; on a clean stop the lease is released, and the next one takes over at once.

import { type Lease, Lease as LeaseKind } from '#api/coordination/lease.ts'
import { isNotFound } from '#api/status-error.ts'
import { type Clock, formatMicroTime } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import type { Client } from './client.ts'

export interface LeaderElectionOptions {
  readonly client: Client
  readonly namespace: string
  readonly name: string
  /** Unique among the candidates: host name and a UUID. */
  readonly identity: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
  readonly leaseDurationMs?: number
  readonly renewDeadlineMs?: number
  readonly retryPeriodMs?: number
}

/** What the last look at the lease showed, and when it last changed by our own clock. */
export interface Observed {
  readonly record: string
  readonly changedMs: number
}

export type Claim =
  | { readonly do: 'wait' }
  /** `transitions` undefined: we hold it already. */
  | { readonly do: 'renew' }
  | { readonly do: 'take'; readonly transitions: number }

/** May this candidate write itself into the lease? */
export function claim(lease: Lease, identity: string, observed: Observed, nowMs: number): Claim {
  const { holderIdentity = '', leaseDurationSeconds = 0, leaseTransitions = 0 } = lease.spec
  if (holderIdentity === identity) return { do: 'renew' }
  const lives = holderIdentity !== '' && nowMs < observed.changedMs + leaseDurationSeconds * 1000
  return lives ? { do: 'wait' } : { do: 'take', transitions: leaseTransitions + 1 }
}

/** Waits to become leader, runs `lead` while it is, and resolves when leadership or the wish for it has ended. */
export async function electLeader(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { clock, random, log, signal, identity, name, renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = options
  const candidate = new Candidate(options)
  while (!(await candidate.attempt())) {
    if (signal.aborted) return
    await clock.sleep(retryPeriodMs * (1 + random.next() * 0.2), signal).catch(() => {})
    if (signal.aborted) return
  }
  log.info('Became leader', { lease: name, identity })
  const term = new AbortController()
  const onStop = () => term.abort(signal.reason)
  signal.addEventListener('abort', onStop, { once: true })
  if (signal.aborted) onStop()
  const led = lead(term.signal).finally(() => term.abort(new Error('Leading has ended')))

  let renewedMs = clock.monotonic()
  while (!term.signal.aborted) {
    await clock.sleep(retryPeriodMs, term.signal).catch(() => {})
    if (term.signal.aborted) break
    if (await candidate.attempt()) renewedMs = clock.monotonic()
    else if (clock.monotonic() - renewedMs >= renewDeadlineMs) {
      log.warn('Lost leadership', { lease: name, identity })
      term.abort(new Error(`Leadership of lease ${JSON.stringify(name)} was lost`))
    }
  }
  signal.removeEventListener('abort', onStop)
  try {
    await led
  } finally {
    await candidate.release()
  }
}

class Candidate {
  readonly #options: LeaderElectionOptions
  #observed: Observed = { record: '', changedMs: 0 }

  constructor(options: LeaderElectionOptions) {
    this.#options = options
  }

  /** True when we are the leader now. Failing is not an error: it is tried again. */
  async attempt(): Promise<boolean> {
    const { clock, log, renewDeadlineMs = 10_000 } = this.#options
    const limit = new AbortController()
    const timer = clock.after(renewDeadlineMs, () => limit.abort(new Error('The server did not answer in time')))
    try {
      return await this.#attempt(limit.signal)
    } catch (error) {
      log.debug('Cannot hold lease', { error })
      return false
    } finally {
      timer.cancel()
    }
  }

  async release(): Promise<void> {
    const { client, namespace, name, identity, log } = this.#options
    try {
      const lease = await client.get(LeaseKind, { namespace, name })
      if (lease.spec.holderIdentity !== identity) return
      const { leaseTransitions } = lease.spec
      const time = formatMicroTime(this.#options.clock.now())
      await client.update(LeaseKind, {
        ...lease,
        spec: { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time, leaseTransitions },
      })
    } catch (error) {
      log.debug('Cannot release lease', { error })
    }
  }

  async #attempt(signal: AbortSignal): Promise<boolean> {
    const { client, clock, namespace, name, identity, leaseDurationMs = 15_000 } = this.#options
    const time = formatMicroTime(clock.now())
    const held = { holderIdentity: identity, leaseDurationSeconds: leaseDurationMs / 1000, renewTime: time }
    let lease: Lease
    try {
      lease = await client.get(LeaseKind, { namespace, name }, signal)
    } catch (error) {
      if (!isNotFound(error)) throw error
      const spec = { ...held, acquireTime: time, leaseTransitions: 0 }
      await client.create(LeaseKind, { metadata: { namespace, name }, spec }, { signal })
      return true
    }
    this.#observe(lease)
    const what = claim(lease, identity, this.#observed, clock.monotonic())
    if (what.do === 'wait') return false
    const taken = what.do === 'take' ? { acquireTime: time, leaseTransitions: what.transitions } : {}
    const spec = { ...lease.spec, ...held, ...taken }
    await client.update(LeaseKind, { ...lease, spec }, { signal })
    return true
  }

  #observe({ spec }: Lease): void {
    const record = JSON.stringify(spec)
    if (record !== this.#observed.record) this.#observed = { record, changedMs: this.#options.clock.monotonic() }
  }
}
