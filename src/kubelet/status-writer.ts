// Brings pod statuses to the API server. Each pod's newest status is written as soon as the one before has been
// taken; what changes meanwhile is written once. Only fields that differ are sent.
//
// Guarantees: statuses of one pod arrive in order; a write that fails is tried again with back-off until a newer
// status replaces it or the pod is gone; at most `concurrency` writes are under way.

import { Pod } from '#api/core/pod.ts'
import type { PodStatus } from '#api/core/pod-status.ts'
import { isConflict, isNotFound } from '#api/status-error.ts'
import type { Client } from '#client/client.ts'
import { backoffMs } from '#lib/backoff.ts'
import type { Clock } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'

interface Entry {
  readonly pod: Pod
  /** What the API server has, as far as we know. */
  written: PodStatus | undefined
  wanted: PodStatus
  writing: boolean
  failures: number
  waiters: (() => void)[]
}

export interface StatusWriterOptions {
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  readonly concurrency?: number
}

export class StatusWriter {
  readonly #options: StatusWriterOptions
  readonly #entries = new Map<string, Entry>()
  readonly #queue: string[] = []
  #running = 0

  constructor(options: StatusWriterOptions) {
    this.#options = options
  }

  /** What was last handed over for this pod. */
  last(uid: string): PodStatus | undefined {
    return this.#entries.get(uid)?.wanted
  }

  set(pod: Pod, status: PodStatus): void {
    const uid = pod.metadata.uid ?? ''
    const entry = this.#entries.get(uid)
    if (!entry) {
      const first: Entry = { pod, written: pod.status, wanted: status, writing: false, failures: 0, waiters: [] }
      this.#entries.set(uid, first)
      this.#queueIfNeeded(uid, first)
    } else if (!isSame(entry.wanted, status)) {
      entry.wanted = status
      if (!entry.writing) this.#queueIfNeeded(uid, entry)
    }
  }

  /** Resolves when the newest status is with the API server, or the pod is forgotten. */
  written(uid: string): Promise<void> {
    const entry = this.#entries.get(uid)
    if (!entry || (!entry.writing && !this.#queue.includes(uid))) return Promise.resolve()
    return new Promise((resolve) => entry.waiters.push(resolve))
  }

  forget(uid: string): void {
    const entry = this.#entries.get(uid)
    this.#entries.delete(uid)
    for (const waiter of entry?.waiters ?? []) waiter()
  }

  #queueIfNeeded(uid: string, entry: Entry): void {
    if (entry.failures === 0 && Object.keys(statusPatch(entry.written, entry.wanted)).length === 0) {
      settleWaiters(entry)
    } else {
      if (!this.#queue.includes(uid)) this.#queue.push(uid)
      this.#pump()
    }
  }

  #pump(): void {
    const { signal, concurrency = 8 } = this.#options
    while (!signal.aborted && this.#running < concurrency) {
      const uid = this.#queue.shift()
      if (uid === undefined) return
      const entry = this.#entries.get(uid)
      if (!entry || entry.writing) continue
      this.#running++
      entry.writing = true
      void this.#write(uid, entry).finally(() => {
        this.#running--
        this.#pump()
      })
    }
  }

  async #write(uid: string, entry: Entry): Promise<void> {
    const { client, log, signal } = this.#options
    const { name = '', namespace } = entry.pod.metadata
    const { wanted } = entry
    try {
      // A write that failed may have arrived all the same: what stands there is asked for.
      if (entry.failures > 0) {
        const current = await client.get(Pod, { namespace, name }, signal)
        // Another has taken the name.
        if (current.metadata.uid !== uid) return this.forget(uid)
        entry.written = current.status
      }
      const patch = { metadata: { uid }, status: statusPatch(entry.written, wanted) }
      await client.patch(Pod, { namespace, name }, patch, { type: 'strategic', subresource: 'status', signal })
      entry.written = wanted
      entry.failures = 0
    } catch (error) {
      if (isNotFound(error)) return this.forget(uid)
      if (signal.aborted) return
      if (!isConflict(error))
        log.warn('Cannot write the status of a pod', { pod: `${namespace}/${name}`, error: errorText(error) })
      await this.#pause(backoffMs(entry.failures++, { initialMs: 200, capMs: 10_000 }))
    }
    entry.writing = false
    if (this.#entries.get(uid) === entry) this.#queueIfNeeded(uid, entry)
  }

  async #pause(ms: number): Promise<void> {
    const { clock, signal } = this.#options
    await clock.sleep(ms, signal).catch(() => {})
  }
}

function settleWaiters(entry: Entry): void {
  const { waiters } = entry
  entry.waiters = []
  for (const waiter of waiters) waiter()
}

const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

/** JSON without what is undefined and with sorted names, so that equal values compare equal. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  ) ?? ''

/** Fields of the status that the kubelet answers for; the rest belongs to others. */
const owned = [
  'observedGeneration',
  'phase',
  'message',
  'reason',
  'hostIP',
  'hostIPs',
  'podIP',
  'podIPs',
  'startTime',
  'qosClass',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
] as const

/** A strategic merge patch from one status to the other; empty when nothing differs. */
export function statusPatch(from: PodStatus | undefined, to: PodStatus): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const field of owned) {
    const next = to[field]
    if (isSame(from?.[field], next)) continue
    // Lists that are merged by key would keep what is no longer there.
    if ((field === 'podIPs' || field === 'hostIPs') && from?.[field])
      patch[field] = [...((next as readonly object[] | undefined) ?? []), { $patch: 'replace' }]
    else patch[field] = next ?? null
  }
  const changed = (to.conditions ?? []).flatMap((condition) => {
    const before = from?.conditions?.find((c) => c.type === condition.type)
    if (isSame(condition, before)) return []
    // What is merged stays unless it is taken away by name.
    const cleared = before
      ? { ...(before.reason ? { reason: null } : {}), ...(before.message ? { message: null } : {}) }
      : {}
    return [{ ...cleared, ...condition }]
  })
  // Another's conditions (readiness gates) are not ours to repeat.
  if (changed.length > 0) patch.conditions = changed
  return patch
}
