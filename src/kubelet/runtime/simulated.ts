// A Runtime without containers: sandboxes and containers are entries in memory that live by their declared
// behaviour on the injected clock. The states, events, log files and errors are those of a real one, so that the
// kubelet above cannot tell the difference; a thousand nodes of it fit into one process.

import { milliValue, quantityValue } from '#api/quantity.ts'
import { AsyncBuffer } from '#lib/async-buffer.ts'
import type { Clock, Timer } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'
import type { Files } from '../files.ts'
import { formatLogLine } from '../log-format.ts'
import { failure, hostPort, httpOutcome, type Prober, type ProbeTarget, success } from '../prober.ts'
import type { NodeUsage } from '../stats/node-usage.ts'
import {
  type Behaviour,
  behaviourOf,
  type CommandAnswer,
  endOf,
  httpAnswer,
  type ImageBehaviour,
  type LogLine,
  simulateAnnotation,
} from './behaviour.ts'
import type {
  Container,
  ContainerConfig,
  ContainerState,
  ContainerStatus,
  ExecResult,
  Image,
  LinuxResources,
  Runtime,
  RuntimeEvent,
  Sandbox,
  SandboxConfig,
  StreamClient,
  StreamOptions,
  StreamTarget,
} from './runtime.ts'
import { exited, failed, serveCommand, servePorts } from './simulated-streams.ts'

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

interface SandboxEntry {
  readonly id: string
  readonly config: SandboxConfig
  readonly createdAtMs: number
  readonly ip: string
  state: 'ready' | 'notready'
}

interface ContainerEntry {
  readonly id: string
  readonly sandbox: SandboxEntry
  readonly config: ContainerConfig
  readonly behaviour: Behaviour
  readonly createdAtMs: number
  state: ContainerState
  startedAtMs: number
  finishedAtMs: number
  exitCode: number
  reason: string
  message: string
  readonly timers: Set<Timer>
  /** Who is attached. */
  readonly listeners: Set<(line: LogLine) => void>
  readonly ended: Promise<void>
  readonly markEnded: () => void
}

/** Of a container of which nothing is said, and of the node beside its containers. */
const littleCpu = '10m'
const littleMemory = '8Mi'
const ownMilliCpu = 50
const ownMemoryBytes = 128 * 2 ** 20

const defaultCidr = '10.244.0.0/24'

export function simulatedRuntime(options: SimulatedOptions): SimulatedRuntime {
  return new Simulated(options)
}

class Simulated implements SimulatedRuntime {
  readonly #clock: Clock
  readonly #random: Random
  readonly #options: SimulatedOptions
  readonly #sandboxes = new Map<string, SandboxEntry>()
  readonly #containers = new Map<string, ContainerEntry>()
  readonly #images = new Map<string, Image>()
  readonly #listeners = new Set<AsyncBuffer<RuntimeEvent>>()
  readonly #addresses = new Set<string>()
  readonly #startedAtMs: number
  /** What containers have used that are no more: the node's counter never falls. */
  #removedCpuNanos = 0
  #lastHost = 1
  #notReady: readonly string[] = []

  constructor(options: SimulatedOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#random = options.random
    this.#startedAtMs = options.clock.now()
    for (const [name, image] of Object.entries(options.images ?? {})) if (image.present) this.#addImage(name)
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
    const ip = config.hostNetwork ? '' : this.#takeAddress()
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
    return { ...listed(sandbox), ips }
  }

  async listSandboxes(): Promise<readonly Sandbox[]> {
    return [...this.#sandboxes.values()].map(listed)
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
    this.#addresses.delete(sandbox.ip)
  }

  /** The next free address of the node's range, as host-local gives them out. */
  #takeAddress(): string {
    const [base = '', bits = '24'] = (this.#options.podCidr?.() ?? defaultCidr).split('/')
    const [a = 0, b = 0, c = 0, d = 0] = base.split('.').map(Number)
    const start = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d
    const size = 2 ** (32 - Number(bits))
    for (let tries = 0; tries < size; tries++) {
      // The first is the network, the second the node's bridge, the last the broadcast address.
      this.#lastHost = this.#lastHost + 1 >= size - 1 ? 2 : this.#lastHost + 1
      const n = start + this.#lastHost
      const ip = [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.')
      if (this.#addresses.has(ip)) continue
      this.#addresses.add(ip)
      return ip
    }
    throw new Error(`No free address in ${base}/${bits}`)
  }

  // --- Containers

  async createContainer(sandboxId: string, config: ContainerConfig): Promise<string> {
    const sandbox = this.#sandboxes.get(sandboxId)
    if (!sandbox) throw new Error(`Sandbox ${sandboxId} is not there`)
    const image = [...this.#images.values()].find((i) => i.id === config.image || i.tags.includes(config.image))
    if (!image) throw new Error(`Image ${JSON.stringify(config.image)} is not on this node`)
    const annotation = sandbox.config.annotations[simulateAnnotation]
    const behaviour = behaviourOf(this.#imageBehaviour(config.imageName), annotation, config.name)
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
    this.#removedCpuNanos += this.#cpuNanosOf(container)
    this.#containers.delete(id)
    this.#tell({ containerId: id, type: 'deleted' })
  }

  async containerStatus(id: string): Promise<ContainerStatus | undefined> {
    const c = this.#containers.get(id)
    if (!c) return undefined
    return {
      ...listedContainer(c),
      startedAtMs: c.startedAtMs,
      finishedAtMs: c.finishedAtMs,
      exitCode: c.exitCode,
      reason: c.reason,
      message: c.message,
      image: c.config.imageName,
      imageRef: c.config.image,
      logPath: `${c.sandbox.config.logDirectory}/${c.config.logPath}`,
    }
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

  async stats() {
    const timeMs = this.#clock.now()
    return [...this.#containers.values()]
      .filter((c) => c.state === 'running')
      .map((c) => ({
        containerId: c.id,
        timeMs,
        cpuUsageCoreNanos: this.#cpuNanosOf(c),
        memoryWorkingSetBytes: quantityValue(c.behaviour.memory ?? littleMemory),
      }))
  }

  async nodeUsage(): Promise<NodeUsage> {
    const timeMs = this.#clock.now()
    const containers = [...this.#containers.values()]
    const used = containers.reduce((sum, container) => sum + this.#cpuNanosOf(container), this.#removedCpuNanos)
    const memory = (await this.stats()).reduce((sum, stats) => sum + stats.memoryWorkingSetBytes, ownMemoryBytes)
    return {
      timeMs,
      cpuUsageCoreNanos: used + (timeMs - this.#startedAtMs) * ownMilliCpu * 1000,
      memoryUsageBytes: memory,
      memoryWorkingSetBytes: memory,
      memoryAvailableBytes: Math.max(0, (this.#options.memoryBytes ?? 0) - memory),
    }
  }

  #cpuNanosOf({ state, startedAtMs, finishedAtMs, behaviour }: ContainerEntry): number {
    if (startedAtMs === 0) return 0
    const untilMs = state === 'exited' ? finishedAtMs : this.#clock.now()
    return (untilMs - startedAtMs) * milliValue(behaviour.cpu ?? littleCpu) * 1000
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
    const { logDirectory } = container.sandbox.config
    const bytes = formatLogLine(this.#clock.now(), stream, text)
    // What cannot be logged is lost, as with a full disk.
    void files.append(`${logDirectory}/${container.config.logPath}`, bytes).catch(() => {})
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
    const container = this.#needRunning(id)
    const answer = this.#declaredAnswer(container, command) ?? {}
    if ((answer.takesMs ?? 0) > timeoutMs) {
      await this.#clock.sleep(timeoutMs)
      throw new Error(`command ${JSON.stringify(command.join(' '))} timed out`)
    }
    await this.#pause(answer.takesMs)
    const { exitCode = 0, stdout = '', stderr = '' } = answer
    return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
  }

  async exec(id: string, command: readonly string[], options: StreamOptions): Promise<StreamTarget> {
    const container = this.#needRunning(id)
    const answer = this.#declaredAnswer(container, command)
    return serve((client) =>
      serveCommand({
        client,
        options,
        clock: this.#clock,
        command: async (say, gone) => {
          if (!answer) return failed(`${nameOf(container)} is simulated: nothing runs in it, and no command can`)
          const { exitCode = 0, stdout = '', stderr = '', takesMs = 0 } = answer
          if (takesMs > 0) await this.#clock.sleep(takesMs, gone)
          if (stdout !== '') say('stdout', stdout)
          if (stderr !== '') say('stderr', stderr)
          return exited(exitCode)
        },
      }),
    )
  }

  /** Shows what the container says from now on, as a real one's terminal. */
  async attach(id: string, options: StreamOptions): Promise<StreamTarget> {
    const container = this.#needRunning(id)
    return serve((client) =>
      serveCommand({
        client,
        options,
        clock: this.#clock,
        command: async (say, gone) => {
          const hear = ({ text, stream = 'stdout' }: LogLine) => say(stream, `${text}\n`)
          container.listeners.add(hear)
          const left = new Promise((resolve) => gone.addEventListener('abort', resolve, { once: true }))
          await Promise.race([container.ended, left])
          container.listeners.delete(hear)
          return exited(0)
        },
      }),
    )
  }

  async portForward(sandboxId: string): Promise<StreamTarget> {
    const sandbox = this.#sandboxes.get(sandboxId)
    if (sandbox?.state !== 'ready') throw new Error(`Sandbox ${sandboxId} is not running`)
    const { namespace, name, uid } = sandbox.config
    const answer = (port: number, request: Buffer): string => {
      const serving = this.#of(sandboxId).find((c) => c.state === 'running' && c.behaviour.http)
      if (!serving)
        throw new Error(
          `error forwarding port ${port} to pod ${name}_${namespace}, uid ${uid}: it is simulated: nothing listens in it`,
        )
      const { status, body } = this.#answer(serving, request.toString('latin1').split(' ')[1] ?? '/')
      const lengthBytes = Buffer.byteLength(body)
      return `HTTP/1.1 ${status} Simulated\r\nContent-Length: ${lengthBytes}\r\nConnection: close\r\n\r\n${body}`
    }
    return serve((client) => servePorts({ client, clock: this.#clock, answer }))
  }

  readonly prober: Prober = {
    probe: async (target, { containerId, timeoutMs }) => {
      const container = this.#containers.get(containerId)
      if (container?.state !== 'running') return failure(refused(target))
      if (target.type === 'exec') {
        try {
          const { exitCode, stdout, stderr } = await this.execSync(containerId, target.command, timeoutMs)
          const output = Buffer.from(stdout).toString() + Buffer.from(stderr).toString()
          return exitCode === 0 ? success(output) : failure(output)
        } catch (error) {
          return failure((error as Error).message)
        }
      }
      const runningMs = this.#clock.now() - container.startedAtMs
      const isReady = runningMs >= (container.behaviour.readyAfterMs ?? 0)
      if (target.type === 'httpGet') {
        const { status, body } = this.#answer(container, target.path)
        return httpOutcome(status, body)
      }
      return isReady ? success() : failure(refused(target))
    },
  }

  #answer(container: ContainerEntry, path: string): { status: number; body: string } {
    return httpAnswer(container.behaviour, path, this.#clock.now() - container.startedAtMs)
  }

  #declaredAnswer({ behaviour }: ContainerEntry, command: readonly string[]): CommandAnswer | undefined {
    return behaviour.exec?.[command.join(' ')] ?? behaviour.exec?.['*']
  }

  // --- Images

  async pullImage(name: string): Promise<string> {
    const { pullMs, pullError } = this.#imageBehaviour(name)
    await this.#pause(pullMs)
    if (pullError !== undefined) throw new Error(pullError)
    return this.#addImage(name).id
  }

  async imageStatus(name: string): Promise<Image | undefined> {
    return this.#images.get(tagged(name)) ?? [...this.#images.values()].find((i) => i.id === name)
  }

  async listImages(): Promise<readonly Image[]> {
    return [...this.#images.values()]
  }

  async removeImage(id: string): Promise<void> {
    for (const [name, image] of this.#images) if (image.id === id) this.#images.delete(name)
  }

  #imageBehaviour(name: string): ImageBehaviour {
    return this.#options.images?.[name] ?? this.#options.images?.[tagged(name)] ?? {}
  }

  #addImage(name: string): Image {
    const { sizeBytes = 2 ** 20, uid, username } = this.#imageBehaviour(name)
    const tag = tagged(name)
    const id = `sha256:${Buffer.from(tag).toString('hex').padEnd(64, '0').slice(-64)}`
    const image: Image = {
      id,
      tags: [tag],
      digests: [`${tag.replace(/:[^/:]*$/, '')}@${id}`],
      sizeBytes,
      uid,
      username,
      pinned: false,
    }
    this.#images.set(tag, image)
    return image
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

const listed = ({ id, config, createdAtMs, state }: SandboxEntry): Sandbox => ({
  id,
  name: config.name,
  namespace: config.namespace,
  uid: config.uid,
  attempt: config.attempt,
  state,
  createdAtMs,
  labels: config.labels,
  annotations: config.annotations,
  ips: [],
})

const listedContainer = ({ id, sandbox, config, state, createdAtMs }: ContainerEntry): Container => ({
  id,
  sandboxId: sandbox.id,
  name: config.name,
  attempt: config.attempt,
  state,
  createdAtMs,
  labels: config.labels,
  annotations: config.annotations,
})

const serve = (work: (client: StreamClient) => void): StreamTarget => ({ type: 'serve', serve: work })

const nameOf = ({ config, sandbox }: ContainerEntry): string =>
  `container "${config.name}" of pod "${sandbox.config.namespace}/${sandbox.config.name}"`

const refused = (target: ProbeTarget): string =>
  target.type === 'exec'
    ? 'container is not running'
    : `dial tcp ${hostPort(target.host, target.port)}: connect: connection refused`

/** With the tag that is meant when none is given. */
const tagged = (name: string): string => (/[:@][^/]*$/.test(name) ? name : `${name}:latest`)
