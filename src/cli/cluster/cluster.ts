// A local cluster as a whole: starts what is missing, ends all of it, and says how it is. Starting is idempotent
// and picks up whatever a crash or a reboot has left; ending finds every trace by names that follow from the
// cluster's state, not by remembering what was started.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { HttpClient } from '#client/http.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import type { Clock } from '#lib/clock.ts'
import { output, type Run } from '#lib/exec.ts'
import { ociArchive } from '#lib/oci-archive.ts'
import { imageArchitecture, pauseImage, pauseImageName } from '#lib/pause-image.ts'
import { groupOf, killGroup, processesIn, processGroup, removeGroup } from './cgroups.ts'
import { containerdConfig } from './containerd-config.ts'
import {
  beforeClusters,
  closeWayOut,
  createBridge,
  createNode,
  type HostNetwork,
  hostNetwork,
  namespaceOf,
  namespacePath,
  openWayOut,
  otherBridges,
  removeBridge,
  removeNode,
  restoreNamespaceFolder,
  takeIndex,
} from './host-network.ts'
import { lastWords } from './last-words.ts'
import { removeEmptyFolders, removeNetworkResults, removeShimSockets } from './leftovers.ts'
import type { Machine } from './machine.ts'
import { unmountBelow } from './mounts.ts'
import type { ClusterPaths } from './paths.ts'
import type { FreeOnMachine } from './plan.ts'
import { endProcess, isAlive, rememberProcess, startProcess, waitUntil } from './processes.ts'
import { type ClusterState, type NodeState, writeState } from './state.ts'

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
const ports = 500

const isFree = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })

/** The first port from `from` on that is free now; that it is so later nobody promises. */
export async function freePort(from = firstPort, free: typeof isFree = isFree): Promise<number> {
  for (let port = from; port < firstPort + ports; port++) if (await free(port, '127.0.0.1')) return port
  throw new Error(`No port from ${from} to ${firstPort + ports - 1} is free`)
}

/** Simulated clusters have no network of their own to number. */
const simulatedIndex = 255

/** What a new cluster can have of this machine. Its index is its own from here on, and its state is to be written next. */
export async function findFree(simulated: boolean, run: Run): Promise<FreeOnMachine> {
  const port = await freePort()
  if (simulated) return { index: simulatedIndex, port, before: { forwarding: true, namespaces: true } }
  const before = beforeClusters()
  return { index: await takeIndex(run, before), port, before }
}

/** Processes of a real cluster of this name whose folder is another one. */
export const strangersOf = (name: string): readonly number[] => processesIn(groupOf(name))

/** What the server's end means; `words` are its last. */
export function endOfServer(words: string): Error {
  const text = `The server ended: ${words}`
  return words.includes('EADDRINUSE') ? new PortTaken(text) : new Error(text)
}

export class PortTaken extends Error {}

/** Kubeconfigs out there name the port: no other one will do. */
const portOfOld = (port: number, cause: PortTaken): PortTaken =>
  new PortTaken(
    `Port ${port}, which is the cluster's, is held by another process of this machine. End that one, and try again (${cause.message})`,
    { cause },
  )

export class LocalCluster {
  readonly #tools: ClusterTools
  #state: ClusterState
  readonly #network: HostNetwork

  constructor(tools: ClusterTools, state: ClusterState) {
    this.#tools = tools
    this.#state = state
    this.#network = hostNetwork(state.index)
  }

  get state(): ClusterState {
    return this.#state
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
    await createBridge(run, this.#network, this.state.before)
    await openWayOut(run, this.#network)
    mkdirSync(paths.images, { recursive: true })
    const pause = join(paths.images, 'pause.tar')
    if (!existsSync(pause))
      writeFileSync(pause, (await ociArchive(pauseImage(imageArchitecture(this.#tools.arch)))).bytes)
  }

  /** Whether the process had to be started. */
  #start(
    role: string,
    group: string | undefined,
    options: { command: string[]; logFile: string; namespace?: string; env?: Readonly<Record<string, string>> },
  ): boolean {
    const pidFile = join(dirname(options.logFile), `${role}.pid`)
    if (isAlive(pidFile)) return false
    const cgroupProcs = this.#isReal && group !== undefined ? processGroup(group) : undefined
    const env = { ...options.env, PATH: this.#tools.machine.path }
    rememberProcess(pidFile, startProcess({ ...options, cgroupProcs, env }))
    return true
  }

  /** Whether it had to be started. A new cluster takes the next port when another one was faster. */
  async startServer(isNewCluster: boolean): Promise<boolean> {
    for (;;) {
      try {
        return await this.#startServer()
      } catch (error) {
        if (!(error instanceof PortTaken)) throw error
        if (!isNewCluster) throw portOfOld(this.#state.port, error)
        this.#state = { ...this.#state, port: await freePort(this.#state.port + 1) }
        writeState(this.#tools.paths, this.#state)
      }
    }
  }

  async #startServer(): Promise<boolean> {
    const { paths, program, clock } = this.#tools
    const { name, port } = this.state
    mkdirSync(paths.server, { recursive: true, mode: 0o700 })
    const listen = ['--listen', `127.0.0.1:${port}`]
    if (this.#isReal) listen.push('--listen', `${this.#network.hostAddress}:${port}`)
    const command = [program, 'server', '--data-dir', paths.server, ...listen, ...(this.state.serverFlags ?? [])]
    const isNew = this.#start('server', groupOf(name, 'server'), { command, logFile: paths.serverLog })
    const over = new AbortController()
    let isReady = false
    let isAsking = false
    let failure: unknown
    // Not waited for in between: whoever else listens on the port may take a connection and say nothing, while our own
    // server has ended long since.
    const ask = async (): Promise<void> => {
      isAsking = true
      isReady = await this.#isReady(over.signal)
      isAsking = false
    }
    try {
      await waitUntil(clock, `The server was not ready (see ${paths.serverLog})`, () => {
        if (!isAlive(paths.serverPid)) throw endOfServer(lastWordsIn(paths.serverLog))
        if (failure !== undefined) throw failure
        if (!isAsking && existsSync(paths.adminKubeconfig))
          ask().catch((error) => {
            failure = error
          })
        return isReady
      })
    } finally {
      over.abort()
    }
    return isNew
  }

  async #isReady(signal: AbortSignal): Promise<boolean> {
    const client = this.client()
    try {
      return (await client.raw({ method: 'GET', path: '/readyz', signal })) === 'ok'
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

  /** Starts a node's containerd and agent, in a namespace of its own. Whether anything had to be started. */
  async startNode(node: NodeState): Promise<boolean> {
    const { paths, program, run, clock, machine } = this.#tools
    const { name } = this.state
    const at = paths.node(node.name)
    mkdirSync(at.agent, { recursive: true, mode: 0o711 })
    const group = groupOf(name, node.name)
    const token = readFileSync(paths.joinToken, 'utf8').trim()
    const agent = [program, 'agent', '--token', token, '--node-name', node.name, '--data-dir', at.agent]
    if (!this.#isReal) {
      const command = [...agent, '--server', this.serverUrl, '--runtime', 'simulated']
      return this.#start('agent', undefined, { command, logFile: at.log('agent') })
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
    // After a power cut containerd forgets the containers that were, and with them where their sockets are.
    if (processesIn(group).length === 0) {
      removeShimSockets(at.containerdState)
      rmSync(at.temporary, { recursive: true, force: true })
    }
    mkdirSync(at.temporary, { recursive: true, mode: 0o700 })
    const hasNewRuntime = this.#start('containerd', group, {
      command: ['containerd', '--config', at.containerdConfig],
      logFile: at.log('containerd'),
      // Where runc keeps an exec's process until it has started; whoever kills it leaves the file.
      env: { TMPDIR: at.temporary, XDG_RUNTIME_DIR: at.temporary },
      namespace: namespacePath(namespace),
    })
    await waitUntil(clock, `containerd of ${node.name} did not answer (see ${at.log('containerd')})`, async () => {
      if (!isAlive(at.pid('containerd'))) {
        throw new Error(`containerd of ${node.name} ended: ${lastWordsIn(at.log('containerd'))}`)
      }
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
    const options = { command, logFile: at.log('agent'), namespace: namespacePath(namespace) }
    return this.#start('agent', group, options) || hasNewRuntime
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

  /** Loads an archive into the nodes that run, now, and into the others when they start; which have it now. */
  async loadImage(file: string, id: string): Promise<readonly NodeState[]> {
    const { paths } = this.#tools
    const archive = `${basename(file).replace(/[^A-Za-z0-9._-]/g, '_')}-${id.slice(0, 12)}.tar`
    const kept = join(paths.images, archive)
    const isKnown = existsSync(kept)
    copyFileSync(file, kept)
    const running = this.state.nodes.filter((node) => this.runsContainerd(node))
    try {
      await Promise.all(running.map((node) => this.#importImages(node)))
    } catch (error) {
      // What is no image would be in the way of every later start.
      if (!isKnown) rmSync(kept, { force: true })
      throw error
    }
    return running
  }

  runsContainerd(node: NodeState): boolean {
    return this.#isReal && isAlive(this.#tools.paths.node(node.name).pid('containerd'))
  }

  /** The names of a node's images. */
  async images(node: NodeState): Promise<readonly string[]> {
    if (!this.runsContainerd(node)) return []
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
      endProcess(paths.node(node.name).pid('agent'))
      return
    }
    await killGroup(groupOf(this.state.name, node.name), clock)
    await removeNode(run, namespaceOf(this.state.name, node.name), this.#network.node(node.position))
    await unmountBelow(run, paths.node(node.name).dir)
    removeShimSockets(paths.node(node.name).containerdState)
    rmSync(paths.node(node.name).containerdState, { recursive: true, force: true })
  }

  /** Ends everything and removes every trace but the user's kubeconfig entry. */
  async remove(): Promise<void> {
    const { run, clock, paths } = this.#tools
    const { name, nodes, before } = this.state
    if (this.#isReal) {
      await killGroup(groupOf(name), clock)
      for (const node of nodes) await removeNode(run, namespaceOf(name, node.name), this.#network.node(node.position))
      await unmountBelow(run, paths.dir)
      for (const node of nodes) removeShimSockets(paths.node(node.name).containerdState)
      removeNetworkResults(paths.nodes)
      const isLast = otherBridges(this.#network).length === 0
      await closeWayOut(run, this.#network, before, isLast)
      await removeBridge(run, this.#network)
      removeGroup(groupOf(name))
      if (isLast) {
        removeGroup('/pinnace')
        removeEmptyFolders()
        await restoreNamespaceFolder(run, before)
      }
    } else {
      for (const node of nodes) endProcess(paths.node(node.name).pid('agent'))
      const server = paths.serverPid
      endProcess(server)
      await waitUntil(clock, 'The server did not end', () => !isAlive(server), { timeoutMs: 10_000 })
    }
    rmSync(paths.dir, { recursive: true, force: true })
  }

  /** Which of the cluster's processes run. */
  processes(): { readonly server: boolean; readonly nodes: Readonly<Record<string, boolean>> } {
    const { paths } = this.#tools
    return {
      server: isAlive(paths.serverPid),
      nodes: Object.fromEntries(
        this.state.nodes.map((node) => [node.name, isAlive(paths.node(node.name).pid('agent'))]),
      ),
    }
  }

  /** How many processes the cluster has, containers included. */
  countProcesses(): number {
    return this.#isReal ? processesIn(groupOf(this.state.name)).length : 0
  }
}

const lastWordsIn = (file: string): string => (existsSync(file) ? lastWords(readFileSync(file, 'utf8')) : '')
