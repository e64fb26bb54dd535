// Gives each node a range of pod addresses of its own, cut from the cluster's range: /24 from 10.244.0.0/16 unless told
// otherwise. A range that has become free is not given out again before all others have been.

import { type Node, Node as NodeKind } from '#api/core/node.ts'
import { type Controller, controller } from '#client/controller.ts'
import { refTo } from './owners.ts'
import { byName } from './pods.ts'

export interface NodeIpamOptions {
  /** IPv4, as in `10.244.0.0/16`. */
  readonly clusterCidr?: string
  readonly nodeMaskBits?: number
}

/** The cluster's range, cut into equal parts. */
export class CidrParts {
  readonly count: number
  readonly #base: number
  readonly #bits: number

  constructor(cidr: string, bits: number) {
    const [address = '', mask = ''] = cidr.split('/')
    const octets = address.split('.').map(Number)
    const maskBits = Number(mask)
    const isBad = octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))
    if (isBad || !/^\d+$/.test(mask) || maskBits > bits || bits > 30)
      throw new Error(`Cannot cut ${JSON.stringify(cidr)} into parts of /${bits}`)
    const number = octets.reduce((sum, octet) => sum * 256 + octet, 0)
    this.#base = number - (number % 2 ** (32 - maskBits))
    this.#bits = bits
    this.count = 2 ** (bits - maskBits)
  }

  at(index: number): string {
    const number = this.#base + index * 2 ** (32 - this.#bits)
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256)
    return `${octets.join('.')}/${this.#bits}`
  }

  /** The first one from `from` on, round to the beginning, that is not taken. */
  free(taken: ReadonlySet<string>, from: number): number | undefined {
    for (let step = 0; step < this.count; step++) {
      const index = (from + step) % this.count
      if (!taken.has(this.at(index))) return index
    }
    return undefined
  }
}

export function nodeIpam({ clusterCidr = '10.244.0.0/16', nodeMaskBits = 24 }: NodeIpamOptions = {}): Controller {
  const parts = new CidrParts(clusterCidr, nodeMaskBits)
  /** Given out, and not yet shown by the informer. By node. */
  const pending = new Map<string, string>()
  let from = 0
  return controller({
    name: 'node-ipam-controller',
    account: 'node-controller',
    reconciles: NodeKind,
    concurrency: 1,
    async reconcile({ name }, { client, informers, events }) {
      const nodes = [...informers.of(NodeKind).list()].sort(byName)
      const node = informers.of(NodeKind).get(undefined, name)
      if (!node || node.spec.podCIDR) {
        pending.delete(name)
        return
      }
      const taken = new Set([...nodes.flatMap(cidrsOf), ...pending.values()])
      const index = parts.free(taken, from)
      if (index === undefined) {
        events.record(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
        throw new Error(`No part of ${clusterCidr} is free for node ${JSON.stringify(name)}`)
      }
      const cidr = parts.at(index)
      pending.set(name, cidr)
      try {
        const { resourceVersion } = node.metadata
        const spec = { podCIDR: cidr, podCIDRs: [cidr] }
        await client.patch(NodeKind, refTo(node), { metadata: { resourceVersion }, spec }, { type: 'merge' })
        from = (index + 1) % parts.count
      } catch (error) {
        pending.delete(name)
        throw error
      }
    },
  })
}

const cidrsOf = ({ spec }: Node): readonly string[] => spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : [])
