// A local cluster as a whole: starts what is missing, ends all of it, and says how it is. Starting is idempotent
// and picks up whatever a crash or a reboot has left; ending finds every trace by names that follow from the
// cluster's state, not by remembering what was started.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { Node } from '#api/core/node.ts'
import type { Client } from '#client/client.ts'
import { HttpClient } from '#client/http.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import type { Clock } from '#lib/clock.ts'
import { output, type Run } from '#lib/exec.ts'
import { ociArchive } from '#lib/oci-archive.ts'
import { imageArchitecture, pauseImage, pauseImageName } from '#lib/pause-image.ts'
import { groupOf, killGroup, processesIn, processGroup, removeGroup } from './cgroups.ts'
import { containerdConfig } from './containerd-config.ts'
import {
  closeWayOut,
  createBridge,
  createNode,
  freeIndex,
  type HostNetwork,
  hostNetwork,
  namespaceOf,
  namespacePath,
  openWayOut,
  otherBridges,
  removeBridge,
  removeNode,
} from './host-network.ts'
import type { Machine } from './machine.ts'
import { unmountBelow } from './mounts.ts'
import type { ClusterPaths } from './paths.ts'
import { endProcess, isAlive, rememberProcess, startProcess, waitUntil } from './processes.ts'
import { type ClusterState, type NodeState, readState, writeState } from './state.ts'

export interface ClusterTools {
  readonly paths: ClusterPaths
  readonly machine: Machine
  readonly run: Run
  readonly clock: Clock
  /** How this program is started again: the shell script's path. */
  readonly program: string
  /** As Node names the processor. */
  readonly arch: string
  readonly version: string
}

const firstPort = 6443

const isFree = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })

async function freePort(): Promise<number> {
  for (let port = firstPort; port < firstPort + 500; port++) if (await isFree(port, '127.0.0.1')) return port
  throw new Error(`No port from ${firstPort} to ${firstPort + 499} is free`)
}

export interface PlanOptions {
  readonly name: string
  /** Undefined: as many as there are, or three. */
  readonly nodes: number | undefined
  readonly simulated: boolean
  readonly kubeconfig: string
  readonly forwardingNow: string
  /** Undefined: those that it was started with before. */
  readonly serverFlags?: readonly string[] | undefined
}

/** The state that is wanted: what is there, grown to the number of nodes asked for. */
export async function planState(paths: ClusterPaths, options: PlanOptions): Promise<ClusterState> {
  const { name, simulated, kubeconfig, forwardingNow, serverFlags } = options
  const known = readState(paths)
  if (known && known.simulated !== simulated) {
    throw new Error(
      `The cluster "${name}" was made with ${known.simulated ? 'simulated' : 'real'} nodes; take it down first: pinnace down --name ${name}`,
    )
  }
  const base = known ?? {
    name,
    index: simulated ? 255 : freeIndex(),
    simulated,
    port: await freePort(),
    nodes: [],
    forwardingBefore: forwardingNow,
    kubeconfig,
  }
  const nodes: NodeState[] = [...base.nodes]
  const count = options.nodes ?? (nodes.length || 3)
  while (nodes.length < count) {
    const position = nodes.length + 1
    nodes.push({ name: `${name}-${position}`, position })
  }
  return { ...base, nodes, kubeconfig, ...(serverFlags ? { serverFlags } : {}) }
}

export class LocalCluster {
  readonly #tools: ClusterTools
  readonly state: ClusterState
  readonly #network: HostNetwork

  constructor(tools: ClusterTools, state: ClusterState) {
    this.#tools = tools
    this.state = state
    this.#network = hostNetwork(state.index)
  }

  get #isReal(): boolean {
    return !this.state.simulated
  }

  get serverUrl(): string {
    return `https://127.0.0.1:${this.state.port}`
  }

  /** The address at which a node's ports are reached from this machine. */
  nodeAddress(node: NodeState): string {
    return this.#isReal ? this.#network.node(node.position).address : '127.0.0.1'
  }

  async prepare(): Promise<void> {
    const { paths, run } = this.#tools
    writeState(paths, this.state)
    if (!this.#isReal) return
    await createBridge(run, this.#network, this.state.forwardingBefore)
    await openWayOut(run, this.#network)
    mkdirSync(paths.images, { recursive: true })
    const pause = join(paths.images, 'pause.tar')
    if (!existsSync(pause))
      writeFileSync(pause, (await ociArchive(pauseImage(imageArchitecture(this.#tools.arch)))).bytes)
  }

  #start(
    role: string,
    group: string | undefined,
    options: { command: string[]; logFile: string; namespace?: string },
  ): void {
    const pidFile = join(dirname(options.logFile), `${role}.pid`)
    if (isAlive(pidFile)) return
    const cgroupProcs = this.#isReal && group !== undefined ? processGroup(group) : undefined
    rememberProcess(pidFile, startProcess({ ...options, cgroupProcs }))
  }

  async startServer(): Promise<void> {
    const { paths, program, clock } = this.#tools
    const { name, port } = this.state
    mkdirSync(paths.server, { recursive: true, mode: 0o700 })
    const listen = ['--listen', `127.0.0.1:${port}`]
    if (this.#isReal) listen.push('--listen', `${this.#network.hostAddress}:${port}`)
    const command = [program, 'server', '--data-dir', paths.server, ...listen, ...(this.state.serverFlags ?? [])]
    this.#start('server', groupOf(name, 'server'), { command, logFile: paths.serverLog })
    const pidFile = join(dirname(paths.serverLog), 'server.pid')
    await waitUntil(clock, `The server was not ready (see ${paths.serverLog})`, async () => {
      if (!isAlive(pidFile)) throw new Error(`The server ended: ${lastLines(paths.serverLog)}`)
      if (!existsSync(paths.adminKubeconfig)) return false
      return this.#isReady()
    })
  }

  async #isReady(): Promise<boolean> {
    const client = this.client()
    try {
      return (await client.raw({ method: 'GET', path: '/readyz' })) === 'ok'
    } catch {
      return false
    } finally {
      await client.close()
    }
  }

  client(): HttpClient {
    const { paths, clock, version } = this.#tools
    const admin = resolveContext(readFileSync(paths.adminKubeconfig, 'utf8'), (file) => readFileSync(file, 'utf8'))
    return new HttpClient({
      url: this.serverUrl,
      credentials: () => admin.credentials,
      userAgent: `pinnace/${version}`,
      clock,
    })
  }

  /** Starts a node's containerd and agent, in a namespace of its own. */
  async startNode(node: NodeState): Promise<void> {
    const { paths, program, run, clock, machine } = this.#tools
    const { name } = this.state
    const at = paths.node(node.name)
    mkdirSync(at.agent, { recursive: true, mode: 0o711 })
    const group = groupOf(name, node.name)
    const token = readFileSync(paths.joinToken, 'utf8').trim()
    const agent = [program, 'agent', '--token', token, '--node-name', node.name, '--data-dir', at.agent]
    if (!this.#isReal) {
      const command = [...agent, '--server', this.serverUrl, '--runtime', 'simulated']
      this.#start('agent', undefined, { command, logFile: at.log('agent') })
      return
    }
    const namespace = namespaceOf(name, node.name)
    const nodeNetwork = this.#network.node(node.position)
    await createNode(run, this.#network, namespace, nodeNetwork)
    mkdirSync(at.cniConf, { recursive: true })
    mkdirSync(at.containerdState, { recursive: true, mode: 0o711 })
    const config = containerdConfig({
      rootDir: at.containerdRoot,
      stateDir: at.containerdState,
      socket: at.containerdSocket,
      cniConfDir: at.cniConf,
      cniBinDir: machine.cniBinDir,
      sandboxImage: pauseImageName,
      restrictOomScoreAdj: machine.restrictOomScoreAdj,
      ociRuntime: machine.ociRuntime,
    })
    writeFileSync(at.containerdConfig, config)
    this.#start('containerd', group, {
      command: ['containerd', '--config', at.containerdConfig],
      logFile: at.log('containerd'),
      namespace: namespacePath(namespace),
    })
    await waitUntil(clock, `containerd of ${node.name} did not answer (see ${at.log('containerd')})`, async () => {
      if (!existsSync(at.containerdSocket)) return false
      return (await this.#ctr(node, ['version'])).code === 0
    })
    await this.#importImages(node)
    const command = [
      ...agent,
      '--server',
      `https://${this.#network.hostAddress}:${this.state.port}`,
      '--node-ip',
      nodeNetwork.address,
      '--runtime',
      `containerd=${at.containerdSocket}`,
      '--cni-conf-dir',
      at.cniConf,
      '--cgroup-root',
      group,
    ]
    this.#start('agent', group, { command, logFile: at.log('agent'), namespace: namespacePath(namespace) })
  }

  #ctr(node: NodeState, args: readonly string[]) {
    const socket = this.#tools.paths.node(node.name).containerdSocket
    return this.#tools.run('ctr', ['--address', socket, '--namespace', 'k8s.io', ...args], { timeoutMs: 300_000 })
  }

  /** Gives a node the archives that it has not had yet. */
  async #importImages(node: NodeState): Promise<void> {
    const { paths } = this.#tools
    const done = join(paths.node(node.name).dir, 'images')
    mkdirSync(done, { recursive: true })
    for (const archive of readdirSync(paths.images)) {
      const mark = join(done, archive)
      if (existsSync(mark)) continue
      const { code, stderr } = await this.#ctr(node, ['images', 'import', join(paths.images, archive)])
      if (code !== 0) throw new Error(`"${archive}" could not be loaded into ${node.name}: ${stderr.trim()}`)
      writeFileSync(mark, '')
    }
  }

  /** Loads an archive into every node, and into those that are added later. */
  async loadImage(file: string, id: string): Promise<void> {
    if (!this.#isReal) return
    const { paths } = this.#tools
    const archive = `${basename(file).replace(/[^A-Za-z0-9._-]/g, '_')}-${id.slice(0, 12)}.tar`
    copyFileSync(file, join(paths.images, archive))
    await Promise.all(this.state.nodes.map((node) => this.#importImages(node)))
  }

  /** The names of a node's images. */
  async images(node: NodeState): Promise<readonly string[]> {
    if (!this.#isReal) return []
    const socket = this.#tools.paths.node(node.name).containerdSocket
    const names = await output(this.#tools.run, 'ctr', [
      '--address',
      socket,
      '--namespace',
      'k8s.io',
      'images',
      'list',
      '--quiet',
    ])
    return names.split('\n').filter((name) => name !== '' && !name.startsWith('sha256:'))
  }

  /** Ends a node as a power cut would: everything in it, at once. Its disk stays. */
  async killNode(node: NodeState): Promise<void> {
    const { run, clock, paths } = this.#tools
    if (!this.#isReal) {
      endProcess(join(paths.node(node.name).dir, 'agent.pid'))
      return
    }
    await killGroup(groupOf(this.state.name, node.name), clock)
    await removeNode(run, namespaceOf(this.state.name, node.name), this.#network.node(node.position))
    await unmountBelow(run, paths.node(node.name).dir)
    rmSync(paths.node(node.name).containerdState, { recursive: true, force: true })
  }

  /** Resolves when all nodes are Ready. */
  async waitForNodes(client: Client, update: (detail: string) => void, timeoutMs = 60_000): Promise<string> {
    const wanted = new Set(this.state.nodes.map((node) => node.name))
    const ready = new Set<string>()
    const late = new AbortController()
    const { signal } = late
    const timer = this.#tools.clock.after(timeoutMs, () => late.abort())
    const { items, resourceVersion } = await client.list(Node)
    const see = (node: Node, gone: boolean) => {
      const { name = '' } = node.metadata
      const isReady = node.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false
      if (isReady && !gone && wanted.has(name)) ready.add(name)
      else ready.delete(name)
      update(`${ready.size} of ${wanted.size}`)
    }
    for (const node of items) see(node, false)
    try {
      if (ready.size < wanted.size) {
        for await (const events of client.watch(Node, { resourceVersion, signal })) {
          for (const event of events) if (event.type !== 'BOOKMARK') see(event.object, event.type === 'DELETED')
          if (ready.size === wanted.size) break
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      timer.cancel()
    }
    const missing = [...wanted].filter((name) => !ready.has(name))
    if (missing.length === 0) return `${wanted.size} of ${wanted.size}`
    const logs = missing.map((name) => this.#tools.paths.node(name).log('agent')).join(', ')
    throw new Error(`Not ready within ${timeoutMs / 1000} s: ${missing.join(', ')} (see ${logs})`)
  }

  /** Ends everything and removes every trace but the user's kubeconfig entry. */
  async remove(): Promise<void> {
    const { run, clock, paths } = this.#tools
    const { name, nodes, forwardingBefore } = this.state
    if (this.#isReal) {
      await killGroup(groupOf(name), clock)
      for (const node of nodes) await removeNode(run, namespaceOf(name, node.name), this.#network.node(node.position))
      await unmountBelow(run, paths.dir)
      const isLast = otherBridges(this.#network).length === 0
      await closeWayOut(run, this.#network, forwardingBefore, isLast)
      await removeBridge(run, this.#network)
      removeGroup(groupOf(name))
      if (isLast) removeGroup('/pinnace')
    } else {
      for (const node of nodes) endProcess(join(paths.node(node.name).dir, 'agent.pid'))
      const server = join(paths.dir, 'server.pid')
      endProcess(server)
      await waitUntil(clock, 'The server did not end', () => !isAlive(server), { timeoutMs: 10_000 })
    }
    rmSync(paths.dir, { recursive: true, force: true })
  }

  /** Which of the cluster's processes run. */
  processes(): { readonly server: boolean; readonly nodes: Readonly<Record<string, boolean>> } {
    const { paths } = this.#tools
    return {
      server: isAlive(join(paths.dir, 'server.pid')),
      nodes: Object.fromEntries(
        this.state.nodes.map((node) => [node.name, isAlive(join(paths.node(node.name).dir, 'agent.pid'))]),
      ),
    }
  }

  /** How many processes the cluster has, containers included. */
  countProcesses(): number {
    return this.#isReal ? processesIn(groupOf(this.state.name)).length : 0
  }
}

const lastLines = (file: string): string =>
  existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-3).join('\n') : ''
