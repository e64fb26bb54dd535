// How fast pods get their nodes: decisions alone (deciding, and counting the pod on its node), and the whole way
// through the API in this process.

import { Namespace } from '#api/core/namespace.ts'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { createInformers } from '#client/informers.ts'
import { LocalClient } from '#client/local.ts'
import { createRecorder } from '#client/recorder.ts'
import { keepProcessAlive, realClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import { decide, type Turn } from '#scheduler/decide.ts'
import { node, type PodOptions, pod } from '#scheduler/fixtures.ts'
import { plugins } from '#scheduler/plugins/index.ts'
import { podInfo } from '#scheduler/pod-info.ts'
import { startScheduler } from '#scheduler/scheduler.ts'
import { Snapshot } from '#scheduler/snapshot.ts'
import { openServer } from '#server/testing.ts'
import type { Figure } from './figure.ts'

const zones = 10
/** The best of so many rounds counts: what else the machine does only ever makes it slower. */
const rounds = 3
const requests = { cpu: '100m', memory: '100Mi' }

interface Workload {
  readonly name: string
  readonly nodes: number
  readonly pods: number
  readonly make: (i: number) => PodOptions
}

const affinityTo = (app: string, topologyKey: string) => [{ topologyKey, labelSelector: { matchLabels: { app } } }]

const appOf = (i: number, podsPerApp: number): string => `app-${Math.floor(i / podsPerApp)}`

const required = (term: object) => ({ requiredDuringSchedulingIgnoredDuringExecution: term })

const workloads: readonly Workload[] = [
  { name: 'plain pods, 1,000 nodes', nodes: 1000, pods: 10_000, make: () => ({ requests }) },
  { name: 'plain pods, 5,000 nodes', nodes: 5000, pods: 10_000, make: () => ({ requests }) },
  {
    name: 'pods of ReplicaSets of 50, 1,000 nodes',
    nodes: 1000,
    pods: 5000,
    make: (i) => ({ requests, labels: { app: appOf(i, 50) }, owner: appOf(i, 50) }),
  },
  {
    name: 'zone spread, 1,000 nodes',
    nodes: 1000,
    pods: 5000,
    make: (i) => {
      const app = appOf(i, 500)
      const constraint = {
        topologyKey: 'topology.kubernetes.io/zone',
        maxSkew: 1,
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app } },
      }
      return { requests, labels: { app }, spec: { topologySpreadConstraints: [constraint] } }
    },
  },
  {
    name: 'required anti-affinity between nodes, 1,000 nodes',
    nodes: 1000,
    pods: 5000,
    make: (i) => {
      const app = appOf(i, 500)
      const podAntiAffinity = required(affinityTo(app, 'kubernetes.io/hostname'))
      return { requests, labels: { app }, spec: { affinity: { podAntiAffinity } } }
    },
  },
  {
    name: 'required affinity within a zone, 1,000 nodes',
    nodes: 1000,
    pods: 5000,
    make: (i) => {
      const app = appOf(i, 500)
      const podAffinity = required(affinityTo(app, 'topology.kubernetes.io/zone'))
      return { requests, labels: { app }, spec: { affinity: { podAffinity } } }
    },
  },
]

const makeNodes = (count: number): Node[] =>
  Array.from({ length: count }, (_, i) =>
    node(`node-${i}`, { zone: `zone-${i % zones}`, allocatable: { cpu: '32', memory: '64Gi' } }),
  )

/** Decisions per second, after some that let the compiler do its work. */
function decisionsPerSecond({ nodes, pods, make }: Workload): number {
  const snapshot = new Snapshot()
  for (const one of makeNodes(nodes)) snapshot.setNode(one)
  const turn: Turn = { start: 0 }
  const waiting = Array.from({ length: pods }, (_, i) => pod(`pod-${i}`, make(i)))
  const warmUp = Math.floor(pods / 10)
  let startedMs = 0
  waiting.forEach((one, i) => {
    if (i === warmUp) startedMs = realClock.monotonic()
    const info = podInfo(one)
    const decision = decide(info, snapshot, plugins, turn)
    if (!decision.fits) throw new Error(`Pod ${i} did not fit: ${decision.message}`)
    snapshot.place(info, decision.node)
  })
  return (1000 * (pods - warmUp)) / (realClock.monotonic() - startedMs)
}

/** From the start of a scheduler that finds `pods` pods waiting until the last is bound, events included. */
async function boundPerSecond(nodes: number, pods: number): Promise<number> {
  const clock = realClock
  const random = seededRandom(1)
  const log = silentLog
  const user = { name: 'system:kube-scheduler', groups: ['system:masters'] }
  const { server, stop: stopServer } = openServer({ clock, random, log, user })
  const client = new LocalClient({ handle: server.handle, user, userAgent: 'kube-scheduler' })
  await client.create(Namespace, { metadata: { name: 'a' } })
  for (const { metadata, spec, status } of makeNodes(nodes)) {
    const { uid: _, ...rest } = metadata
    await client.create(Node, { metadata: rest, spec, status })
  }
  for (let i = 0; i < pods; i++) {
    const { metadata, spec } = pod(`pod-${i}`, { requests })
    const { uid: _, ...rest } = metadata
    await client.create(Pod, { metadata: rest, spec })
  }
  const control = new AbortController()
  const informers = createInformers({ client, clock, random, log, silenceMs: Number.POSITIVE_INFINITY })
  const events = createRecorder({
    client,
    clock,
    random,
    log,
    component: 'default-scheduler',
    signal: control.signal,
  })
  let left = pods
  const all = Promise.withResolvers<void>()
  const startedMs = clock.monotonic()
  const scheduler = startScheduler({ client, informers, events, clock, log, plugins })
  informers.of(Pod).onChange((next, old) => {
    if (next?.spec.nodeName && !old?.spec.nodeName && --left === 0) all.resolve()
  })
  await all.promise
  const ms = clock.monotonic() - startedMs
  await scheduler.stop()
  control.abort()
  await informers.stop()
  stopServer()
  await client.close()
  return (1000 * pods) / ms
}

export async function benchScheduler(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const workload of workloads) {
    const value = Math.round(Math.max(...Array.from({ length: rounds }, () => decisionsPerSecond(workload))))
    figures.push({ name: `scheduler decisions, ${workload.name}`, value, unit: 'pods/s' })
  }
  const bound = Math.round(await boundPerSecond(1000, 5000))
  figures.push({ name: 'pods bound through the API in process, 1,000 nodes', value: bound, unit: 'pods/s' })
  return figures
}

if (import.meta.main) {
  const alive = keepProcessAlive()
  for (const { name, value, unit } of await benchScheduler()) console.log(`${name}: ${value} ${unit}`)
  alive.cancel()
}
