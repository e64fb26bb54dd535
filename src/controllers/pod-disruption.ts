// Deleting a pod for the cluster's sake: before it goes, the condition DisruptionTarget says why, so that its owner
// can tell such an end from a failure of the pod's own.

import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import type { PodCondition } from '#api/core/pod-status.ts'
import type { ControllerContext } from '#client/controller.ts'
import { formatTime } from '#lib/clock.ts'
import { refTo } from './owners.ts'
import { conditionOf, isTerminal } from './pods.ts'

export interface Cause {
  readonly reason: string
  readonly message: string
}

export interface Manner {
  /** Nobody is there to end it properly: it counts as failed, and goes without a grace period. */
  readonly force?: boolean
}

export async function deletePodFor(pod: Pod, cause: Cause, manner: Manner, context: ControllerContext): Promise<void> {
  const { client, clock } = context
  const { uid } = pod.metadata
  const status = disruption(pod, cause, manner, clock.now())
  if (status) {
    const options = { type: 'strategic', subresource: 'status' } as const
    await client.patch(PodKind, refTo(pod), { metadata: { uid }, status }, options)
  }
  const grace = manner.force ? { gracePeriodSeconds: 0 } : {}
  await client.delete(PodKind, refTo(pod), { uid, ...grace })
}

/** What is to be merged into its status; undefined where there is nothing to say any more. */
function disruption(pod: Pod, { reason, message }: Cause, { force }: Manner, nowMs: number): object | undefined {
  if (isTerminal(pod)) return undefined
  const old = conditionOf(pod, 'DisruptionTarget')
  const fails = force === true
  if (old?.status === 'True' && !fails) return undefined
  const { generation } = pod.metadata
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason,
    message,
    lastTransitionTime: old?.status === 'True' ? old.lastTransitionTime : formatTime(nowMs),
    ...(generation ? { observedGeneration: generation } : {}),
  }
  return { conditions: [condition], ...(fails ? { phase: 'Failed' } : {}) }
}
