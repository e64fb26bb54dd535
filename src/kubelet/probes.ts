// When probes are made and what comes of them: one loop per container and kind of probe, on the clock, from the
// container's start to its end. Results wake the pod worker; how one probe is made is prober.ts's part.
//
// As upstream (pkg/kubelet/prober): readiness starts out failed, liveness succeeded; while a startup probe has
// not succeeded the other two rest; after a failed liveness or startup probe nothing is probed until the
// container has been restarted.

import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Probe } from '#api/core/probe.ts'
import type { Clock, Timer } from '#lib/clock.ts'
import type { ContainerEvent } from './images.ts'
import type { Health, ObservedContainer } from './observed.ts'
import type { ProbeOutcome, Prober, ProbeTarget } from './prober.ts'

export type ProbeKind = 'startup' | 'readiness' | 'liveness'

export interface ContainerProbesOptions {
  readonly container: ObservedContainer
  readonly spec: Container
  readonly podIP: string
  readonly prober: Prober
  readonly clock: Clock
  readonly event: ContainerEvent
  readonly onChange: () => void
  /** Already ready before: an agent that has restarted does not take pods out of service. */
  readonly assumeReady: boolean
}

/** How many outcomes in a row it takes. */
export interface Tally {
  readonly last: 'success' | 'failure' | undefined
  readonly run: number
}

/** Counts an outcome; `verdict` is set when enough of a kind have come in a row. */
export function count(tally: Tally, outcome: 'success' | 'failure', probe: Probe): { tally: Tally; verdict?: boolean } {
  const run = tally.last === outcome ? tally.run + 1 : 1
  const needed = outcome === 'success' ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3)
  return { tally: { last: outcome, run }, ...(run >= needed ? { verdict: outcome === 'success' } : {}) }
}

/** The probes of one run of one container. */
export class ContainerProbes {
  readonly #options: ContainerProbesOptions
  readonly #timers = new Map<ProbeKind, Timer>()
  #health: Health
  #stopped = false
  #isWindingDown = false

  constructor(options: ContainerProbesOptions) {
    this.#options = options
    const { spec, assumeReady } = options
    const started = !spec.startupProbe || assumeReady
    this.#health = { started, ready: started && (!spec.readinessProbe || assumeReady) }
    if (spec.startupProbe && !assumeReady) this.#begin('startup', spec.startupProbe)
    else this.#beginRest()
  }

  get health(): Health {
    return this.#health
  }

  /** The pod is being stopped: nothing is restarted any more, but readiness is still told. */
  windDown(): void {
    for (const kind of ['startup', 'liveness'] as const) this.#timers.get(kind)?.cancel()
    this.#isWindingDown = true
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #beginRest(): void {
    const { readinessProbe, livenessProbe } = this.#options.spec
    if (readinessProbe) this.#begin('readiness', readinessProbe)
    if (livenessProbe) this.#begin('liveness', livenessProbe)
  }

  #begin(kind: ProbeKind, probe: Probe): void {
    const { clock, container } = this.#options
    const firstAtMs = container.startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000
    this.#schedule(kind, Math.max(0, firstAtMs - clock.now()), probe, { last: undefined, run: 0 })
  }

  #schedule(kind: ProbeKind, delayMs: number, probe: Probe, tally: Tally): void {
    const { clock } = this.#options
    this.#timers.set(
      kind,
      clock.after(delayMs, () => void this.#probe(kind, probe, tally)),
    )
  }

  async #probe(kind: ProbeKind, probe: Probe, tally: Tally): Promise<void> {
    const { clock, container, prober } = this.#options
    const startedMs = clock.monotonic()
    const target = targetOf(probe, this.#options)
    const outcome: ProbeOutcome =
      typeof target === 'string'
        ? { result: 'error', output: target }
        : await prober.probe(target, { containerId: container.id, timeoutMs: (probe.timeoutSeconds ?? 1) * 1000 })
    if (this.#stopped || (this.#isWindingDown && kind !== 'readiness')) return
    if (outcome.result !== 'success') this.#tell(kind, outcome)
    const counted = count(tally, outcome.result === 'success' ? 'success' : 'failure', probe)
    const goesOn = counted.verdict === undefined || this.#apply(kind, counted.verdict)
    const tookMs = clock.monotonic() - startedMs
    if (goesOn) this.#schedule(kind, Math.max(0, (probe.periodSeconds ?? 10) * 1000 - tookMs), probe, counted.tally)
  }

  #tell(kind: ProbeKind, { result, output }: ProbeOutcome): void {
    const name = `${kind[0]!.toUpperCase()}${kind.slice(1)}`
    const text =
      result === 'error'
        ? `${name} probe errored and resulted in unknown state: ${output}`
        : `${name} probe failed: ${output}`
    this.#options.event('Warning', 'Unhealthy', text.trimEnd())
  }

  /** Returns whether this kind of probe goes on. */
  #apply(kind: ProbeKind, succeeded: boolean): boolean {
    if (kind === 'readiness') this.#set({ ...this.#health, ready: succeeded })
    else if (!succeeded) {
      this.#set({ ...this.#health, ready: false, failed: kind })
      this.stop()
      return false
    } else if (kind === 'startup') {
      this.#set({ started: true, ready: !this.#options.spec.readinessProbe })
      this.#beginRest()
      return false
    }
    return true
  }

  #set(health: Health): void {
    const before = this.#health
    this.#health = health
    if (before.ready !== health.ready || before.started !== health.started || before.failed !== health.failed)
      this.#options.onChange()
  }
}

/** A port by number, or by the name that the container gives it. */
export function portNumber(port: number | string | undefined, container: Container): number | undefined {
  if (typeof port === 'number') return port
  const named = container.ports?.find((p) => p.name === port)?.containerPort
  return named ?? (/^\d+$/.test(port ?? '') ? Number(port) : undefined)
}

/** What to probe; a text says why it cannot be. */
function targetOf(probe: Probe, { spec, podIP }: ContainerProbesOptions): ProbeTarget | string {
  const { exec, httpGet, tcpSocket, grpc } = probe
  if (exec) return { type: 'exec', command: exec.command ?? [] }
  if (grpc) return { type: 'grpc', host: podIP, port: grpc.port, service: grpc.service ?? '' }
  if (httpGet) {
    const port = portNumber(httpGet.port, spec)
    if (port === undefined) return `couldn't find port: "${httpGet.port}"`
    return {
      type: 'httpGet',
      scheme: httpGet.scheme === 'HTTPS' ? 'https' : 'http',
      host: httpGet.host || podIP,
      port,
      path: httpGet.path || '/',
      headers: httpGet.httpHeaders ?? [],
    }
  }
  if (tcpSocket) {
    const port = portNumber(tcpSocket.port, spec)
    if (port === undefined) return `couldn't find port: "${tcpSocket.port}"`
    return { type: 'tcpSocket', host: tcpSocket.host || podIP, port }
  }
  return 'missing probe handler'
}

/** Whether a pod's container was ready by its last report, and is the same one. */
export function wasReady(pod: Pod, containerId: string): boolean {
  const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
  return all.some((s) => s.ready && (s.containerID ?? '').endsWith(`//${containerId}`))
}
