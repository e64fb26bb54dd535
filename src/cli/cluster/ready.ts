// When a cluster's nodes can be counted on: each is Ready, and one that has been started again has said so since.
// Before that, its old status stands for up to the time that a node may be silent.

import { isConditionTrue } from '#api/conditions.ts'
import { Lease } from '#api/coordination/lease.ts'
import { Node } from '#api/core/node.ts'
import type { AnyKind, ObjectOf } from '#api/kind.ts'
import type { Client, ListOptions } from '#client/client.ts'
import type { Clock } from '#lib/clock.ts'

const leases = { namespace: 'kube-node-lease' }

/** Each node's heartbeat as it is now, by the node's name. */
export async function heartbeats(client: Client): Promise<ReadonlyMap<string, string>> {
  const { items } = await client.list(Lease, leases)
  return new Map(items.map(({ metadata }) => [metadata.name ?? '', metadata.resourceVersion ?? '']))
}

/** Follows the objects of a kind until `holds` has been true of each of these names, and says how many are. */
async function all<K extends AnyKind>(
  kind: K,
  options: { client: Client; names: ReadonlySet<string>; where: ListOptions; signal: AbortSignal },
  holds: (object: ObjectOf<K>) => boolean,
  see: (count: number) => void,
): Promise<ReadonlySet<string>> {
  const { client, names, where, signal } = options
  const found = new Set<string>()
  const look = (object: ObjectOf<K>, isGone: boolean) => {
    const { name = '' } = object.metadata
    if (!names.has(name)) return
    if (holds(object) && !isGone) found.add(name)
    else found.delete(name)
    see(found.size)
  }
  try {
    // A watch that the server ends begins again with what is there then.
    while (!signal.aborted) {
      const { items, resourceVersion } = await client.list(kind, { ...where, signal })
      found.clear()
      for (const item of items) look(item, false)
      if (found.size === names.size) return found
      for await (const events of client.watch(kind, { ...where, resourceVersion, signal })) {
        for (const event of events) if (event.type !== 'BOOKMARK') look(event.object, event.type === 'DELETED')
        if (found.size === names.size) return found
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return found
}

export const isReady = (node: Node): boolean => isConditionTrue(node.status?.conditions, 'Ready')

export interface WaitOptions {
  readonly client: Client
  readonly clock: Clock
  readonly names: readonly string[]
  /** Nodes that have been started, and every node's heartbeat from before that. */
  readonly started: ReadonlySet<string>
  readonly before: ReadonlyMap<string, string>
  readonly update: (detail: string) => void
  readonly timeoutMs?: number
}

/** The nodes that were not ready in time; none: all are. */
export async function waitForNodes(options: WaitOptions): Promise<readonly string[]> {
  const { client, clock, names, started, before, update, timeoutMs = 60_000 } = options
  const late = new AbortController()
  const { signal } = late
  const timer = clock.after(timeoutMs, () => late.abort())
  try {
    const old = names.length - started.size
    const beats = (lease: Lease) => lease.metadata.resourceVersion !== before.get(lease.metadata.name ?? '')
    const say = (count: number) => update(`${count} of ${names.length}`)
    const reporting = await all(Lease, { client, names: started, where: leases, signal }, beats, (n) => say(old + n))
    // A node writes its status before its first heartbeat, so what is read from here on is new.
    const wanted = new Set(names.filter((name) => !started.has(name) || reporting.has(name)))
    const ready = await all(Node, { client, names: wanted, where: {}, signal }, isReady, say)
    return names.filter((name) => !ready.has(name))
  } finally {
    timer.cancel()
  }
}
