// Writes into the status of pods why they have no node: the PodScheduled condition, as upstream's scheduler does.
// A few at a time; of two that wait for the same pod only the newer is written.

import type { Pod } from '#api/core/pod.ts'
import { Pod as PodKind } from '#api/core/pod.ts'
import { isConflict, isNotFound } from '#api/status-error.ts'
import type { Client } from '#client/client.ts'
import { type Clock, formatTime } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'

export type WaitingReason = 'Unschedulable' | 'SchedulerError'

export interface WaitingConditionsOptions {
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
}

interface Writing {
  readonly pod: Pod
  readonly condition: object
}

const atOnce = 16

/** Undefined: the pod says so already. */
export function waitingCondition(pod: Pod, reason: WaitingReason, message: string, nowMs: number): object | undefined {
  const { generation } = pod.metadata
  const known = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
  const isFalse = known?.status === 'False'
  if (isFalse && known.reason === reason && known.message === message && known.observedGeneration === generation)
    return undefined
  return {
    type: 'PodScheduled',
    status: 'False',
    reason,
    message,
    lastTransitionTime: (isFalse ? known.lastTransitionTime : undefined) ?? formatTime(nowMs),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }
}

export class WaitingConditions {
  readonly #options: WaitingConditionsOptions
  /** By uid. */
  readonly #pending = new Map<string, Writing>()
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(options: WaitingConditionsOptions) {
    this.#options = options
  }

  say(pod: Pod, reason: WaitingReason, message: string): void {
    const condition = waitingCondition(pod, reason, message, this.#options.clock.now())
    const uid = pod.metadata.uid ?? ''
    this.#pending.delete(uid)
    if (!condition) return
    this.#pending.set(uid, { pod, condition })
    this.#next()
  }

  /** It has a node, or is gone. */
  forget(uid: string): void {
    this.#pending.delete(uid)
  }

  get isIdle(): boolean {
    return this.#pending.size + this.#underWay.size === 0
  }

  async idle(): Promise<void> {
    while (!this.isIdle) await Promise.all(this.#underWay.values())
  }

  #next(): void {
    for (const [uid, writing] of this.#pending) {
      if (this.#underWay.size >= atOnce) return
      if (this.#underWay.has(uid)) continue
      this.#pending.delete(uid)
      const written = this.#write(writing).finally(() => {
        this.#underWay.delete(uid)
        this.#next()
      })
      this.#underWay.set(uid, written)
    }
  }

  async #write({ pod, condition }: Writing): Promise<void> {
    const { client, log } = this.#options
    const { name = '', namespace, uid } = pod.metadata
    // The uid keeps a new pod of the same name from getting this one's condition.
    const patch = { metadata: { uid }, status: { conditions: [condition] } }
    try {
      await client.patch(PodKind, { namespace, name }, patch, { type: 'strategic', subresource: 'status' })
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error))
        log.warn('Cannot say why a pod waits', { pod: `${namespace}/${name}`, error: String(error) })
    }
  }
}
