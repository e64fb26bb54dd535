// A host port is given away once per node, address and protocol; 0.0.0.0 means every address.
import { type Plugin, refuse } from '../framework.ts'
import type { HostPort } from '../pod-info.ts'

const everyAddress = '0.0.0.0'
const taken = refuse("node(s) didn't have free ports for the requested pod ports")

const clash = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === everyAddress || b.ip === everyAddress || a.ip === b.ip)

export const nodePorts: Plugin = {
  name: 'NodePorts',
  wakes: ['node-added', 'pod-removed'],
  looksAtNodeOnly: true,
  prepare: ({ hostPorts }) => ({ skip: hostPorts.length === 0 }),
  filter: ({ hostPorts }, node) => {
    for (const others of node.hostPorts.values()) {
      if (others.some((other) => hostPorts.some((wanted) => clash(other, wanted)))) return taken
    }
    return undefined
  },
}
