// What the agent's API reads of the kubelet: its pods, what runs of them, and their logs.

import type { Pod } from '#api/core/pod.ts'
import type { Clock } from '#lib/clock.ts'
import type { Files } from '../files.ts'
import type { Kubelet } from '../kubelet.ts'
import { logContainer, logOptions } from '../log-query.ts'
import { readLog } from '../logs.ts'
import { RequestProblem } from './request-problem.ts'
import type { NodePods } from './server.ts'

export interface NodePodsOptions {
  /** Undefined as long as it has not been started. */
  readonly kubelet: () => Kubelet | undefined
  readonly files: Files
  readonly clock: Clock
}

export function nodePods({ kubelet, files, clock }: NodePodsOptions): NodePods {
  const pods = (): readonly Pod[] => kubelet()?.pods() ?? []
  return {
    pods,
    containerId: (namespace, pod, container) => kubelet()?.containerId(namespace, pod, container),
    sandboxId: (namespace, pod) => kubelet()?.sandboxId(namespace, pod),
    readLog: async (namespace, pod, container, query, signal) => {
      const worker = kubelet()?.worker(namespace, pod)
      if (!worker) throw new RequestProblem(404, `pod "${pod}" not found`)
      const found = logContainer(worker.status, pod, container, query.get('previous') === 'true')
      if (typeof found === 'string') throw new RequestProblem(400, found)
      const observed = () => worker.containers.find(({ id }) => id === found.id)
      const path = observed()?.logPath
      if (!path) throw new RequestProblem(404, `the log of container "${container}" in pod "${pod}" is gone`)
      const source = {
        files,
        path,
        isRunning: () => observed()?.state === 'running',
        onChange: (changed: () => void) => worker.onChange(changed),
        signal,
      }
      return readLog(source, logOptions(query, clock.now()))
    },
  }
}
