// A host port is given away once per node, address and protocol; 0.0.0.0 means every address.
import type { ContainerPort } from '#api/core/container.ts'
import { type Plugin, refuse } from '../framework.ts'

const anyAddress = (ip: string | undefined): boolean => !ip || ip === '0.0.0.0'

const clash = (a: ContainerPort, b: ContainerPort): boolean =>
  a.hostPort === b.hostPort &&
  (a.protocol ?? 'TCP') === (b.protocol ?? 'TCP') &&
  (anyAddress(a.hostIP) || anyAddress(b.hostIP) || a.hostIP === b.hostIP)

export const nodePorts: Plugin = {
  name: 'NodePorts',
  wakes: ['node-added', 'pod-removed'],
  prepare: ({ hostPorts }) => ({ skip: hostPorts.length === 0 }),
  filter: ({ hostPorts }, node) => {
    for (const { hostPorts: taken } of node.pods.values()) {
      if (taken.some((port) => hostPorts.some((wanted) => clash(port, wanted)))) {
        return refuse("node(s) didn't have free ports for the requested pod ports")
      }
    }
    return undefined
  },
}
