// Real nodes on this machine: how long a cluster takes to come up, how long a pod takes to run, and what all of it
// costs while nothing happens. The cluster is its own, by name and folder, and is taken down in any case. A burst
// is put beside the same calls to the container runtime in a loop: what is slower than that is ours.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pod } from '#api/core/pod.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import type { Draft } from '#client/client.ts'
import { HttpClient } from '#client/http.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import { openContainerd } from '#kubelet/runtime/containerd.ts'
import { testContainer, testSandbox } from '#kubelet/runtime/runtime.cases.ts'
import { realClock } from '#lib/clock.ts'
import { run as execute, output } from '#lib/exec.ts'
import { type Bench, type Figure, median, quantile } from './figure.ts'
import { isOnPath, isRoot } from './machine.ts'
import { cpuMs, memoryMB, program, temporaryFolder } from './server-process.ts'

type Report = (figure: Figure) => void

const clusterName = 'bench'
const image = 'bench-hello:v1'
const imageFolder = fileURLToPath(new URL('../examples/hello/v1', import.meta.url))
const namespace = 'default'
const starts = 3
const singlePods = 20
const restMs = 60_000
/** A process that has fallen idle gives memory back after ten seconds. */
const calmMs = 20_000

class Cluster {
  readonly #dir: string
  readonly #kubeconfig: string

  constructor(folder: string) {
    this.#dir = join(folder, 'cluster')
    this.#kubeconfig = join(folder, 'kubeconfig')
  }

  async #pinnace(...args: readonly string[]): Promise<string> {
    const flags = ['--name', clusterName, '--data-dir', this.#dir]
    const options = { timeoutMs: 180_000, env: { KUBECONFIG: this.#kubeconfig } }
    return output(execute, program, [...args, ...flags], options)
  }

  /** Until all nodes are Ready, in seconds. */
  async up(nodes: number): Promise<number> {
    const startedMs = realClock.monotonic()
    await this.#pinnace('up', '--nodes', String(nodes))
    return (realClock.monotonic() - startedMs) / 1000
  }

  async down(): Promise<void> {
    await this.#pinnace('down')
  }

  async buildImage(): Promise<void> {
    await this.#pinnace('image', 'build', imageFolder, '--tag', image)
  }

  client(): HttpClient {
    const text = readFileSync(join(this.#dir, 'server', 'admin.kubeconfig'), 'utf8')
    const { server, credentials } = resolveContext(text, (path) => readFileSync(path, 'utf8'))
    return new HttpClient({ url: server, credentials: () => credentials, userAgent: 'bench', clock: realClock })
  }

  socketOf(node: string): string {
    return join(this.#dir, 'nodes', node, 'run', 'containerd.sock')
  }

  #pid(path: string): number {
    const file = join(this.#dir, path)
    return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 0
  }

  get serverPid(): number {
    return this.#pid('server.pid')
  }

  get agentPids(): readonly number[] {
    return [1, 2, 3].map((i) => this.#pid(`nodes/${nodeName(i)}/agent.pid`)).filter((pid) => pid > 0)
  }
}

const nodeName = (i: number): string => `${clusterName}-${i}`

const podNamed = (name: string, onNode?: string): Draft<typeof Pod> => ({
  metadata: { namespace, name, labels: { app: 'bench' } },
  spec: {
    containers: [
      {
        name: 'app',
        image,
        imagePullPolicy: 'IfNotPresent',
        ports: [{ containerPort: 8000 }],
      },
    ],
    terminationGracePeriodSeconds: 0,
    ...(onNode ? { nodeSelector: { 'kubernetes.io/hostname': onNode } } : {}),
  },
})

const isReady = (pod: Pod): boolean =>
  pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

/** Tells when each pod is Ready, and when all are gone. */
class Watcher {
  readonly #control = new AbortController()
  readonly #ready = new Map<string, () => void>()
  readonly #gone = new Map<string, () => void>()
  readonly #done: Promise<void>

  constructor(client: HttpClient, resourceVersion: string) {
    this.#done = this.#watch(client, resourceVersion).catch((error) => {
      if (!this.#control.signal.aborted) throw error
    })
  }

  async #watch(client: HttpClient, resourceVersion: string): Promise<void> {
    const { signal } = this.#control
    for await (const events of client.watch(Pod, { namespace, resourceVersion, signal })) {
      for (const { type, object } of events) {
        if (type === 'BOOKMARK') continue
        const name = object.metadata.name ?? ''
        if (type === 'DELETED') this.#gone.get(name)?.()
        else if (isReady(object)) this.#ready.get(name)?.()
      }
    }
  }

  ready(name: string): Promise<void> {
    return new Promise((resolve) => this.#ready.set(name, resolve))
  }

  gone(name: string): Promise<void> {
    return new Promise((resolve) => this.#gone.set(name, resolve))
  }

  async stop(): Promise<void> {
    this.#control.abort()
    await this.#done
  }
}

class Pods {
  readonly #client: HttpClient
  readonly #watcher: Watcher

  constructor(client: HttpClient, watcher: Watcher) {
    this.#client = client
    this.#watcher = watcher
  }

  /** Creates pods at once; how long until the last is Ready, in milliseconds. */
  async start(names: readonly string[], onNode?: string): Promise<number> {
    const ready = names.map((name) => this.#watcher.ready(name))
    const startedMs = realClock.monotonic()
    await Promise.all(names.map((name) => this.#client.create(Pod, podNamed(name, onNode))))
    await Promise.all(ready)
    return realClock.monotonic() - startedMs
  }

  async remove(names: readonly string[]): Promise<void> {
    const gone = names.map((name) => this.#watcher.gone(name))
    await Promise.all(names.map((name) => this.#client.delete(Pod, { namespace, name })))
    await Promise.all(gone)
  }
}

/** The calls that a kubelet makes for a pod of one container, and nothing else; in pods per second. */
async function runtimeAlone(socket: string, count: number, atOnce: boolean): Promise<number> {
  const runtime = openContainerd({ socket, clock: realClock })
  const folder = temporaryFolder()
  const sandboxes: string[] = []
  try {
    const id = (await runtime.imageStatus(image))?.id ?? ''
    const one = async (i: number) => {
      const sandbox = {
        ...testSandbox(`alone-${atOnce ? 'a' : 'l'}${i}`, folder.path),
        hostNetwork: false,
        cgroupParent: `/pinnace/${clusterName}/${nodeName(1)}/alone`,
      }
      const sandboxId = await runtime.runSandbox(sandbox)
      sandboxes.push(sandboxId)
      const config = testContainer(`c${i}`, image, id, [])
      await runtime.startContainer(await runtime.createContainer(sandboxId, config, sandbox))
    }
    const all = Array.from({ length: count }, (_, i) => i)
    const startedMs = realClock.monotonic()
    if (atOnce) await Promise.all(all.map(one))
    else for (const i of all) await one(i)
    return (1000 * count) / (realClock.monotonic() - startedMs)
  } finally {
    for (const id of sandboxes) {
      await runtime.stopSandbox(id)
      await runtime.removeSandbox(id)
    }
    await runtime.close()
    folder.remove()
  }
}

async function podTimes(cluster: Cluster, client: HttpClient, report: Report): Promise<void> {
  await waitForServiceAccount(client)
  const { resourceVersion } = await client.list(Pod, { namespace })
  const watcher = new Watcher(client, resourceVersion)
  const pods = new Pods(client, watcher)
  try {
    const times: number[] = []
    for (let i = 0; i < singlePods; i++) {
      times.push(await pods.start([`one-${i}`]))
      await pods.remove([`one-${i}`])
    }
    report({ name: 'one pod, create to Ready, image present: p50', value: median(times), unit: 'ms' })
    report({ name: 'one pod, create to Ready, image present: p95', value: quantile(times, 0.95), unit: 'ms' })
    for (const count of [10, 30]) {
      const names = Array.from({ length: count }, (_, i) => `burst-${count}-${i}`)
      const ms = await pods.start(names, nodeName(1))
      report({ name: `burst of ${count} pods on one node`, value: (1000 * count) / ms, unit: 'pods/s' })
      await pods.remove(names)
      for (const atOnce of [false, true]) {
        const value = await runtimeAlone(cluster.socketOf(nodeName(1)), count, atOnce)
        const how = atOnce ? 'at once' : 'in a loop'
        report({ name: `the runtime's calls alone for ${count} pods, ${how}`, value, unit: 'pods/s' })
      }
    }
  } finally {
    await watcher.stop()
  }
}

/** Pods are not taken before a controller has made it. */
async function waitForServiceAccount(client: HttpClient): Promise<void> {
  const end = new AbortController()
  for await (const events of client.watch(ServiceAccount, { namespace, resourceVersion: '', signal: end.signal })) {
    if (events.some(({ object }) => object.metadata.name === 'default')) return
  }
}

async function atRest(cluster: Cluster, report: Report): Promise<void> {
  await realClock.sleep(calmMs)
  const { serverPid, agentPids } = cluster
  const before = [cpuMs(serverPid), ...agentPids.map(cpuMs)]
  await realClock.sleep(restMs)
  const [server = 0, ...agents] = [serverPid, ...agentPids].map((pid, i) => (cpuMs(pid) - before[i]!) / restMs)
  report({ name: 'server of three nodes at rest: CPU', value: 100 * server, unit: '%' })
  report({ name: 'agent at rest: CPU', value: 100 * median(agents), unit: '%' })
  const memory = memoryMB(serverPid)
  report({ name: 'server of three nodes at rest: memory', value: memory.all, unit: 'MB' })
  report({ name: 'server of three nodes at rest: memory that is no file', value: memory.own, unit: 'MB' })
  const agentMemories = agentPids.map(memoryMB)
  report({ name: 'agent at rest: memory', value: median(agentMemories.map(({ all }) => all)), unit: 'MB' })
  report({
    name: 'agent at rest: memory that is no file',
    value: median(agentMemories.map(({ own }) => own)),
    unit: 'MB',
  })
}

async function run(report: Report): Promise<void> {
  const folder = temporaryFolder()
  const cluster = new Cluster(folder.path)
  try {
    const times: number[] = []
    for (let i = 0; i < starts; i++) {
      if (i > 0) await cluster.down()
      times.push(await cluster.up(3))
    }
    report({ name: 'up: three Ready nodes', value: median(times), unit: 's' })
    await cluster.buildImage()
    await atRest(cluster, report)
    const client = cluster.client()
    try {
      await podTimes(cluster, client, report)
    } finally {
      await client.close()
    }
  } finally {
    await cluster.down()
    folder.remove()
  }
}

export const node: Bench = {
  name: 'node',
  summary: 'real nodes, real containers (root and containerd are needed)',
  missing: () => (!isRoot() ? 'it needs root on Linux' : isOnPath('containerd') ? undefined : 'it needs containerd'),
  run,
}
