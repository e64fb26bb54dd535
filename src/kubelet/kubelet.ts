// The kubelet of one node: it follows the pods bound to the node, keeps one worker for each, hands them what the
// runtime says, and cleans up what belongs to nobody. What happens to one pod is pod-worker.ts's part.
//
// Guarantees: after a restart running containers are taken over as they are; the API server's death changes
// nothing on the node; `stop` leaves the containers running and nothing else behind.

import { join } from 'node:path'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { Service } from '#api/core/service.ts'
import type { Timer } from '#lib/clock.ts'
import { errorText } from '#lib/log.ts'
import { type AdmissionNode, admit } from './admit.ts'
import { Images } from './images.ts'
import { podUidLabel } from './labels.ts'
import { rotateLogs } from './log-rotation.ts'
import { NodeReporter } from './node-reporter.ts'
import { nodeLabels, nodeResources } from './node-status.ts'
import { observedContainer } from './observed.ts'
import { removeOrphans } from './orphans.ts'
import { type Known, PodWorker } from './pod-worker.ts'
import { ReferenceWatches } from './references.ts'
import type { Container, Sandbox } from './runtime/runtime.ts'
import type { KubeletOptions } from './settings.ts'
import { StatusWriter } from './status-writer.ts'
import type { WorkerContext } from './worker-context.ts'

export interface Kubelet {
  /** The node is registered, and the pods that were there have been taken over. */
  readonly started: Promise<void>
  pods(): readonly Pod[]
  /** The worker of a pod, by namespace and name. */
  worker(namespace: string, name: string): PodWorker | undefined
  containerId(namespace: string, pod: string, container: string): string | undefined
  sandboxId(namespace: string, pod: string): string | undefined
  stop(): Promise<void>
}

const defaultRelistMs = 60_000
const eventRetryMs = 1_000

export function startKubelet(options: KubeletOptions): Kubelet {
  return new NodeKubelet(options)
}

class NodeKubelet implements Kubelet {
  readonly started: Promise<void>
  readonly #options: KubeletOptions
  readonly #control = new AbortController()
  readonly #workers = new Map<string, PodWorker>()
  readonly #references: ReferenceWatches
  readonly #statuses: StatusWriter
  readonly #reporter: NodeReporter
  readonly #images: Images
  /** What the runtime has of pods whose workers do not exist yet, by pod uid. */
  readonly #known = new Map<string, { sandboxes: Sandbox[]; containers: ReturnType<typeof observedContainer>[] }>()
  readonly #running: Promise<unknown>[] = []
  #context: WorkerContext | undefined
  #stopWatching: (() => void)[] = []
  #relistTimer: Timer | undefined

  constructor(options: KubeletOptions) {
    this.#options = options
    const { client, clock, log, runtime, nodeName, settings, makeInformers } = options
    const { signal } = this.#control
    this.#references = new ReferenceWatches(makeInformers)
    this.#statuses = new StatusWriter({ client, clock, log, signal })
    this.#images = new Images({ runtime, clock })
    this.#reporter = new NodeReporter({ client, runtime, clock, log, nodeName, settings, signal })
    this.#running.push(this.#reporter.run(), this.#followRuntime())
    this.started = this.#start()
    this.started.catch((error) => {
      if (!signal.aborted) log.error('The kubelet cannot start', { error: errorText(error) })
    })
  }

  pods(): readonly Pod[] {
    return [...this.#workers.values()].map((worker) => worker.pod)
  }

  worker(namespace: string, name: string): PodWorker | undefined {
    let found: PodWorker | undefined
    // Of two with the same name the later one is meant: the other is on its way out.
    for (const worker of this.#workers.values()) {
      const { metadata } = worker.pod
      if (metadata.name === name && metadata.namespace === namespace) found = worker
    }
    return found
  }

  containerId(namespace: string, pod: string, container: string): string | undefined {
    const all = this.worker(namespace, pod)?.containers
    return all?.find((c) => c.name === container && c.state === 'running')?.id
  }

  sandboxId(namespace: string, pod: string): string | undefined {
    const sandbox = this.worker(namespace, pod)?.sandbox
    return sandbox?.state === 'ready' ? sandbox.id : undefined
  }

  async stop(): Promise<void> {
    this.#control.abort(new Error('The kubelet stops'))
    this.#relistTimer?.cancel()
    for (const stopWatching of this.#stopWatching) stopWatching()
    for (const worker of this.#workers.values()) worker.stop()
    await this.#references.stop()
    await Promise.allSettled(this.#running)
  }

  async #start(): Promise<void> {
    const { runtime, informers, nodeName } = this.#options
    const pods = informers.of(Pod, { fieldSelector: `spec.nodeName=${nodeName}` })
    const services = informers.of(Service)
    const nodes = informers.of(Node, { fieldSelector: `metadata.name=${nodeName}` })
    const [version] = await Promise.all([runtime.version(), this.#learnRuntime(), pods.synced, services.synced])
    if (this.#control.signal.aborted) return
    this.#context = {
      ...this.#options,
      runtimeName: version.name,
      images: this.#images,
      statuses: this.#statuses,
      references: this.#references,
      services: () => services.list(),
      allocatable: () => nodes.get(undefined, nodeName)?.status?.allocatable ?? this.#ownResources,
      onFinished: (uid) => this.#workers.delete(uid),
    }
    this.#stopWatching.push(pods.onChange((next, old) => this.#onPod(next, old)))
    await this.#removeOrphans()
    this.#armRelist()
    this.#beginRotation()
    await Promise.race([this.#reporter.registered, aborted(this.#control.signal)])
  }

  get #ownResources(): Readonly<Record<string, string>> {
    return nodeResources(this.#options.settings).allocatable
  }

  // --- Pods

  #onPod(next: Pod | undefined, old: Pod | undefined): void {
    if (old && old.metadata.uid !== next?.metadata.uid) this.#workers.get(old.metadata.uid ?? '')?.remove()
    if (!next) return
    const worker = this.#workers.get(next.metadata.uid ?? '')
    if (worker) worker.update(next)
    else this.#take(next)
  }

  #take(pod: Pod): void {
    const context = this.#context
    const uid = pod.metadata.uid ?? ''
    if (!context || this.#control.signal.aborted) return
    const known: Known = this.#known.get(uid) ?? { sandboxes: [], containers: [] }
    this.#known.delete(uid)
    // What has been let in once stays, also over a restart of the agent.
    const isNew = !pod.status?.startTime && known.sandboxes.length === 0 && !pod.metadata.deletionTimestamp
    const verdict = isNew ? admit(pod, this.#livePods(), this.#admissionNode()) : undefined
    const worker = new PodWorker(context, pod, known)
    this.#workers.set(uid, worker)
    if (!verdict) return
    context.events.record(pod, 'Warning', verdict.reason, verdict.message.replace('Pod was rejected: ', ''))
    worker.fail(verdict)
  }

  #livePods(): Pod[] {
    return [...this.#workers.values()].filter((worker) => !worker.isOver).map((worker) => worker.pod)
  }

  #admissionNode(): AdmissionNode {
    const { nodeName, settings, informers } = this.#options
    const node = informers.of(Node, { fieldSelector: `metadata.name=${nodeName}` }).get(undefined, nodeName)
    return {
      name: nodeName,
      labels: node?.metadata.labels ?? nodeLabels(nodeName, settings),
      taints: node?.spec?.taints ?? [],
      allocatable: node?.status?.allocatable ?? this.#ownResources,
      operatingSystem: settings.machine.operatingSystem,
    }
  }

  // --- The runtime

  /** Everything that runs already, to be taken over. */
  async #learnRuntime(): Promise<void> {
    const { runtime } = this.#options
    const [sandboxes, containers] = await Promise.all([runtime.listSandboxes(), runtime.listContainers()])
    const entryOf = (uid: string) => {
      const entry = this.#known.get(uid) ?? { sandboxes: [], containers: [] }
      this.#known.set(uid, entry)
      return entry
    }
    await Promise.all([
      ...sandboxes.map(async ({ id, uid }) => {
        const sandbox = await runtime.sandboxStatus(id)
        if (sandbox) entryOf(uid).sandboxes.push(sandbox)
      }),
      ...containers.map(async ({ id }) => {
        const status = await runtime.containerStatus(id)
        if (status) entryOf(status.labels[podUidLabel] ?? '').containers.push(observedContainer(status))
      }),
    ])
  }

  async #followRuntime(): Promise<void> {
    const { runtime, clock, log } = this.#options
    const { signal } = this.#control
    while (!signal.aborted) {
      try {
        for await (const { containerId } of runtime.events(signal)) {
          for (const worker of this.#workers.values()) if (worker.owns(containerId)) void worker.observe(containerId)
        }
      } catch (error) {
        if (!signal.aborted) log.warn('The stream of runtime events broke', { error: errorText(error) })
      }
      if (signal.aborted) return
      await clock.sleep(eventRetryMs, signal).catch(() => {})
      // What happened while nobody listened is seen by comparing.
      await this.#relist()
    }
  }

  #armRelist(): void {
    const { clock, settings } = this.#options
    if (this.#control.signal.aborted) return
    this.#relistTimer = clock.after(settings.relistMs ?? defaultRelistMs, () => {
      void this.#relist().finally(() => this.#armRelist())
    })
  }

  async #relist(): Promise<void> {
    const { runtime, log } = this.#options
    try {
      const [sandboxes, containers] = await Promise.all([runtime.listSandboxes(), runtime.listContainers()])
      const ofPod = (uid: string) => (c: Container) => c.labels[podUidLabel] === uid
      for (const [uid, worker] of this.#workers)
        await worker.compare(
          sandboxes.filter((s) => s.uid === uid),
          containers.filter(ofPod(uid)),
        )
    } catch (error) {
      if (!this.#control.signal.aborted) log.warn('Cannot list what runs', { error: errorText(error) })
    }
  }

  #beginRotation(): void {
    const { settings, runtime, files, clock, log } = this.#options
    if (!settings.logRotation) return
    const containers = () => [...this.#workers.values()].flatMap((worker) => worker.containers)
    const { signal } = this.#control
    this.#running.push(rotateLogs({ runtime, files, clock, log, ...settings.logRotation, containers, signal }))
  }

  /** What the runtime and the disk have of pods that the API no longer knows. */
  async #removeOrphans(): Promise<void> {
    const orphans = [...this.#known].map(([uid, known]) => ({ uid, ...known }))
    this.#known.clear()
    const isKnown = (uid: string) => this.#workers.has(uid)
    this.#running.push(removeOrphans(this.#options, orphans, isKnown, join(this.#options.rootDir, 'pods')))
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
