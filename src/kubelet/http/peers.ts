// Asks the other nodes' agents whether their service proxies have taken in a change of endpoints: before a pod's
// containers are told to end, every node that lives must have stopped sending to it. A node that does not answer
// in time is not waited for: it may be dead, and its proxy with it.

import { isConditionTrue } from '#api/conditions.ts'
import type { Node } from '#api/core/node.ts'
import type { Informer } from '#client/informer.ts'
import type { Clock } from '#lib/clock.ts'
import { within } from '#lib/within.ts'
import { type Kubelets, kubeletAddress } from '#server/connect/kubelet.ts'
import { proxySettledVerb } from './access.ts'

export interface PeersOptions {
  readonly nodes: Informer<typeof Node>
  readonly nodeName: string
  readonly clock: Clock
  /** Read anew each time, so that renewed certificates are taken up. */
  readonly kubelets: () => Kubelets
  /** This node's own proxy. */
  readonly settledHere: (resourceVersion: string) => Promise<void>
  readonly longestMs?: number
}

const defaultLongestMs = 3_000

const isReady = ({ status }: Node): boolean => isConditionTrue(status.conditions, 'Ready')

/** Resolves when every live node's proxy has taken in the EndpointSlices up to a version. Never rejects. */
export function peersSettled(options: PeersOptions): (resourceVersion: string, signal: AbortSignal) => Promise<void> {
  const { nodes, nodeName, clock, kubelets, settledHere, longestMs = defaultLongestMs } = options
  const ask = async (node: Node, path: string, signal: AbortSignal): Promise<void> => {
    const { body } = await kubelets().ask(kubeletAddress(node), { method: 'GET', path, signal })
    for await (const _ of body);
  }
  const late = () => new Error('The other nodes take too long')
  return (resourceVersion, wanted) =>
    within({ clock, limitMs: longestMs, late, signal: wanted }, async (signal) => {
      if (signal.aborted) return
      const over = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      const path = `/${proxySettledVerb}?resourceVersion=${encodeURIComponent(resourceVersion)}`
      const others = nodes.list().filter((node) => node.metadata.name !== nodeName && isReady(node))
      const asked = others.map((node) => ask(node, path, signal))
      await Promise.race([Promise.allSettled([settledHere(resourceVersion), ...asked]), over])
    })
}
