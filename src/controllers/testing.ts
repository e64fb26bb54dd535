// For tests only: a world of the real server in memory, informers and controllers, on a virtual clock. There are no
// agents in it: a test plays the node's part by `ready` and friends, or lets `autoReady` do so. Controllers act as their
// own accounts with the roles of every cluster: a world does not stop quietly when one of them lacked a right.

import assert from 'node:assert/strict'
import { Event as EventKind } from '#api/core/event.ts'
import { Namespace as NamespaceKind } from '#api/core/namespace.ts'
import { type Node, Node as NodeKind } from '#api/core/node.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import type { AnyKind, ApiObject, ObjectOf } from '#api/kind.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import { kinds } from '#api/kinds.ts'
import { isConflict, isNotFound } from '#api/status-error.ts'
import type { Client, Draft, Ref } from '#client/client.ts'
import type { Controller } from '#client/controller.ts'
import { createInformers, type SharedInformers } from '#client/informers.ts'
import { LocalClient } from '#client/local.ts'
import { createRecorder, type Recorder } from '#client/recorder.ts'
import { type RunningControllers, runControllers } from '#client/runner.ts'
import { formatTime, settle, VirtualClock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import type { Attributes, Decision } from '#server/access.ts'
import type { AdmissionPlugin } from '#server/admission/admission.ts'
import { namespaceLifecycle } from '#server/admission/namespace-lifecycle.ts'
import { createServer, type Server } from '#server/app.ts'
import { serviceAccount } from '#server/authn/user.ts'
import { authorizeMasters, firstOf } from '#server/authz/authorize.ts'
import type { Policy } from '#server/authz/policy/notation.ts'
import { policies } from '#server/authz/policy/policies.ts'
import { Rbac } from '#server/authz/rbac.ts'
import { RbacIndex } from '#server/authz/rbac-index.ts'
import type { ApiRequest } from '#server/request.ts'
import { MemoryStore } from '#store/memory.ts'
import type { Store } from '#store/store.ts'
import { controllers as allControllers } from './index.ts'

export interface WorldOptions {
  /** All of them unless given. */
  readonly controllers?: readonly Controller[]
  readonly kinds?: KindRegistry
  /** Nodes here have no agents that renew leases: they are never silent, unless a test is about that. */
  readonly nodeGraceMs?: number
  /** Asked of every write, beside whether its namespace is there. */
  readonly admission?: (store: Store) => readonly AdmissionPlugin[]
}

export interface World {
  readonly client: Client
  readonly clock: VirtualClock
  readonly server: Server
  readonly informers: SharedInformers
  readonly runner: RunningControllers
  readonly kinds: KindRegistry
  /** Every write that reached the server, as `PATCH /api/v1/nodes/n1`. */
  readonly writes: string[]
  /** What controllers complained about. */
  readonly complaints: string[]
  /** Until nothing happens any more without the clock moving. */
  settle(): Promise<void>
  /** Moves the clock, and settles. */
  advance(ms: number): Promise<void>
  list<K extends AnyKind>(kind: K, namespace?: string): Promise<ObjectOf<K>[]>
  get<K extends AnyKind>(kind: K, name: string, namespace?: string): Promise<ObjectOf<K> | undefined>
  namespace(name: string): Promise<void>
  node(name: string): Promise<void>
  /** Binds a pod to a node and says that it runs and is ready. */
  ready(pod: Pod, node?: string): Promise<void>
  /** Changes a status as an agent would. */
  setStatus<K extends AnyKind>(kind: K, ref: Ref, change: (status: ObjectOf<K>['status']) => object): Promise<void>
  /** Makes every pod ready as soon as it is there, and ends those that are deleted. */
  autoReady(node?: string): void
  /** `Reason: message`, oldest first. */
  events(): Promise<string[]>
  stop(): Promise<void>
}

/** Controllers may do what their roles allow, as in a real cluster. */
const defaultRoles = rolesOf(policies)

function rolesOf(all: readonly Policy[]): Rbac {
  const index = new RbacIndex()
  for (const { roles, bindings } of all) {
    for (const { namespace, name, rules } of roles) index.setRole(namespace, name, rules)
    for (const binding of bindings) index.setBinding(binding)
  }
  return new Rbac(index)
}

const user = { name: 'system:admin', groups: ['system:masters'] }

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = new VirtualClock()
  const random = seededRandom(7)
  const registry = options.kinds ?? new KindRegistry(kinds)
  const complaints: string[] = []
  const log = complainingLog(complaints)
  const store = new MemoryStore(clock)
  const forbidden = new Set<string>()
  const authorizeByRoles = (attributes: Attributes): Decision => {
    const decision = defaultRoles.authorize(attributes)
    const { user, verb, group, resource, subresource } = attributes
    if (!decision.allowed) forbidden.add(`${user.name} may not ${verb} ${group}/${resource}/${subresource}`)
    return decision
  }
  const server = createServer({
    store,
    kinds: registry,
    clock,
    random,
    log,
    authenticate: async () => user,
    authorize: firstOf(authorizeMasters, authorizeByRoles),
    admission: [namespaceLifecycle, ...(options.admission?.(store) ?? [])],
  })
  const writes: string[] = []
  const handle = (request: ApiRequest) => {
    if (request.method !== 'GET') writes.push(`${request.method} ${request.path}`)
    return server.handle(request)
  }
  const client = new LocalClient({ handle, user, userAgent: 'test' })
  const informers = createInformers({ client, clock, random, log, silenceMs: Number.POSITIVE_INFINITY })
  const stop = new AbortController()
  const recorders: Recorder[] = []
  const events = (component: string, client: Client) => {
    const recorder = createRecorder({ client, component, clock, random, log, signal: stop.signal })
    recorders.push(recorder)
    return recorder
  }
  const every = allControllers({
    kinds: registry,
    caPem: 'CA',
    nodeLifecycle: { graceMs: options.nodeGraceMs ?? Number.POSITIVE_INFINITY },
  })
  const runner = runControllers(options.controllers ?? every, {
    client,
    clientOf: (account) =>
      new LocalClient({ handle, user: serviceAccount('kube-system', account), userAgent: `test/${account}` }),
    informers,
    events,
    clock,
    random,
    log,
    signal: stop.signal,
  })

  const world: World = {
    client,
    clock,
    server,
    informers,
    runner,
    kinds: registry,
    writes,
    complaints,
    async settle() {
      // Three quiet turns in a row: a write, its event and what the event wakes each take one.
      for (let quiet = 0, before = -1; quiet < 3; ) {
        await settle()
        await runner.idle()
        await Promise.all(recorders.map((recorder) => recorder.idle()))
        const now = writes.length
        quiet = now === before ? quiet + 1 : 0
        before = now
      }
    },
    async advance(ms) {
      await clock.advance(ms)
      await world.settle()
    },
    async list(kind, namespace) {
      const { items } = await client.list(kind, namespace === undefined ? {} : { namespace })
      return [...items]
    },
    async get(kind, name, namespace) {
      try {
        return await client.get(kind, { namespace, name })
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    async namespace(name) {
      await client.create(NamespaceKind, { metadata: { name } })
      await world.settle()
    },
    async node(name) {
      const time = formatTime(clock.now())
      const ready = {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        lastHeartbeatTime: time,
        lastTransitionTime: time,
      }
      await client.create(NodeKind, { metadata: { name }, status: { conditions: [ready] } })
      await world.settle()
    },
    async ready(pod, node = 'n1') {
      const ref = { namespace: pod.metadata.namespace, name: pod.metadata.name ?? '' }
      if (!pod.spec.nodeName)
        await client.createSubresource(PodKind, ref, 'binding', {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name: ref.name },
          target: { kind: 'Node', name: node },
        })
      const time = formatTime(clock.now())
      await world.setStatus(PodKind, ref, (status) => ({
        ...status,
        phase: 'Running',
        podIP: ipOf(ref.name),
        podIPs: [{ ip: ipOf(ref.name) }],
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time }],
      }))
    },
    async setStatus(kind, ref, change) {
      const current = (await client.get(kind, ref)) as ApiObject
      await client.updateStatus(kind, { ...current, status: change(current.status) } as unknown as Draft<typeof kind>)
    },
    autoReady(node = 'n1') {
      informers.of(PodKind).onChange((next) => {
        if (next) void playAgent(world, next, node)
      })
    },
    async events() {
      const items = await world.list(EventKind)
      return items.map(({ reason, message }) => `${reason}: ${message}`)
    },
    async stop() {
      stop.abort()
      await runner.stopped
      await informers.stop()
      server.stop()
      await client.close()
      assert.deepEqual([...forbidden].sort(), [], 'A controller lacks a right')
    },
  }
  await client.create(NamespaceKind, { metadata: { name: 'default' } })
  await world.settle()
  return world
}

async function playAgent(world: World, pod: Pod, node: string): Promise<void> {
  try {
    if (pod.metadata.deletionTimestamp !== undefined) {
      const { namespace, name = '', uid } = pod.metadata
      await world.client.delete(PodKind, { namespace, name }, { gracePeriodSeconds: 0, uid })
    } else if (!pod.status.podIP) await world.ready(pod, node)
  } catch (error) {
    // The pod has changed or gone meanwhile; the next change comes by itself.
    if (!isConflict(error) && !isNotFound(error)) world.complaints.push(String(error))
  }
}

/** The same name, the same address. */
function ipOf(name: string): string {
  let hash = 0
  for (const char of name) hash = (hash * 31 + char.charCodeAt(0)) % 62_000
  return `10.244.${Math.floor(hash / 250)}.${(hash % 250) + 1}`
}

function complainingLog(complaints: string[]): Log {
  const note = (text: string, fields?: object) =>
    void complaints.push(
      `${text} ${JSON.stringify(fields, (_, value) => (value instanceof Error ? String(value.stack) : value))}`,
    )
  const log: Log = { debug() {}, info() {}, warn: note, error: note, child: () => log }
  return log
}

/** A pod without an owner. */
export const barePod = (name: string, rest: { metadata?: object; spec?: object } = {}): Draft<typeof PodKind> => ({
  metadata: { name, namespace: 'default', ...rest.metadata },
  spec: { containers: [{ name: 'main', image: 'image' }], ...rest.spec },
})

export const isNodeReady = (node: Node | undefined): string | undefined =>
  node?.status.conditions?.find(({ type }) => type === 'Ready')?.status
