// What is asked of simulated containers that run: commands, a look at what they say, connections to their ports, and
// probes. The answers are those of their behaviour.

import { type Duplex, duplexPair } from 'node:stream'
import type { Clock } from '#lib/clock.ts'
import {
  failure,
  hostPort,
  httpOutcome,
  type ProbeContext,
  type ProbeOutcome,
  type ProbeTarget,
  success,
} from '../prober.ts'
import { type CommandAnswer, httpAnswer, type LogLine } from './behaviour.ts'
import type { ExecResult, StreamClient, StreamOptions, StreamTarget } from './runtime.ts'
import type { ContainerEntry, SandboxEntry } from './simulated-entries.ts'
import { type Command, exited, failed, serveCommand, servePorts } from './simulated-streams.ts'

export class SimulatedCommands {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async execSync(container: ContainerEntry, command: readonly string[], timeoutMs: number): Promise<ExecResult> {
    const answer = declaredAnswer(container, command) ?? {}
    const { exitCode = 0, stdout = '', stderr = '', takesMs = 0 } = answer
    if (takesMs > timeoutMs) {
      await this.#clock.sleep(timeoutMs)
      throw new Error(`command ${JSON.stringify(command.join(' '))} timed out`)
    }
    if (takesMs > 0) await this.#clock.sleep(takesMs)
    return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
  }

  exec(container: ContainerEntry, command: readonly string[], options: StreamOptions): StreamTarget {
    const answer = declaredAnswer(container, command)
    return this.#conversation(options, async (say, gone) => {
      if (!answer) return failed(`${nameOf(container)} is simulated: nothing runs in it, and no command can`)
      const { exitCode = 0, stdout = '', stderr = '', takesMs = 0 } = answer
      if (takesMs > 0) await this.#clock.sleep(takesMs, gone)
      if (stdout !== '') say('stdout', stdout)
      if (stderr !== '') say('stderr', stderr)
      return exited(exitCode)
    })
  }

  /** Shows what the container says from now on, as a real one's terminal. */
  attach(container: ContainerEntry, options: StreamOptions): StreamTarget {
    return this.#conversation(options, async (say, gone) => {
      const hear = ({ text, stream = 'stdout' }: LogLine) => say(stream, `${text}\n`)
      container.listeners.add(hear)
      const left = new Promise((resolve) => gone.addEventListener('abort', resolve, { once: true }))
      await Promise.race([container.ended, left])
      container.listeners.delete(hear)
      return exited(0)
    })
  }

  /** Whoever of the sandbox serves HTTP by then answers on every port. */
  portForward({ config }: SandboxEntry, containers: () => readonly ContainerEntry[]): StreamTarget {
    const { namespace, name, uid } = config
    const answer = (port: number, request: Buffer): string => {
      const serving = servingOf(containers())
      if (serving) return this.#httpAnswer(serving, request)
      throw new Error(`error forwarding port ${port} to pod ${name}_${namespace}, uid ${uid}: ${noListener}`)
    }
    return serve((client) => servePorts({ client, clock: this.#clock, answer }))
  }

  dial(containers: readonly ContainerEntry[]): Duplex {
    const serving = servingOf(containers)
    if (!serving) throw new Error(noListener)
    const [client, server] = duplexPair()
    server.on('error', () => server.destroy())
    server.once('data', (request: Buffer) => server.end(this.#httpAnswer(serving, request)))
    return client
  }

  #httpAnswer(serving: ContainerEntry, request: Buffer): string {
    const { status, body } = this.#answer(serving, request.toString('latin1').split(' ')[1] ?? '/')
    const lengthBytes = Buffer.byteLength(body)
    return `HTTP/1.1 ${status} Simulated\r\nContent-Length: ${lengthBytes}\r\nConnection: close\r\n\r\n${body}`
  }

  async probe(
    container: ContainerEntry | undefined,
    target: ProbeTarget,
    { timeoutMs }: Pick<ProbeContext, 'timeoutMs'>,
  ): Promise<ProbeOutcome> {
    if (container?.state !== 'running') return failure(refused(target))
    if (target.type === 'exec') {
      try {
        const { exitCode, stdout, stderr } = await this.execSync(container, target.command, timeoutMs)
        const output = Buffer.from(stdout).toString() + Buffer.from(stderr).toString()
        return exitCode === 0 ? success(output) : failure(output)
      } catch (error) {
        return failure((error as Error).message)
      }
    }
    if (target.type === 'httpGet') {
      const { status, body } = this.#answer(container, target.path)
      return httpOutcome(status, body)
    }
    const runningMs = this.#clock.now() - container.startedAtMs
    return runningMs >= (container.behaviour.readyAfterMs ?? 0) ? success() : failure(refused(target))
  }

  #conversation(options: StreamOptions, command: Command): StreamTarget {
    return serve((client) => serveCommand({ client, options, clock: this.#clock, command }))
  }

  #answer({ behaviour, startedAtMs }: ContainerEntry, path: string): { status: number; body: string } {
    return httpAnswer(behaviour, path, this.#clock.now() - startedAtMs)
  }
}

const noListener = 'it is simulated: nothing listens in it'

const servingOf = (containers: readonly ContainerEntry[]): ContainerEntry | undefined =>
  containers.find(({ state, behaviour }) => state === 'running' && behaviour.http)

const declaredAnswer = ({ behaviour }: ContainerEntry, command: readonly string[]): CommandAnswer | undefined =>
  behaviour.exec?.[command.join(' ')] ?? behaviour.exec?.['*']

const serve = (work: (client: StreamClient) => void): StreamTarget => ({ type: 'serve', serve: work })

const nameOf = ({ config, sandbox }: ContainerEntry): string =>
  `container "${config.name}" of pod "${sandbox.config.namespace}/${sandbox.config.name}"`

const refused = (target: ProbeTarget): string =>
  target.type === 'exec'
    ? 'container is not running'
    : `dial tcp ${hostPort(target.host, target.port)}: connect: connection refused`
