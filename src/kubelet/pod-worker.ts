// One worker per pod: it gathers what is known of the pod on this node, lets `nextStep` decide, and has PodActions do
// it. It never waits for time to pass: the pod's changes, the runtime's events, probes, references and the end of
// actions wake it, and one timer for the instant that `nextStep` names.
//
// Assumes: `context` is shared by all workers. Guarantees: stopping the worker leaves the containers as they are.

import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import type { PodStatus } from '#api/core/pod-status.ts'
import type { Timer } from '#lib/clock.ts'
import { errorText } from '#lib/log.ts'
import { CertificateReferences } from './certificate-references.ts'
import { podDirectory } from './container-config.ts'
import type { PodAddresses } from './downward.ts'
import type { ContainerEvent } from './images.ts'
import { nextStep, type Step } from './next-step.ts'
import { allSpecs, ephemeralSpecs, type Observed, type ObservedContainer, type Verdict } from './observed.ts'
import { PodActions } from './pod-actions.ts'
import { PodCertificates } from './pod-certificates.ts'
import { PodProbes } from './pod-probes.ts'
import { PodReferences } from './pod-references.ts'
import { PodVolumes } from './pod-volumes.ts'
import type { Sandbox } from './runtime/runtime.ts'
import { RuntimeView } from './runtime-view.ts'
import { podStatus } from './status.ts'
import { terminationMessage } from './termination-message.ts'
import { PodTokens } from './tokens.ts'
import type { WorkerContext } from './worker-context.ts'

/** What all workers of a node share. */
export interface Known {
  readonly sandboxes: readonly Sandbox[]
  readonly containers: readonly ObservedContainer[]
}

export class PodWorker {
  readonly uid: string
  readonly #context: WorkerContext
  #pod: Pod
  #gone = false
  #verdict: Verdict | undefined
  readonly #view: RuntimeView
  readonly #volumes: PodVolumes
  readonly #references: PodReferences
  readonly #certificateReferences: CertificateReferences
  readonly #actions: PodActions
  readonly #probes: PodProbes
  readonly #startTimeMs: number
  #podIPs: readonly string[]
  #stoppingSinceMs: number | undefined
  /** Ends hooks that hold up the pod's end. */
  readonly #windDown = new AbortController()
  #crashLooping: ReadonlySet<string> = new Set()
  #timer: Timer | undefined
  readonly #listeners = new Set<() => void>()
  #scheduled = false
  #stopped = false

  constructor(context: WorkerContext, pod: Pod, known: Known) {
    this.#context = context
    this.#pod = pod
    this.uid = pod.metadata.uid ?? ''
    this.#startTimeMs = pod.status?.startTime ? Date.parse(pod.status.startTime) : context.clock.now()
    this.#podIPs = (pod.status?.podIPs ?? []).map(({ ip }) => ip)
    const directory = podDirectory(context.rootDir, pod)
    this.#view = new RuntimeView({
      runtime: context.runtime,
      lastWords: (container) => terminationMessage(context.files, directory, container),
      onSandbox: (sandbox) => this.#takeAddresses(sandbox),
    })
    for (const sandbox of known.sandboxes) this.#view.noteSandbox(sandbox)
    for (const container of known.containers) this.#view.noteContainer(container)
    this.#probes = new PodProbes({
      prober: context.prober,
      clock: context.clock,
      eventOf: (name) => this.#containerEvent(name),
      onChange: () => this.wake(),
    })
    const tokens = new PodTokens(context.client, context.clock)
    this.#references = new PodReferences(context.references, pod, () => this.#onReferenceChange())
    const { nodeName } = context
    this.#certificateReferences = new CertificateReferences(context.references, nodeName, pod, () =>
      this.#onReferenceChange(),
    )
    const request = (name: string) => this.#certificateReferences.request(name)
    const certificates = new PodCertificates({ ...context, request })
    const sources = {
      configMap: (name: string) => this.#references.configMap(name),
      secret: (name: string) => this.#references.secret(name),
    }
    this.#volumes = new PodVolumes({
      podDirectory: directory,
      clock: context.clock,
      onDue: () => this.#actions.refreshVolumes(),
      context: {
        files: context.files,
        mounter: context.mounter,
        random: context.random,
        sources,
        addresses: () => this.#addresses,
        allocatable: context.allocatable,
        token: (audience, seconds) => tokens.get(this.#pod, audience, seconds),
        trustBundles: () => this.#certificateReferences.bundles,
        credentials: (volume, index, source) => certificates.get(this.#pod, volume, index, source),
      },
    })
    this.#actions = new PodActions({
      context,
      view: this.#view,
      volumes: this.#volumes,
      references: this.#references,
      certificateReferences: this.#certificateReferences,
      sources,
      pod: () => this.#pod,
      isEnding: () => this.#gone || this.#pod.metadata.deletionTimestamp !== undefined,
      addresses: () => this.#addresses,
      event: (type, reason, text) => this.#event(type, reason, text),
      eventOf: (name) => this.#containerEvent(name),
      windDown: this.#windDown.signal,
      warn: (text, error) => this.#warn(text, error),
      onEnd: () => this.wake(),
      onGone: () => {
        this.#gone = true
      },
      onCleared: () => {
        this.stop()
        context.onFinished(this.uid)
      },
    })
    this.wake()
  }

  get pod(): Pod {
    return this.#pod
  }

  /** It no longer takes anything of the node. */
  get isOver(): boolean {
    const phase = this.#context.statuses.last(this.uid)?.phase ?? this.#pod.status?.phase
    // Whoever has seen the object go may already have given its place to another pod.
    return this.#verdict !== undefined || this.#gone || phase === 'Succeeded' || phase === 'Failed'
  }

  /** As last reported. */
  get status(): PodStatus | undefined {
    return this.#context.statuses.last(this.uid) ?? this.#pod.status
  }

  /** The containers as they are now, newest first. */
  get containers(): readonly ObservedContainer[] {
    return this.#view.containers
  }

  get sandbox(): Sandbox | undefined {
    return this.#view.sandboxes[0]
  }

  update(pod: Pod): void {
    const before = this.#pod.metadata
    const isJoined = ephemeralSpecs(pod).length > ephemeralSpecs(this.#pod).length
    this.#pod = pod
    if (isJoined) {
      this.#actions.onJoin()
      this.#references.update(pod)
    }
    const { labels, annotations } = pod.metadata
    if (JSON.stringify([before.labels, before.annotations]) !== JSON.stringify([labels, annotations]))
      this.#actions.onMetadataChange()
    this.wake()
  }

  /** The object has been removed from the API. */
  remove(): void {
    this.#gone = true
    this.wake()
  }

  /** Ends the pod for good, whatever its spec says. */
  fail(verdict: Verdict): void {
    if (this.#verdict) return
    this.#verdict = verdict
    this.wake()
  }

  owns(id: string): boolean {
    return this.#view.owns(id)
  }

  /** Asks the runtime what has become of a container or sandbox. */
  observe(id: string): Promise<void> {
    return this.#observeWith(() => this.#view.observe(id))
  }

  /** Compares with all that the runtime has of this pod, in case an event was missed. */
  compare(sandboxes: readonly Sandbox[], containers: readonly { id: string; state: string }[]): Promise<void> {
    return this.#observeWith(() => this.#view.compare(sandboxes, containers))
  }

  /** Calls after each time that something may have changed. Returns how to end that. */
  onChange(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  wake(): void {
    if (this.#scheduled || this.#stopped) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      if (!this.#stopped) this.#run()
    })
  }

  /** Lets go of everything but the containers. */
  stop(): void {
    this.#stopped = true
    this.#actions.stop()
    this.#timer?.cancel()
    this.#windDown.abort(new Error('The kubelet stops'))
    this.#probes.stop()
    this.#volumes.stop()
    this.#references.release()
    this.#certificateReferences.release()
    for (const changed of [...this.#listeners]) changed()
  }

  // --- Deciding

  #run(): void {
    const { clock } = this.#context
    const nowMs = clock.now()
    const { shown } = this.#view
    const spec = (name: string) => this.#spec(name)
    this.#probes.sync({ pod: this.#pod, containers: shown, spec, podIP: this.#podIPs[0] ?? '' })
    const observed = this.#observed()
    const step = nextStep(this.#pod, observed, nowMs)
    if (step.windingDown) this.#beginWindDown(step, nowMs)
    this.#tellBackOff(step)
    this.#report(observed, step)
    for (const action of step.actions) this.#actions.start(action)
    this.#timer?.cancel()
    for (const changed of [...this.#listeners]) changed()
    if (step.wakeAtMs !== undefined) this.#timer = clock.after(step.wakeAtMs - nowMs, () => this.wake())
  }

  #observed(): Observed {
    return {
      sandboxes: this.#view.sandboxes,
      containers: this.#view.shown,
      ...this.#actions.outcome,
      health: this.#probes.health,
      startTimeMs: this.#startTimeMs,
      verdict: this.#verdict,
      gone: this.#gone,
      stoppingSinceMs: this.#stoppingSinceMs,
    }
  }

  #beginWindDown(step: Step, nowMs: number): void {
    if (this.#stoppingSinceMs === undefined) {
      this.#stoppingSinceMs = nowMs
      this.#windDown.abort(new Error('The pod is being stopped'))
      this.#probes.windDown()
    }
    if (step.verdict && !this.#verdict) {
      this.#verdict = step.verdict
      this.#event('Normal', step.verdict.reason, step.verdict.message)
    }
  }

  #tellBackOff(step: Step): void {
    const looping = new Set([...step.waiting].flatMap(([name, w]) => (w.reason === 'CrashLoopBackOff' ? [name] : [])))
    const { name: pod, namespace } = this.#pod.metadata
    for (const name of looping)
      if (!this.#crashLooping.has(name))
        this.#containerEvent(name)(
          'Warning',
          'BackOff',
          `Back-off restarting failed container ${name} in pod ${pod}_${namespace}(${this.uid})`,
        )
    this.#crashLooping = looping
  }

  #report(observed: Observed, step: Step): void {
    if (observed.gone || observed.reported) return
    const { statuses, settings, runtimeName, clock } = this.#context
    const status = podStatus({
      pod: this.#pod,
      observed,
      step,
      previous: statuses.last(this.uid) ?? this.#pod.status,
      hostIPs: settings.nodeIPs,
      podIPs: this.#podIPs,
      runtimeName,
      nowMs: clock.now(),
    })
    statuses.set(this.#pod, status)
  }

  // --- Observing

  async #observeWith(look: () => Promise<void>): Promise<void> {
    try {
      await look()
    } catch (error) {
      this.#warn('Cannot ask the runtime', error)
    }
    this.wake()
  }

  /** Kept when the sandbox has stopped: people want to know what the address was. */
  #takeAddresses(sandbox: Sandbox): void {
    if (this.#pod.spec.hostNetwork) this.#podIPs = this.#context.settings.nodeIPs
    else if (sandbox.ips.length > 0) this.#podIPs = sandbox.ips
  }

  #onReferenceChange(): void {
    this.#actions.onReferenceChange()
    this.wake()
  }

  // --- Small things

  #spec(name: string): Container | undefined {
    return allSpecs(this.#pod).find((c) => c.name === name)
  }

  get #addresses(): PodAddresses {
    return { podIPs: this.#podIPs, hostIPs: this.#context.settings.nodeIPs }
  }

  #event(type: 'Normal' | 'Warning', reason: string, text: string): void {
    this.#context.events.record(this.#pod, type, reason, text)
  }

  #containerEvent(name: string): ContainerEvent {
    const isIn = (containers: readonly Container[]) => containers.some((c) => c.name === name)
    const list = isIn(this.#pod.spec.containers)
      ? 'containers'
      : isIn(ephemeralSpecs(this.#pod))
        ? 'ephemeralContainers'
        : 'initContainers'
    return (type, reason, text) => this.#context.events.record(this.#pod, type, reason, text, `spec.${list}{${name}}`)
  }

  #warn(text: string, error: unknown): void {
    const { name, namespace } = this.#pod.metadata
    this.#context.log.warn(text, { pod: `${namespace}/${name}`, error: errorText(error) })
  }
}
