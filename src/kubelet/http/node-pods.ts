// What the agent's API reads of the kubelet: its pods, what runs of them, and their logs.

import type { Pod } from '#api/core/pod.ts'
import type { Clock } from '#lib/clock.ts'
import type { Files } from '../files.ts'
import type { Kubelet } from '../kubelet.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { NodePods } from './server.ts'

export interface NodePodsOptions {
  /** Undefined as long as it has not been started. */
  readonly kubelet: () => Kubelet | undefined
  readonly runtime: Runtime
  readonly files: Files
  readonly clock: Clock
  readonly logDir: string
}

export function podsOf({ kubelet }: NodePodsOptions): NodePods {
  const pods = (): readonly Pod[] => kubelet()?.pods() ?? []
  return {
    pods,
    containerId: (namespace, pod, container) => kubelet()?.containerId(namespace, pod, container),
    sandboxId: (namespace, pod) => kubelet()?.sandboxId(namespace, pod),
    readLog: async () => {
      throw new Error('logs are not read yet')
    },
  }
}
