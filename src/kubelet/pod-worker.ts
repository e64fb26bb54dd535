// One worker per pod: it gathers what is known of the pod on this node, lets `nextStep` decide, and starts what
// is to be done. It never waits for time to pass: the pod's changes, the runtime's events, probes, references
// and the end of its own actions wake it, and one timer for the instant that `nextStep` names.
//
// Assumes: `context` is shared by all workers. Guarantees: an action is never under way twice; a failed one is
// remembered with its reason and tried again; stopping the worker leaves the containers as they are.

import { join } from 'node:path'
import type { Container } from '#api/core/container.ts'
import { Pod } from '#api/core/pod.ts'
import type { PodStatus } from '#api/core/pod-status.ts'
import type { Secret } from '#api/core/secret.ts'
import { isConflict, isNotFound } from '#api/status-error.ts'
import { backoffMs } from '#lib/backoff.ts'
import type { Timer } from '#lib/clock.ts'
import { errorText } from '#lib/log.ts'
import { nextBackOff } from './back-off.ts'
import { CertificateReferences } from './certificate-references.ts'
import { type ActionScope, startContainer, stopContainer } from './container-actions.ts'
import { hostsPath, podDirectory, podLogDirectory, sandboxConfig } from './container-config.ts'
import type { PodAddresses } from './downward.ts'
import type { ConfigSources } from './env.ts'
import { hostNetworkHostsFile, hostsFile } from './etc-hosts.ts'
import type { ContainerEvent } from './images.ts'
import { containerHash } from './labels.ts'
import { type Action, keyOf, nextStep, type Step } from './next-step.ts'
import {
  allSpecs,
  type BackOff,
  ephemeralSpecs,
  type Failure,
  type ImageState,
  type Observed,
  type ObservedContainer,
  type Verdict,
} from './observed.ts'
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

const volumeRetry = { initialMs: 500, capMs: 122_000 }
const sandboxRetry = { initialMs: 1_000, capMs: 30_000 }
/** For what has no meaning of its own to a user. */
const actionRetry = { initialMs: 1_000, capMs: 60_000 }
const startRetry = { initialMs: 10_000, capMs: 300_000 }
/** What is missing wakes the worker when it comes; this is only in case that is never said. */
const configRetryMs = 300_000

export class PodWorker {
  readonly uid: string
  readonly #context: WorkerContext
  #pod: Pod
  #gone = false
  #verdict: Verdict | undefined
  readonly #view: RuntimeView
  #directories = false
  #volumesState: Observed['volumes'] = 'absent'
  readonly #volumes: PodVolumes
  readonly #references: PodReferences
  readonly #certificateReferences: CertificateReferences
  readonly #tokens: PodTokens
  readonly #images = new Map<string, ImageState>()
  readonly #failures = new Map<string, Failure>()
  /** How often in a row each thing has failed, by the same names as failures. */
  readonly #tries = new Map<string, number>()
  readonly #backOff = new Map<string, BackOff>()
  readonly #probes: PodProbes
  readonly #busy = new Set<string>()
  readonly #startTimeMs: number
  #podIPs: readonly string[]
  #reported = false
  #stoppingSinceMs: number | undefined
  /** Ends hooks that hold up the pod's end. */
  readonly #windDown = new AbortController()
  #crashLooping: ReadonlySet<string> = new Set()
  #timer: Timer | undefined
  readonly #listeners = new Set<() => void>()
  #volumesAreStale = false
  #scheduled = false
  #stopped = false

  constructor(context: WorkerContext, pod: Pod, known: Known) {
    this.#context = context
    this.#pod = pod
    this.uid = pod.metadata.uid ?? ''
    this.#startTimeMs = pod.status?.startTime ? Date.parse(pod.status.startTime) : context.clock.now()
    this.#podIPs = (pod.status?.podIPs ?? []).map(({ ip }) => ip)
    this.#view = new RuntimeView({
      runtime: context.runtime,
      lastWords: (container) => terminationMessage(context.files, this.#directory, container),
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
    this.#tokens = new PodTokens(context.client, context.clock)
    this.#references = new PodReferences(context.references, pod, () => this.#onReferenceChange())
    const { nodeName } = context
    this.#certificateReferences = new CertificateReferences(context.references, nodeName, pod, () =>
      this.#onReferenceChange(),
    )
    const request = (name: string) => this.#certificateReferences.request(name)
    const certificates = new PodCertificates({ ...context, request })
    this.#volumes = new PodVolumes({
      podDirectory: this.#directory,
      clock: context.clock,
      onDue: () => this.#refreshVolumes(),
      context: {
        files: context.files,
        mounter: context.mounter,
        random: context.random,
        sources: this.#sources,
        addresses: () => this.#addresses,
        allocatable: context.allocatable,
        token: (audience, seconds) => this.#tokens.get(this.#pod, audience, seconds),
        trustBundles: () => this.#certificateReferences.bundles,
        credentials: (volume, index, source) => certificates.get(this.#pod, volume, index, source),
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
      this.#directories = false
      this.#references.update(pod)
    }
    const { labels, annotations } = pod.metadata
    if (JSON.stringify([before.labels, before.annotations]) !== JSON.stringify([labels, annotations])) {
      this.#forgetConfigFailures()
      this.#refreshVolumes()
    }
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
    for (const action of step.actions) this.#start(action)
    this.#timer?.cancel()
    for (const changed of [...this.#listeners]) changed()
    if (step.wakeAtMs !== undefined) this.#timer = clock.after(step.wakeAtMs - nowMs, () => this.wake())
  }

  #observed(): Observed {
    return {
      sandboxes: this.#view.sandboxes,
      containers: this.#view.shown,
      directories: this.#directories,
      volumes: this.#volumesState,
      images: this.#images,
      failures: this.#failures,
      backOff: this.#backOff,
      health: this.#probes.health,
      busy: this.#busy,
      startTimeMs: this.#startTimeMs,
      verdict: this.#verdict,
      gone: this.#gone,
      reported: this.#reported,
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
    if (this.#gone || this.#reported) return
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

  // --- Doing

  #start(action: Action): void {
    const key = keyOf(action)
    this.#busy.add(key)
    this.#do(action)
      .then(() => this.#succeeded(key))
      .catch((error) => {
        if (this.#stopped) return
        this.#warn(`Cannot ${action.type}`, error)
        this.#failures.set(key, this.#failure(key, action.type, errorText(error), actionRetry))
      })
      .finally(() => {
        this.#busy.delete(key)
        this.wake()
      })
  }

  async #do(action: Action): Promise<void> {
    const { runtime, statuses } = this.#context
    switch (action.type) {
      case 'makeDirectories':
        return this.#makeDirectories()
      case 'mountVolumes':
        return this.#mountVolumes()
      case 'unmountVolumes':
        await this.#volumes.unmount()
        this.#volumesState = 'absent'
        return
      case 'createSandbox':
        return this.#createSandbox(action.attempt)
      case 'stopSandbox':
        await runtime.stopSandbox(action.id)
        return this.#view.observe(action.id)
      case 'removeSandbox':
        await runtime.removeSandbox(action.id)
        this.#view.forget(action.id)
        return
      case 'ensureImage':
        return this.#ensureImage(action.container)
      case 'startContainer':
        return this.#startContainer(action.container, action.sandboxId)
      case 'stopContainer':
        return this.#stopContainer(action)
      case 'removeContainer':
        return this.#removeContainer(action.id)
      case 'report':
        await statuses.written(this.uid)
        this.#reported = true
        return
      case 'deleteObject':
        return this.#deleteObject()
      case 'cleanUp':
        return this.#cleanUp()
    }
  }

  async #makeDirectories(): Promise<void> {
    const { files, settings } = this.#context
    const logs = podLogDirectory(settings.logDir, this.#pod)
    await files.makeDirectory(join(this.#directory, 'volumes'), 0o750)
    for (const { name } of this.#specs) {
      await files.makeDirectory(join(this.#directory, 'containers', name), 0o750)
      await files.makeDirectory(join(logs, name), 0o755)
    }
    this.#directories = true
  }

  async #mountVolumes(): Promise<void> {
    await this.#references.volumesSynced()
    await this.#certificateReferences.synced()
    this.#volumesAreStale = false
    try {
      await this.#volumes.mount(this.#pod)
      this.#volumesState = 'mounted'
      this.#tries.delete('volumes')
    } catch (error) {
      const message = errorText(error)
      this.#event('Warning', 'FailedMount', message)
      const failure = this.#failure('volumes', 'FailedMount', message, volumeRetry)
      // What was missing may have come meanwhile.
      this.#volumesState = this.#volumesAreStale ? 'absent' : failure
    }
  }

  /** Under the same key as mounting: one thing at a time is done to volumes. */
  #refreshVolumes(): void {
    if (this.#volumesState !== 'mounted' || this.#stoppingSinceMs !== undefined) return
    const key = 'mountVolumes'
    this.#volumesAreStale = this.#busy.has(key)
    if (this.#volumesAreStale) return
    this.#busy.add(key)
    this.#volumes
      .refresh(this.#pod)
      // The old content stays: upstream too only tells of it.
      .catch((error) => this.#event('Warning', 'FailedMount', errorText(error)))
      .finally(() => {
        this.#busy.delete(key)
        if (this.#volumesAreStale) this.#refreshVolumes()
        this.wake()
      })
  }

  async #createSandbox(attempt: number): Promise<void> {
    const { runtime, settings } = this.#context
    try {
      // The network of the one before is given back first.
      for (const { id } of this.#view.sandboxes) await runtime.stopSandbox(id)
      if (attempt > 0) this.#event('Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
      const id = await runtime.runSandbox(sandboxConfig(this.#pod, attempt, settings))
      const sandbox = await runtime.sandboxStatus(id)
      if (!sandbox) throw new Error(`sandbox ${id} has vanished`)
      this.#view.noteSandbox(sandbox)
      await this.#writeHosts()
      this.#succeeded('')
    } catch (error) {
      const message = `Failed to create pod sandbox: ${errorText(error)}`
      this.#event('Warning', 'FailedCreatePodSandBox', message)
      this.#failures.set('', this.#failure('', 'FailedCreatePodSandBox', message, sandboxRetry))
    }
  }

  async #writeHosts(): Promise<void> {
    const { files, settings } = this.#context
    const text = this.#pod.spec.hostNetwork
      ? hostNetworkHostsFile(this.#pod, settings.hostHosts)
      : hostsFile(this.#pod, this.#podIPs, settings.clusterDns.domain)
    await files.write(hostsPath(this.#directory), Buffer.from(text), 0o644)
  }

  async #ensureImage(name: string): Promise<void> {
    const container = this.#spec(name)
    if (!container) return
    await this.#references.pullSecretsSynced()
    const secrets = (this.#pod.spec.imagePullSecrets ?? []).flatMap((ref): Secret[] => {
      const secret = this.#references.secret(ref.name ?? '')
      return secret ? [secret] : []
    })
    const wish = { pod: this.#pod, container, secrets, event: this.#containerEvent(name) }
    this.#images.set(name, await this.#context.images.ensure(wish))
  }

  async #startContainer(name: string, sandboxId: string): Promise<void> {
    const { clock } = this.#context
    const container = this.#spec(name)
    const image = this.#images.get(name)
    const sandbox = this.#view.sandboxes.find((s) => s.id === sandboxId)
    if (!container || !sandbox || image?.at !== 'present') return
    const before = this.containers.find((c) => c.name === name)
    const known = before?.hash === containerHash(container) ? this.#backOff.get(name) : undefined
    const next = before?.state === 'exited' ? nextBackOff(known, before.finishedAtMs, clock.now()) : undefined
    const restartCount = this.#nextRestartCount(name, before)
    const failed = await startContainer(this.#scope, container, image.image, sandbox, restartCount)
    // Not before: the container that is being started waits for nothing.
    if (next) this.#backOff.set(name, next)
    // The image may have been replaced or removed by the next time.
    if (!failed?.isConfig) this.#images.delete(name)
    if (!failed) return this.#succeeded(name)
    const failure = this.#failure(name, failed.reason, failed.text, startRetry)
    this.#failures.set(name, failed.isConfig ? { ...failure, retryAtMs: clock.now() + configRetryMs } : failure)
  }

  #nextRestartCount(name: string, before: ObservedContainer | undefined): number {
    if (before) return before.restartCount + 1
    const { initContainerStatuses = [], containerStatuses = [] } = this.#pod.status ?? {}
    const told = [...initContainerStatuses, ...containerStatuses].find((s) => s.name === name)
    // It has run, but the runtime has forgotten it.
    return told?.containerID ? told.restartCount + 1 : 0
  }

  async #stopContainer({ id, container: name, graceSeconds, text }: Extract<Action, { type: 'stopContainer' }>) {
    const isRepeated = [...this.#busy].filter((key) => key.startsWith(`stopContainer:${id}:`)).length > 1
    await stopContainer(this.#scope, id, { container: this.#spec(name), name, graceSeconds, text, isRepeated })
  }

  async #removeContainer(id: string): Promise<void> {
    const { runtime, files } = this.#context
    const path = this.#view.container(id)?.logPath
    await runtime.removeContainer(id)
    this.#view.forget(id)
    if (path) await files.remove(path)
  }

  async #deleteObject(): Promise<void> {
    const { client } = this.#context
    const { name = '', namespace } = this.#pod.metadata
    try {
      await client.delete(Pod, { namespace, name }, { gracePeriodSeconds: 0, uid: this.uid })
      // With finalizers it stays; whoever takes the last one away removes it.
      this.#failures.set('delete', { ...done, retryAtMs: Number.POSITIVE_INFINITY })
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) {
        this.#gone = true
        return
      }
      this.#warn('Cannot delete the object of a pod that has ended', error)
      this.#failures.set('delete', this.#failure('delete', 'DeleteFailed', errorText(error), sandboxRetry))
    }
  }

  async #cleanUp(): Promise<void> {
    const { runtime, files, settings, statuses, images, onFinished } = this.#context
    await this.#volumes.unmount()
    for (const { id } of this.containers) await runtime.removeContainer(id)
    for (const { id } of this.#view.sandboxes) await runtime.removeSandbox(id)
    await files.remove(this.#directory)
    await files.remove(podLogDirectory(settings.logDir, this.#pod))
    statuses.forget(this.uid)
    images.forget(this.#pod)
    this.stop()
    onFinished(this.uid)
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

  /** What a container is made from has changed: it is tried again at once. */
  #forgetConfigFailures(): void {
    for (const [name, { reason }] of this.#failures)
      if (reason === 'CreateContainerConfigError') this.#failures.delete(name)
  }

  #onReferenceChange(): void {
    this.#forgetConfigFailures()
    if (typeof this.#volumesState === 'object') this.#volumesState = 'absent'
    else if (this.#volumesState === 'absent') this.#volumesAreStale = true
    else this.#refreshVolumes()
    this.wake()
  }

  // --- Small things

  get #directory(): string {
    return podDirectory(this.#context.rootDir, this.#pod)
  }

  get #specs(): readonly Container[] {
    return allSpecs(this.#pod)
  }

  #spec(name: string): Container | undefined {
    return this.#specs.find((c) => c.name === name)
  }

  get #addresses(): PodAddresses {
    return { podIPs: this.#podIPs, hostIPs: this.#context.settings.nodeIPs }
  }

  get #sources(): ConfigSources {
    return {
      configMap: (name) => this.#references.configMap(name),
      secret: (name) => this.#references.secret(name),
    }
  }

  get #scope(): ActionScope {
    return {
      context: this.#context,
      view: this.#view,
      volumes: this.#volumes,
      references: this.#references,
      sources: this.#sources,
      pod: () => this.#pod,
      isEnding: () => this.#gone || this.#pod.metadata.deletionTimestamp !== undefined,
      addresses: () => this.#addresses,
      eventOf: (name) => this.#containerEvent(name),
      windDown: this.#windDown.signal,
    }
  }

  #failure(name: string, reason: string, message: string, retry: { initialMs: number; capMs: number }): Failure {
    const tries = this.#tries.get(name) ?? 0
    this.#tries.set(name, tries + 1)
    const atMs = this.#context.clock.now()
    return { reason, message, atMs, retryAtMs: atMs + backoffMs(tries, retry) }
  }

  #succeeded(name: string): void {
    this.#failures.delete(name)
    this.#tries.delete(name)
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

const done = { reason: '', message: '', atMs: 0 }
