// For tests only: a node with the real kubelet over the simulated runtime, against the real server in memory, on
// a virtual clock. What a test looks at is what a user would: the API's objects.

import { ConfigMap } from '#api/core/config-map.ts'
import { Pod } from '#api/core/pod.ts'
import type { Client, Draft } from '#client/client.ts'
import { createInformers, type SharedInformers } from '#client/informers.ts'
import { LocalClient } from '#client/local.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { type Log, silentLog } from '#lib/log.ts'
import { type Random, seededRandom } from '#lib/random.ts'
import type { Server } from '#server/app.ts'
import { openServer } from '#server/testing.ts'
import { type Kubelet, startKubelet } from './kubelet.ts'
import { MemoryFiles } from './memory-files.ts'
import type { ImageBehaviour } from './runtime/behaviour.ts'
import { type SimulatedRuntime, simulatedRuntime } from './runtime/simulated.ts'
import type { KubeletOptions, KubeletSettings } from './settings.ts'
import { memoryMounter } from './volumes/mounter.ts'

export const testSettings: KubeletSettings = {
  nodeIPs: ['192.168.0.1'],
  hostname: 'n1',
  port: 10250,
  capacity: { milliCpu: 4000, memoryBytes: 8 * 2 ** 30, ephemeralStorageBytes: 2 ** 40, pods: 110 },
  machine: {
    machineID: 'm',
    systemUUID: 's',
    bootID: 'b',
    kernelVersion: '6.1',
    osImage: 'Test',
    operatingSystem: 'linux',
    architecture: 'amd64',
  },
  clusterDns: { servers: ['10.96.0.10'], domain: 'cluster.local' },
  hostDns: { servers: ['1.1.1.1'], searches: ['example.com'], options: [] },
  hostHosts: '127.0.0.1\tlocalhost\n',
  logDir: '/var/log/pods',
}

export interface RecordedEvent {
  readonly about: string
  readonly type: string
  readonly reason: string
  readonly text: string
  readonly atMs: number
}

export interface TestNode {
  readonly clock: VirtualClock
  readonly client: Client
  readonly server: Server
  readonly runtime: SimulatedRuntime
  readonly files: MemoryFiles
  readonly events: RecordedEvent[]
  readonly kubelet: Kubelet
  /** Milliseconds since the test began. */
  elapsedMs(): number
  run(pod: Draft<typeof Pod>): Promise<Pod>
  pod(name: string): Promise<Pod>
  configMap(name: string, data: Record<string, string>): Promise<void>
  /** Ends the agent and starts another one over the same runtime. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface TestNodeOptions {
  readonly images?: Record<string, ImageBehaviour>
  readonly settings?: Partial<KubeletSettings>
  readonly drain?: KubeletOptions['drain']
  readonly log?: Log
}

/** Many steps of promises, none of time. */
export async function settleAll(): Promise<void> {
  for (let i = 0; i < 20; i++) await settle()
}

export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const clock = new VirtualClock()
  const startMs = clock.now()
  const random: Random = seededRandom(1)
  const log = options.log ?? silentLog
  const user = { name: 'system:node:n1', groups: ['system:nodes', 'system:masters'] }
  const { server, stop: stopServer } = openServer({ clock, random, log, user })
  const client = new LocalClient({ handle: server.handle, user, userAgent: 'kubelet' })
  const makeInformers = () => createInformers({ client, clock, random, log, silenceMs: Number.POSITIVE_INFINITY })
  const files = new MemoryFiles()
  const runtime = simulatedRuntime({ clock, random, files, images: options.images })
  const events: RecordedEvent[] = []
  let informers: SharedInformers
  const start = async () => {
    informers = makeInformers()
    const kubelet = startKubelet({
      client,
      informers,
      makeInformers,
      runtime,
      prober: runtime.prober,
      files,
      mounter: memoryMounter(),
      events: {
        record: (about, type, reason, text) =>
          events.push({ about: about.metadata.name ?? '', type, reason, text, atMs: clock.now() - startMs }),
      },
      clock,
      random,
      log,
      nodeName: 'n1',
      rootDir: '/var/lib/kubelet',
      settings: { ...testSettings, ...options.settings },
      drain: options.drain,
    })
    await kubelet.started
    return kubelet
  }
  let kubelet = await start()
  const halt = async () => {
    await kubelet.stop()
    await informers.stop()
  }
  return {
    clock,
    client,
    server,
    runtime,
    files,
    events,
    get kubelet() {
      return kubelet
    },
    elapsedMs: () => clock.now() - startMs,
    async run(pod) {
      const created = await client.create(Pod, pod)
      await settleAll()
      return created
    },
    pod: (name) => client.get(Pod, { namespace: 'default', name }),
    async configMap(name, data) {
      await client.create(ConfigMap, { metadata: { namespace: 'default', name }, data })
      await settleAll()
    },
    async restart() {
      await halt()
      kubelet = await start()
      await settleAll()
    },
    async stop() {
      await halt()
      await runtime.close()
      stopServer()
      await client.close()
    },
  }
}

/** A pod bound to the test's node. */
export const testPod = (
  name: string,
  spec: Partial<NonNullable<Draft<typeof Pod>['spec']>> = {},
  annotations?: Record<string, string>,
): Draft<typeof Pod> => ({
  metadata: { namespace: 'default', name, ...(annotations ? { annotations } : {}) },
  spec: { nodeName: 'n1', containers: [{ name: 'app', image: 'app:1' }], ...spec },
})
