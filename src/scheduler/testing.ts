// For tests only: the scheduler with the real server in memory, on a virtual clock. What a test looks at is what a
// user would: the API's objects and events.

import { Namespace } from '#api/core/namespace.ts'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import type { Client } from '#client/client.ts'
import { createInformers, type SharedInformers } from '#client/informers.ts'
import { LocalClient } from '#client/local.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import { openServer } from '#server/testing.ts'
import { type NodeOptions, node, type PodOptions, pod } from './fixtures.ts'
import { plugins } from './plugins/index.ts'
import { type Scheduler, startScheduler } from './scheduler.ts'

export interface RecordedEvent {
  readonly about: string
  readonly type: string
  readonly reason: string
  readonly text: string
}

/** Comes between the scheduler and the server: calls `next`, before or after, or not at all. */
export type BindHook = (pod: string, next: () => Promise<unknown>) => Promise<unknown>

export interface World {
  readonly clock: VirtualClock
  /** A user's. */
  readonly client: Client
  readonly events: readonly RecordedEvent[]
  readonly scheduler: Scheduler
  onBind: BindHook
  addNode(name: string, options?: NodeOptions): Promise<void>
  /** A merge patch, of `status` as well. */
  changeNode(name: string, patch: { metadata?: object; spec?: object; status?: object }): Promise<void>
  removeNode(name: string): Promise<void>
  addPod(name: string, options?: PodOptions): Promise<Pod>
  removePod(name: string): Promise<void>
  pod(name: string): Promise<Pod>
  /** The node of each pod, by name; undefined: it has none. */
  placement(): Promise<Record<string, string | undefined>>
  condition(name: string): Promise<Record<string, unknown> | undefined>
  settle(): Promise<void>
  advance(ms: number): Promise<void>
  /** Ends the scheduler and its informers, or starts new ones. */
  stopScheduler(): Promise<void>
  startScheduler(): Promise<void>
  stop(): Promise<void>
}

const user = { name: 'system:kube-scheduler', groups: ['system:masters'] }

export async function startWorld(): Promise<World> {
  const clock = new VirtualClock()
  const random = seededRandom(1)
  const log = silentLog
  const { server, stop: stopServer } = openServer({ clock, random, log, user })
  const client = new LocalClient({ handle: server.handle, user, userAgent: 'test' })
  await client.create(Namespace, { metadata: { name: 'a' } })
  await client.create(Namespace, { metadata: { name: 'b', labels: { team: 'b' } } })

  const events: RecordedEvent[] = []
  let informers: SharedInformers
  let scheduler: Scheduler
  const settleAll = async () => {
    for (let i = 0; i < 30; i++) await settle()
  }
  const start = async () => {
    const own = new LocalClient({ handle: server.handle, user, userAgent: 'kube-scheduler' })
    const create = own.createSubresource.bind(own)
    own.createSubresource = (kind, ref, subresource, body, options) =>
      world.onBind(ref.name, () => create(kind, ref, subresource, body, options))
    informers = createInformers({ client: own, clock, random, log, silenceMs: Number.POSITIVE_INFINITY })
    scheduler = startScheduler({
      client: own,
      informers,
      clock,
      log,
      plugins,
      events: {
        record: ({ metadata }, type, reason, text) => events.push({ about: metadata.name ?? '', type, reason, text }),
      },
    })
    await scheduler.synced
    await settleAll()
  }
  const halt = async () => {
    await scheduler.stop()
    await informers.stop()
  }
  const withoutUid = ({ uid: _, ...metadata }: { uid?: string | undefined; name?: string | undefined }) =>
    metadata as { name: string }
  const ref = (name: string) => ({ namespace: 'a', name })

  const world: World = {
    clock,
    client,
    events,
    get scheduler() {
      return scheduler
    },
    onBind: (_pod, next) => next(),
    async addNode(name, options) {
      const { metadata, spec, status } = node(name, options)
      await client.create(Node, { metadata: withoutUid(metadata), spec, status })
      await settleAll()
    },
    async changeNode(name, patch) {
      const { status, ...rest } = patch
      await client.patch(Node, { name }, rest, { type: 'merge' })
      if (status) await client.patch(Node, { name }, { status }, { type: 'merge', subresource: 'status' })
      await settleAll()
    },
    async removeNode(name) {
      await client.delete(Node, { name })
      await settleAll()
    },
    async addPod(name, options) {
      const { metadata, spec } = pod(name, options)
      const created = await client.create(Pod, { metadata: withoutUid(metadata), spec })
      await settleAll()
      return created
    },
    async removePod(name) {
      await client.delete(Pod, ref(name), { gracePeriodSeconds: 0 })
      await settleAll()
    },
    pod: (name) => client.get(Pod, ref(name)),
    async placement() {
      const { items } = await client.list(Pod)
      return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec.nodeName || undefined]))
    },
    async condition(name) {
      const { status } = await client.get(Pod, ref(name))
      return status.conditions?.find(({ type }) => type === 'PodScheduled')
    },
    settle: settleAll,
    async advance(ms) {
      await clock.advance(ms)
      await settleAll()
    },
    stopScheduler: halt,
    startScheduler: start,
    async stop() {
      await halt()
      stopServer()
      await client.close()
    },
  }
  await start()
  return world
}
