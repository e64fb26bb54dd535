// How Endpoints say who is behind which ports: addresses per set of ports that lead to exactly the same ones
// (upstream's RepackSubsets). Pure.

import type { EndpointAddress, EndpointPort, EndpointSubset } from '#api/core/endpoints-types.ts'
import { canonical } from './equal.ts'
import { compareText } from './pods.ts'

export interface Behind {
  /** Undefined: an address without ports. */
  readonly port: EndpointPort | undefined
  readonly address: EndpointAddress
  readonly ready: boolean
}

interface Entry {
  readonly address: EndpointAddress
  readonly ready: boolean
}

/** An address that is said to be both counts as not ready. */
export function repack(all: Iterable<Behind>): readonly EndpointSubset[] {
  const perPort = new Map<string, { readonly port: EndpointPort | undefined; readonly entries: Map<string, Entry> }>()
  for (const { port, address, ready } of all) {
    const key = canonical(port ?? null)
    let found = perPort.get(key)
    if (!found) {
      found = { port, entries: new Map() }
      perPort.set(key, found)
    }
    const identity = `${address.ip} ${address.targetRef?.uid ?? ''}`
    const before = found.entries.get(identity)
    found.entries.set(identity, {
      address: before?.address ?? address,
      ready: ready && (before?.ready ?? true),
    })
  }
  const groups = Map.groupBy(perPort.values(), ({ entries }) =>
    canonical([...entries].sort(([a], [b]) => compareText(a, b))),
  )
  const subsets = [...groups.values()].map((group): EndpointSubset => {
    const entries = [...group[0]!.entries.values()].sort((a, b) => compareText(a.address.ip, b.address.ip))
    const ready = entries.filter((entry) => entry.ready).map(({ address }) => address)
    const notReady = entries.filter((entry) => !entry.ready).map(({ address }) => address)
    const ports = group.map(({ port }) => port).filter((port) => port !== undefined)
    return {
      ...(ready.length > 0 ? { addresses: ready } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
      ...(ports.length > 0 ? { ports: ports.sort((a, b) => compareText(canonical(a), canonical(b))) } : {}),
    }
  })
  return subsets.sort((a, b) => compareText(canonical(a.ports ?? []), canonical(b.ports ?? [])))
}

/** What subsets say, one port and one address at a time. */
export function* unpack(subsets: readonly EndpointSubset[]): Iterable<Behind> {
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets)
    for (const port of ports.length > 0 ? ports : [undefined]) {
      for (const address of addresses) yield { port, address, ready: true }
      for (const address of notReadyAddresses) yield { port, address, ready: false }
    }
}
