// A Runtime without containers: sandboxes and containers are entries in memory that live by their declared
// behaviour on the injected clock. The states, events, log files and errors are those of a real one, so that the
// kubelet above cannot tell the difference; a thousand nodes of it fit into one process.

import type { Duplex } from 'node:stream'
import { AsyncBuffer } from '#lib/async-buffer.ts'
import type { Clock } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'
import type { Files } from '../files.ts'
import { formatLogLine } from '../log-format.ts'
import type { Prober } from '../prober.ts'
import type { NodeUsage } from '../stats/node-usage.ts'
import { behaviourOf, endOf, type ImageBehaviour, type LogLine, simulateAnnotation } from './behaviour.ts'
import type {
  Container,
  ContainerConfig,
  ContainerStats,
  ContainerStatus,
  ExecResult,
  Image,
  LinuxResources,
  Runtime,
  RuntimeEvent,
  Sandbox,
  SandboxConfig,
  StreamOptions,
  StreamTarget,
} from './runtime.ts'
import { SimulatedAddresses } from './simulated-addresses.ts'
import { SimulatedCommands } from './simulated-commands.ts'
import {
  type ContainerEntry,
  listedContainer,
  listedSandbox,
  logPathOf,
  type SandboxEntry,
  statusOf,
} from './simulated-entries.ts'
import { SimulatedImages } from './simulated-images.ts'
import { cpuNanosOf, nodeUsageOf, statsOf } from './simulated-usage.ts'

export interface SimulatedOptions {
  readonly clock: Clock
  readonly random: Random
  /** Where logs go; nowhere unless given. */
  readonly files?: Files | undefined
  /** The node's range of pod addresses, asked for at each new sandbox. */
  readonly podCidr?: (() => string | undefined) | undefined
  readonly nodeIP?: string | undefined
  /** By image name. An image of which nothing is said can be pulled at once. */
  readonly images?: Readonly<Record<string, ImageBehaviour>> | undefined
  /** How long the runtime itself takes. */
  readonly sandboxMs?: number | undefined
  readonly startMs?: number | undefined
  /** The node's. */
  readonly memoryBytes?: number | undefined
}

export interface SimulatedRuntime extends Runtime {
  readonly prober: Prober
  /** What the containers and the node itself use, made up like theirs. */
  nodeUsage(): Promise<NodeUsage>
  /** Ends a container as from outside, as by `kill -9`. */
  kill(containerId: string, exitCode?: number): void
  /** The network of a sandbox breaks down, as when its pause process dies. */
  breakSandbox(sandboxId: string): void
  setNotReady(reasons: readonly string[]): void
}

export function simulatedRuntime(options: SimulatedOptions): SimulatedRuntime {
  return new Simulated(options)
}

class Simulated implements SimulatedRuntime {
  readonly #clock: Clock
  readonly #random: Random
  readonly #options: SimulatedOptions
  readonly #sandboxes = new Map<string, SandboxEntry>()
  readonly #containers = new Map<string, ContainerEntry>()
  readonly #images: SimulatedImages
  readonly #commands: SimulatedCommands
  readonly #listeners = new Set<AsyncBuffer<RuntimeEvent>>()
  readonly #addresses: SimulatedAddresses
  readonly #startedAtMs: number
  /** What containers have used that are no more: the node's counter never falls. */
  #removedCpuNanos = 0
  #notReady: readonly string[] = []

  constructor(options: SimulatedOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#random = options.random
    this.#startedAtMs = options.clock.now()
    this.#images = new SimulatedImages(options.clock, options.images)
    this.#commands = new SimulatedCommands(options.clock)
    this.#addresses = new SimulatedAddresses(options.podCidr)
  }

  async version() {
    return { name: 'simulated', version: '1.0.0' }
  }

  async notReadyReasons(): Promise<readonly string[]> {
    return this.#notReady
  }

  setNotReady(reasons: readonly string[]): void {
    this.#notReady = reasons
  }

  // --- Sandboxes

  async runSandbox(config: SandboxConfig): Promise<string> {
    const there = [...this.#sandboxes.values()].some(
      (s) => s.config.uid === config.uid && s.config.attempt === config.attempt,
    )
    if (there) throw new Error(`Sandbox ${config.name}_${config.namespace}_${config.uid}_${config.attempt} exists`)
    await this.#pause(this.#options.sandboxMs)
    const id = this.#id()
    const ip = config.hostNetwork ? '' : this.#addresses.take()
    this.#sandboxes.set(id, { id, config, createdAtMs: this.#clock.now(), ip, state: 'ready' })
    return id
  }

  async stopSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id)
    if (!sandbox || sandbox.state === 'notready') return
    for (const container of this.#of(id)) this.#end(container, 137, 'Error')
    this.#letGo(sandbox)
  }

  async removeSandbox(id: string): Promise<void> {
    await this.stopSandbox(id)
    for (const container of this.#of(id)) await this.removeContainer(container.id)
    this.#sandboxes.delete(id)
  }

  async sandboxStatus(id: string): Promise<Sandbox | undefined> {
    const sandbox = this.#sandboxes.get(id)
    if (!sandbox) return undefined
    const ips = sandbox.state === 'ready' && sandbox.ip !== '' ? [sandbox.ip] : []
    return { ...listedSandbox(sandbox), ips }
  }

  async listSandboxes(): Promise<readonly Sandbox[]> {
    return [...this.#sandboxes.values()].map(listedSandbox)
  }

  breakSandbox(id: string): void {
    const sandbox = this.#sandboxes.get(id)
    if (!sandbox) return
    for (const container of this.#of(id)) this.#end(container, 137, 'Error')
    this.#letGo(sandbox)
    this.#tell({ containerId: id, type: 'stopped' })
  }

  #letGo(sandbox: SandboxEntry): void {
    sandbox.state = 'notready'
    this.#addresses.giveBack(sandbox.ip)
  }

  // --- Containers

  async createContainer(sandboxId: string, config: ContainerConfig): Promise<string> {
    const sandbox = this.#sandboxes.get(sandboxId)
    if (!sandbox) throw new Error(`Sandbox ${sandboxId} is not there`)
    const image = this.#images.list().find(({ id, tags }) => id === config.image || tags.includes(config.image))
    if (!image) throw new Error(`Image ${JSON.stringify(config.image)} is not on this node`)
    const annotation = sandbox.config.annotations[simulateAnnotation]
    const behaviour = behaviourOf(this.#images.behaviour(config.imageName), annotation, config.name)
    const id = this.#id()
    const { promise: ended, resolve: markEnded } = Promise.withResolvers<void>()
    this.#containers.set(id, {
      id,
      sandbox,
      config,
      behaviour,
      createdAtMs: this.#clock.now(),
      state: 'created',
      startedAtMs: 0,
      finishedAtMs: 0,
      exitCode: 0,
      reason: '',
      message: '',
      timers: new Set(),
      listeners: new Set(),
      ended,
      markEnded,
    })
    this.#tell({ containerId: id, type: 'created' })
    return id
  }

  async startContainer(id: string): Promise<void> {
    const container = this.#need(id)
    const { behaviour } = container
    await this.#pause((this.#options.startMs ?? 0) + (behaviour.startMs ?? 0))
    if (container.state !== 'created') throw new Error(`Container ${id} is ${container.state}, not created`)
    container.startedAtMs = this.#clock.now()
    if (behaviour.startError !== undefined) {
      this.#finish(container, 128, 'StartError')
      throw new Error(behaviour.startError)
    }
    container.state = 'running'
    this.#tell({ containerId: id, type: 'started' })
    this.#speak(container)
    const end = endOf(behaviour, container.config.attempt)
    if (end) this.#later(container, end.afterMs, () => this.#end(container, end.exitCode))
  }

  async stopContainer(id: string, graceSeconds: number): Promise<void> {
    const container = this.#containers.get(id)
    if (!container || container.state === 'exited') return
    if (container.state === 'created') return this.#end(container, 0)
    const { ignoresSigterm, stopMs = 0, stopExitCode = 143 } = container.behaviour
    const kill = () => this.#end(container, 137)
    if (graceSeconds === 0) kill()
    else if (ignoresSigterm || stopMs > graceSeconds * 1000) this.#later(container, graceSeconds * 1000, kill)
    else if (stopMs > 0) this.#later(container, stopMs, () => this.#end(container, stopExitCode))
    else this.#end(container, stopExitCode)
    await container.ended
  }

  kill(id: string, exitCode = 137): void {
    this.#end(this.#need(id), exitCode)
  }

  async removeContainer(id: string): Promise<void> {
    const container = this.#containers.get(id)
    if (!container) return
    this.#end(container, 137)
    this.#removedCpuNanos += cpuNanosOf(container, this.#clock.now())
    this.#containers.delete(id)
    this.#tell({ containerId: id, type: 'deleted' })
  }

  async containerStatus(id: string): Promise<ContainerStatus | undefined> {
    const container = this.#containers.get(id)
    return container && statusOf(container)
  }

  async listContainers(): Promise<readonly Container[]> {
    return [...this.#containers.values()].map(listedContainer)
  }

  async updateResources(id: string, _resources: LinuxResources): Promise<void> {
    this.#need(id)
  }

  async reopenLog(id: string): Promise<void> {
    this.#need(id)
  }

  async stats(): Promise<readonly ContainerStats[]> {
    return statsOf([...this.#containers.values()], this.#clock.now())
  }

  async nodeUsage(): Promise<NodeUsage> {
    const node = {
      containers: [...this.#containers.values()],
      startedAtMs: this.#startedAtMs,
      removedCpuNanos: this.#removedCpuNanos,
      memoryBytes: this.#options.memoryBytes ?? 0,
    }
    return nodeUsageOf(node, this.#clock.now())
  }

  #end(container: ContainerEntry, exitCode: number, reason?: string): void {
    if (container.state === 'exited') return
    const oom = container.behaviour.oomKilled && exitCode === 137
    if (oom) this.#tell({ containerId: container.id, type: 'oom' })
    this.#finish(container, exitCode, reason ?? (oom ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'))
  }

  #finish(container: ContainerEntry, exitCode: number, reason: string): void {
    for (const timer of container.timers) timer.cancel()
    container.timers.clear()
    container.state = 'exited'
    container.exitCode = exitCode
    container.reason = reason
    container.finishedAtMs = this.#clock.now()
    container.message = container.behaviour.terminationMessage ?? ''
    container.markEnded()
    this.#tell({ containerId: container.id, type: 'stopped' })
  }

  #speak(container: ContainerEntry): void {
    const lines: readonly LogLine[] = (container.behaviour.log ?? []).map((line) =>
      typeof line === 'string' ? { text: line } : line,
    )
    for (const line of lines) {
      const say = () => {
        this.#append(container, line)
        if (line.everyMs) this.#later(container, line.everyMs, say)
      }
      if (line.afterMs) this.#later(container, line.afterMs, say)
      else say()
    }
  }

  #append(container: ContainerEntry, line: LogLine): void {
    for (const hear of container.listeners) hear(line)
    const { text, stream = 'stdout' } = line
    const { files } = this.#options
    if (!files) return
    const bytes = formatLogLine(this.#clock.now(), stream, text)
    // What cannot be logged is lost, as with a full disk.
    void files.append(logPathOf(container), bytes).catch(() => {})
  }

  #later(container: ContainerEntry, ms: number, fire: () => void): void {
    const timer = this.#clock.after(ms, () => {
      container.timers.delete(timer)
      fire()
    })
    container.timers.add(timer)
  }

  // --- Commands and connections

  async execSync(id: string, command: readonly string[], timeoutMs: number): Promise<ExecResult> {
    return this.#commands.execSync(this.#needRunning(id), command, timeoutMs)
  }

  async exec(id: string, command: readonly string[], options: StreamOptions): Promise<StreamTarget> {
    return this.#commands.exec(this.#needRunning(id), command, options)
  }

  async attach(id: string, options: StreamOptions): Promise<StreamTarget> {
    return this.#commands.attach(this.#needRunning(id), options)
  }

  async portForward(sandboxId: string): Promise<StreamTarget> {
    const sandbox = this.#sandboxes.get(sandboxId)
    if (sandbox?.state !== 'ready') throw new Error(`Sandbox ${sandboxId} is not running`)
    return this.#commands.portForward(sandbox, () => this.#of(sandboxId))
  }

  dial(sandboxId: string): Duplex | undefined {
    const sandbox = this.#sandboxes.get(sandboxId)
    return sandbox?.ip ? this.#commands.dial(this.#of(sandboxId)) : undefined
  }

  readonly prober: Prober = {
    probe: (target, context) => this.#commands.probe(this.#containers.get(context.containerId), target, context),
  }

  // --- Images

  pullImage(name: string): Promise<string> {
    return this.#images.pull(name)
  }

  async imageStatus(name: string): Promise<Image | undefined> {
    return this.#images.find(name)
  }

  async listImages(): Promise<readonly Image[]> {
    return this.#images.list()
  }

  async removeImage(id: string): Promise<void> {
    this.#images.remove(id)
  }

  // --- Events

  async *events(signal: AbortSignal): AsyncIterable<RuntimeEvent> {
    const buffer = new AsyncBuffer<RuntimeEvent>({ limit: 10_000, onClose: () => this.#listeners.delete(buffer) })
    const stop = () => buffer.end()
    this.#listeners.add(buffer)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    try {
      for await (const batch of buffer) yield* batch
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async close(): Promise<void> {
    for (const container of this.#containers.values()) {
      for (const timer of container.timers) timer.cancel()
      container.timers.clear()
    }
    for (const listener of [...this.#listeners]) listener.end()
  }

  #tell(event: RuntimeEvent): void {
    for (const listener of [...this.#listeners]) listener.push(event)
  }

  #of(sandboxId: string): ContainerEntry[] {
    return [...this.#containers.values()].filter((c) => c.sandbox.id === sandboxId)
  }

  #need(id: string): ContainerEntry {
    const container = this.#containers.get(id)
    if (!container) throw new Error(`Container ${id} is not there`)
    return container
  }

  #needRunning(id: string): ContainerEntry {
    const container = this.#need(id)
    if (container.state !== 'running') throw new Error(`Container ${id} is not running`)
    return container
  }

  #id(): string {
    return Buffer.from(this.#random.bytes(32)).toString('hex')
  }

  async #pause(ms = 0): Promise<void> {
    if (ms > 0) await this.#clock.sleep(ms)
  }
}
