// Does for one pod what `nextStep` has decided, and keeps what came of it: what is laid out, which images are there,
// what has failed and when it is tried again.
//
// Guarantees: an action is never under way twice; one that fails is remembered with its reason; none throws.

import { join } from 'node:path'
import type { Container } from '#api/core/container.ts'
import { Pod } from '#api/core/pod.ts'
import type { Secret } from '#api/core/secret.ts'
import { isConflict, isNotFound } from '#api/status-error.ts'
import { errorText } from '#lib/log.ts'
import { nextBackOff } from './back-off.ts'
import type { CertificateReferences } from './certificate-references.ts'
import { type ActionScope, startContainer, stopContainer } from './container-actions.ts'
import { hostsPath, podDirectory, podLogDirectory, sandboxConfig } from './container-config.ts'
import { hostNetworkHostsFile, hostsFile } from './etc-hosts.ts'
import { Failures } from './failures.ts'
import type { ContainerEvent } from './images.ts'
import { containerHash } from './labels.ts'
import { type Action, keyOf } from './next-step.ts'
import { allSpecs, type BackOff, type ImageState, type Observed, type ObservedContainer, podWide } from './observed.ts'

const volumeRetry = { initialMs: 500, capMs: 122_000 }
const sandboxRetry = { initialMs: 1_000, capMs: 30_000 }
/** For what has no meaning of its own to a user. */
const actionRetry = { initialMs: 1_000, capMs: 60_000 }
const startRetry = { initialMs: 10_000, capMs: 300_000 }
/** What is missing wakes the worker when it comes; this is only in case that is never said. */
const configRetryMs = 300_000

export interface PodActionsOptions extends ActionScope {
  readonly certificateReferences: CertificateReferences
  /** Of the pod itself. */
  readonly event: ContainerEvent
  readonly warn: (text: string, error: unknown) => void
  /** An action has ended, whatever came of it. */
  readonly onEnd: () => void
  /** The object has been removed from the API. */
  readonly onGone: () => void
  /** Nothing of the pod is left on the node. */
  readonly onCleared: () => void
}

/** What came of the actions so far. */
export type Outcome = Pick<
  Observed,
  'directories' | 'volumes' | 'images' | 'failures' | 'backOff' | 'busy' | 'reported'
>

export class PodActions {
  readonly #options: PodActionsOptions
  #directories = false
  #volumes: Observed['volumes'] = 'absent'
  #volumesAreStale = false
  readonly #images = new Map<string, ImageState>()
  readonly #failures: Failures
  readonly #backOff = new Map<string, BackOff>()
  readonly #busy = new Set<string>()
  #reported = false
  #stopped = false

  constructor(options: PodActionsOptions) {
    this.#options = options
    this.#failures = new Failures(options.context.clock)
  }

  get outcome(): Outcome {
    return {
      directories: this.#directories,
      volumes: this.#volumes,
      images: this.#images,
      failures: this.#failures.known,
      backOff: this.#backOff,
      busy: this.#busy,
      reported: this.#reported,
    }
  }

  start(action: Action): void {
    const key = keyOf(action)
    this.#busy.add(key)
    this.#do(action)
      .then(() => this.#failures.clear(key))
      .catch((error) => {
        if (this.#stopped) return
        this.#options.warn(`Cannot ${action.type}`, error)
        this.#failures.keep(key, this.#failures.count(key, action.type, errorText(error), actionRetry))
      })
      .finally(() => {
        this.#busy.delete(key)
        this.#options.onEnd()
      })
  }

  /** What ends from now on is told to nobody. */
  stop(): void {
    this.#stopped = true
  }

  /** A container has joined the pod: it has no directories yet. */
  onJoin(): void {
    this.#directories = false
  }

  /** Labels or annotations have changed. */
  onMetadataChange(): void {
    this.#forgetConfigFailures()
    this.refreshVolumes()
  }

  /** An object that the pod refers to has changed. */
  onReferenceChange(): void {
    this.#forgetConfigFailures()
    if (typeof this.#volumes === 'object') this.#volumes = 'absent'
    else if (this.#volumes === 'absent') this.#volumesAreStale = true
    else this.refreshVolumes()
  }

  /** Under the same key as mounting: one thing at a time is done to volumes. */
  refreshVolumes(): void {
    const { volumes, pod, windDown, event, onEnd } = this.#options
    if (this.#volumes !== 'mounted' || windDown.aborted) return
    const key = 'mountVolumes'
    this.#volumesAreStale = this.#busy.has(key)
    if (this.#volumesAreStale) return
    this.#busy.add(key)
    volumes
      .refresh(pod())
      // The old content stays: upstream too only tells of it.
      .catch((error) => event('Warning', 'FailedMount', errorText(error)))
      .finally(() => {
        this.#busy.delete(key)
        if (this.#volumesAreStale) this.refreshVolumes()
        onEnd()
      })
  }

  async #do(action: Action): Promise<void> {
    const { context, view, volumes } = this.#options
    const { runtime, statuses } = context
    switch (action.type) {
      case 'makeDirectories':
        return this.#makeDirectories()
      case 'mountVolumes':
        return this.#mountVolumes()
      case 'unmountVolumes':
        await volumes.unmount()
        this.#volumes = 'absent'
        return
      case 'createSandbox':
        return this.#createSandbox(action.attempt)
      case 'stopSandbox':
        await runtime.stopSandbox(action.id)
        return view.observe(action.id)
      case 'removeSandbox':
        await runtime.removeSandbox(action.id)
        view.forget(action.id)
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
        await statuses.written(this.#uid)
        this.#reported = true
        return
      case 'deleteObject':
        return this.#deleteObject()
      case 'cleanUp':
        return this.#cleanUp()
    }
  }

  async #makeDirectories(): Promise<void> {
    const { files } = this.#options.context
    const directory = this.#directory
    const logs = this.#logDirectory
    await files.makeDirectory(join(directory, 'volumes'), 0o750)
    for (const { name } of allSpecs(this.#pod)) {
      await files.makeDirectory(join(directory, 'containers', name), 0o750)
      await files.makeDirectory(join(logs, name), 0o755)
    }
    this.#directories = true
  }

  async #mountVolumes(): Promise<void> {
    const { references, certificateReferences, volumes, event } = this.#options
    await references.volumesSynced()
    await certificateReferences.synced()
    this.#volumesAreStale = false
    try {
      await volumes.mount(this.#pod)
      this.#volumes = 'mounted'
      this.#failures.clear(podWide.volumes)
    } catch (error) {
      const message = errorText(error)
      event('Warning', 'FailedMount', message)
      const failure = this.#failures.count(podWide.volumes, 'FailedMount', message, volumeRetry)
      // What was missing may have come meanwhile.
      this.#volumes = this.#volumesAreStale ? 'absent' : failure
    }
  }

  async #createSandbox(attempt: number): Promise<void> {
    const { context, view, event } = this.#options
    const { runtime, settings } = context
    try {
      // The network of the one before is given back first.
      for (const { id } of view.sandboxes) await runtime.stopSandbox(id)
      if (attempt > 0) event('Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
      const id = await runtime.runSandbox(sandboxConfig(this.#pod, attempt, settings))
      const sandbox = await runtime.sandboxStatus(id)
      if (!sandbox) throw new Error(`sandbox ${id} has vanished`)
      view.noteSandbox(sandbox)
      await this.#writeHosts()
      this.#failures.clear(podWide.sandbox)
    } catch (error) {
      const message = `Failed to create pod sandbox: ${errorText(error)}`
      event('Warning', 'FailedCreatePodSandBox', message)
      this.#failures.keep(
        podWide.sandbox,
        this.#failures.count(podWide.sandbox, 'FailedCreatePodSandBox', message, sandboxRetry),
      )
    }
  }

  async #writeHosts(): Promise<void> {
    const { context, addresses } = this.#options
    const { files, settings } = context
    const text = this.#pod.spec.hostNetwork
      ? hostNetworkHostsFile(this.#pod, settings.hostHosts)
      : hostsFile(this.#pod, addresses().podIPs, settings.clusterDns.domain)
    await files.write(hostsPath(this.#directory), Buffer.from(text), 0o644)
  }

  async #ensureImage(name: string): Promise<void> {
    const { context, references, eventOf } = this.#options
    const container = this.#spec(name)
    if (!container) return
    await references.pullSecretsSynced()
    const secrets = (this.#pod.spec.imagePullSecrets ?? []).flatMap((ref): Secret[] => {
      const secret = references.secret(ref.name ?? '')
      return secret ? [secret] : []
    })
    const wish = { pod: this.#pod, container, secrets, event: eventOf(name) }
    this.#images.set(name, await context.images.ensure(wish))
  }

  async #startContainer(name: string, sandboxId: string): Promise<void> {
    const { context, view } = this.#options
    const { clock } = context
    const container = this.#spec(name)
    const image = this.#images.get(name)
    const sandbox = view.sandboxes.find((s) => s.id === sandboxId)
    if (!container || !sandbox || image?.at !== 'present') return
    const before = view.containers.find((c) => c.name === name)
    const known = before?.hash === containerHash(container) ? this.#backOff.get(name) : undefined
    const next = before?.state === 'exited' ? nextBackOff(known, before.finishedAtMs, clock.now()) : undefined
    const restartCount = nextRestartCount(this.#pod, name, before)
    const failed = await startContainer(this.#options, container, image.image, sandbox, restartCount)
    // Not before: the container that is being started waits for nothing.
    if (next) this.#backOff.set(name, next)
    // The image may have been replaced or removed by the next time.
    if (!failed?.isConfig) this.#images.delete(name)
    if (!failed) return this.#failures.clear(name)
    const failure = this.#failures.count(name, failed.reason, failed.text, startRetry)
    this.#failures.keep(name, failed.isConfig ? { ...failure, retryAtMs: clock.now() + configRetryMs } : failure)
  }

  async #stopContainer({ id, container: name, graceSeconds, text }: Extract<Action, { type: 'stopContainer' }>) {
    const isRepeated = [...this.#busy].filter((key) => key.startsWith(`stopContainer:${id}:`)).length > 1
    await stopContainer(this.#options, id, { container: this.#spec(name), name, graceSeconds, text, isRepeated })
  }

  async #removeContainer(id: string): Promise<void> {
    const { context, view } = this.#options
    const path = view.container(id)?.logPath
    await context.runtime.removeContainer(id)
    view.forget(id)
    if (path) await context.files.remove(path)
  }

  async #deleteObject(): Promise<void> {
    const { context, warn, onGone } = this.#options
    const { name = '', namespace } = this.#pod.metadata
    try {
      await context.client.delete(Pod, { namespace, name }, { gracePeriodSeconds: 0, uid: this.#uid })
      // With finalizers it stays; whoever takes the last one away removes it.
      this.#failures.keep(podWide.object, { ...done, retryAtMs: Number.POSITIVE_INFINITY })
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return onGone()
      warn('Cannot delete the object of a pod that has ended', error)
      this.#failures.keep(
        podWide.object,
        this.#failures.count(podWide.object, 'DeleteFailed', errorText(error), sandboxRetry),
      )
    }
  }

  async #cleanUp(): Promise<void> {
    const { context, view, volumes, onCleared } = this.#options
    const { runtime, files, statuses, images } = context
    await volumes.unmount()
    for (const { id } of view.containers) await runtime.removeContainer(id)
    for (const { id } of view.sandboxes) await runtime.removeSandbox(id)
    await files.remove(this.#directory)
    await files.remove(this.#logDirectory)
    statuses.forget(this.#uid)
    images.forget(this.#pod)
    onCleared()
  }

  /** What a container is made from has changed: it is tried again at once. */
  #forgetConfigFailures(): void {
    this.#failures.release('CreateContainerConfigError')
  }

  get #pod(): Pod {
    return this.#options.pod()
  }

  get #uid(): string {
    return this.#pod.metadata.uid ?? ''
  }

  get #directory(): string {
    return podDirectory(this.#options.context.rootDir, this.#pod)
  }

  get #logDirectory(): string {
    return podLogDirectory(this.#options.context.settings.logDir, this.#pod)
  }

  #spec(name: string): Container | undefined {
    return allSpecs(this.#pod).find((c) => c.name === name)
  }
}

function nextRestartCount({ status }: Pod, name: string, before: ObservedContainer | undefined): number {
  if (before) return before.restartCount + 1
  const { initContainerStatuses = [], containerStatuses = [] } = status ?? {}
  const told = [...initContainerStatuses, ...containerStatuses].find((s) => s.name === name)
  // It has run, but the runtime has forgotten it.
  return told?.containerID ? told.restartCount + 1 : 0
}

const done = { reason: '', message: '', atMs: 0 }
