// The decision of a pod's life on a node: from what is wanted and what is observed to what must be done now.
// Pure. Everything that can go on at the same time is given at once; what is under way already is not given
// again; and when nothing can be done before a certain instant, `wakeAtMs` names it.
//
// The order is upstream's (kuberuntime's computePodActions, podWorkers' three syncs): sandbox, init containers
// one by one, sidecars among them, app containers; on the way down app containers, then sidecars from last to
// first, sandbox, volumes, final status, the object itself.

import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import { formatDelay, waitsUntilMs } from './back-off.ts'
import { containerHash } from './labels.ts'
import {
  ephemeralSpecs,
  type Failure,
  isLive,
  isSidecar,
  latest,
  latestIn,
  type Observed,
  type ObservedContainer,
  podWide,
  readySandbox,
  shouldRestart,
  type Verdict,
  type Waiting,
} from './observed.ts'

export type Action =
  | { readonly type: 'makeDirectories' }
  | { readonly type: 'mountVolumes' }
  | { readonly type: 'unmountVolumes' }
  | { readonly type: 'createSandbox'; readonly attempt: number }
  | { readonly type: 'stopSandbox'; readonly id: string }
  | { readonly type: 'removeSandbox'; readonly id: string }
  | { readonly type: 'ensureImage'; readonly container: string }
  | { readonly type: 'startContainer'; readonly container: string; readonly sandboxId: string }
  | {
      readonly type: 'stopContainer'
      readonly id: string
      readonly container: string
      readonly graceSeconds: number
      /** What the event says. */
      readonly text: string
    }
  | { readonly type: 'removeContainer'; readonly id: string }
  /** Waits until the API server has the final status. */
  | { readonly type: 'report' }
  | { readonly type: 'deleteObject' }
  /** Leaves nothing of the pod on the node. */
  | { readonly type: 'cleanUp' }

export interface Step {
  readonly actions: readonly Action[]
  /** Why containers are not running, by name. */
  readonly waiting: ReadonlyMap<string, Waiting>
  readonly wakeAtMs?: number | undefined
  /** No container will be started again. */
  readonly windingDown: boolean
  readonly verdict?: Verdict | undefined
}

/** Under this key an action counts as under way. */
export function keyOf(action: Action): string {
  switch (action.type) {
    case 'ensureImage':
    case 'startContainer':
      return `${action.type}:${action.container}`
    case 'stopContainer':
      return `${action.type}:${action.id}:${action.graceSeconds}`
    case 'stopSandbox':
    case 'removeSandbox':
    case 'removeContainer':
      return `${action.type}:${action.id}`
    default:
      return action.type
  }
}

export const defaultGraceSeconds = 30
/** Whatever the hooks have used up, a container has this long to react to its signal. */
const leastGraceSeconds = 2
/** What upstream leaves to a pod that is deleted by force. */
const forcedGraceSeconds = 1

export function nextStep(pod: Pod, observed: Observed, nowMs: number): Step {
  const draft = new Draft(observed, nowMs)
  const verdict = observed.verdict ?? deadline(pod, observed, nowMs)
  if (verdict || observed.gone || pod.metadata.deletionTimestamp || isFinished(pod, observed)) {
    windDown(pod, observed, draft, verdict)
    return draft.step(true, verdict)
  }
  windUp(pod, observed, draft)
  return draft.step(false)
}

/** Gathers what is to be done, leaving out what is under way. */
class Draft {
  readonly #observed: Observed
  readonly nowMs: number
  readonly #actions: Action[] = []
  readonly #waiting = new Map<string, Waiting>()
  #wakeAtMs: number | undefined

  constructor(observed: Observed, nowMs: number) {
    this.#observed = observed
    this.nowMs = nowMs
  }

  do(action: Action): void {
    const key = keyOf(action)
    if (!this.#observed.busy.has(key) && !this.holds(this.#observed.failures.get(key))) this.#actions.push(action)
  }

  wakeAt(ms: number): void {
    if (ms > this.nowMs && Number.isFinite(ms)) this.#wakeAtMs = Math.min(ms, this.#wakeAtMs ?? ms)
  }

  wait(container: string, waiting: Waiting, untilMs: number): void {
    this.#waiting.set(container, waiting)
    this.wakeAt(untilMs)
  }

  /** True while a failure is still to be waited for. */
  holds(failure: Failure | undefined): failure is Failure {
    if (!failure || failure.retryAtMs <= this.nowMs) return false
    this.wakeAt(failure.retryAtMs)
    return true
  }

  isBusy(prefix: string): boolean {
    for (const key of this.#observed.busy) if (key.startsWith(prefix)) return true
    return false
  }

  step(windingDown: boolean, verdict?: Verdict): Step {
    return { actions: this.#actions, waiting: this.#waiting, wakeAtMs: this.#wakeAtMs, windingDown, verdict }
  }
}

function deadline(pod: Pod, observed: Observed, nowMs: number): Verdict | undefined {
  const seconds = pod.spec.activeDeadlineSeconds
  if (seconds === undefined || nowMs < observed.startTimeMs + seconds * 1000) return undefined
  return {
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  }
}

/** The pod has run to its end: by its status, or because no container is left that would be started again. */
export function isFinished(pod: Pod, observed: Observed): boolean {
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed') return true
  for (const init of pod.spec.initContainers ?? []) {
    if (isSidecar(init)) continue
    const last = latest(observed, init.name)
    if (last?.state === 'exited' && last.exitCode !== 0 && !shouldRestart(pod, init, last.exitCode)) return true
  }
  return pod.spec.containers.every((container) => {
    const last = latest(observed, container.name)
    return last?.state === 'exited' && !shouldRestart(pod, container, last.exitCode)
  })
}

/** How long the pod's containers have to end. A grace only ever becomes shorter. */
export function podGraceSeconds(pod: Pod, verdict?: Verdict): number {
  const asked = pod.metadata.deletionGracePeriodSeconds
  const usual = pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds
  return Math.max(forcedGraceSeconds, Math.min(asked ?? usual, verdict?.graceSeconds ?? Number.POSITIVE_INFINITY))
}

function windDown(pod: Pod, observed: Observed, draft: Draft, verdict: Verdict | undefined): void {
  if (pod.spec.activeDeadlineSeconds !== undefined && !verdict)
    draft.wakeAt(observed.startTimeMs + pod.spec.activeDeadlineSeconds * 1000)
  const live = observed.containers.filter(isLive)
  if (live.length > 0) {
    stopAll(pod, observed, draft, live, verdict)
    return
  }
  if (draft.isBusy('startContainer:') || draft.isBusy('createSandbox')) return
  const standing = observed.sandboxes.filter((s) => s.state === 'ready')
  for (const { id } of standing) draft.do({ type: 'stopSandbox', id })
  if (standing.length > 0) return
  if (draft.isBusy('mountVolumes') || draft.isBusy('makeDirectories')) return
  if (observed.volumes !== 'absent') draft.do({ type: 'unmountVolumes' })
  else if (observed.gone) draft.do({ type: 'cleanUp' })
  else if (!pod.metadata.deletionTimestamp) return
  else if (!observed.reported) draft.do({ type: 'report' })
  else if (!draft.holds(observed.failures.get(podWide.object))) draft.do({ type: 'deleteObject' })
}

/** App containers end together; sidecars, which serve them, after them and in reverse order. */
function stopAll(
  pod: Pod,
  observed: Observed,
  draft: Draft,
  live: readonly ObservedContainer[],
  verdict: Verdict | undefined,
): void {
  // An object that is gone before its containers has been deleted by force.
  const grace = observed.gone ? forcedGraceSeconds : podGraceSeconds(pod, verdict)
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map((c) => c.name)
  const others = live.filter((c) => !sidecars.includes(c.name))
  for (const container of others) stop(observed, draft, container, grace, `Stopping container ${container.name}`)
  if (others.length > 0) return
  const last = live.toSorted((a, b) => sidecars.indexOf(b.name) - sidecars.indexOf(a.name))[0]!
  const usedSeconds = Math.floor((draft.nowMs - (observed.stoppingSinceMs ?? draft.nowMs)) / 1000)
  stop(observed, draft, last, Math.max(leastGraceSeconds, grace - usedSeconds), `Stopping container ${last.name}`)
}

/** A stop under way is only repeated when it is to come sooner. */
function stop(
  observed: Observed,
  draft: Draft,
  container: ObservedContainer,
  graceSeconds: number,
  text: string,
): void {
  const prefix = `stopContainer:${container.id}:`
  for (const key of observed.busy)
    if (key.startsWith(prefix) && Number(key.slice(prefix.length)) <= graceSeconds) return
  draft.do({ type: 'stopContainer', id: container.id, container: container.name, graceSeconds, text })
}

function windUp(pod: Pod, observed: Observed, draft: Draft): void {
  if (pod.spec.activeDeadlineSeconds !== undefined)
    draft.wakeAt(observed.startTimeMs + pod.spec.activeDeadlineSeconds * 1000)
  prepare(observed, draft)
  const sandbox = readySandbox(observed)
  if (sandbox) collectGarbage(observed, draft)
  else if (!replaceSandbox(pod, observed, draft)) return
  const ready = observed.directories && observed.volumes === 'mounted'
  const starter = () => new Starter(pod, observed, draft, ready ? sandbox?.id : undefined)
  startEphemerals(pod, observed, starter)
  const start = starter()
  if (startInits(pod, observed, start, sandbox?.id)) startApps(pod, observed, draft, start, sandbox?.id)
}

function prepare(observed: Observed, draft: Draft): void {
  const { directories, volumes } = observed
  if (!directories) draft.do({ type: 'makeDirectories' })
  else if (volumes === 'absent' || (volumes !== 'mounted' && !draft.holds(volumes))) draft.do({ type: 'mountVolumes' })
}

/** False while containers of a dead sandbox still have to end. */
function replaceSandbox(pod: Pod, observed: Observed, draft: Draft): boolean {
  const live = observed.containers.filter(isLive)
  const text = 'Pod sandbox changed, it will be killed and re-created.'
  for (const container of live) stop(observed, draft, container, podGraceSeconds(pod), text)
  if (live.length > 0) return false
  if (observed.directories && !draft.holds(observed.failures.get(podWide.sandbox)))
    draft.do({ type: 'createSandbox', attempt: (observed.sandboxes[0]?.attempt ?? -1) + 1 })
  return true
}

/** Of each container the newest two are kept, for `lastState` and the log before; dead sandboxes go once empty. */
function collectGarbage(observed: Observed, draft: Draft): void {
  const kept = new Map<string, number>()
  for (const container of observed.containers) {
    if (draft.isBusy(`startContainer:${container.name}`)) continue
    const before = kept.get(container.name) ?? 0
    // Created and never started: left behind by an agent that died in between.
    if (container.state === 'created' || (before >= 2 && !isLive(container)))
      draft.do({ type: 'removeContainer', id: container.id })
    else kept.set(container.name, before + 1)
  }
  for (const { id } of observed.sandboxes.slice(1))
    if (!observed.containers.some((c) => c.sandboxId === id)) draft.do({ type: 'removeSandbox', id })
}

/** Starts containers one at a time and in order; images are fetched ahead. */
class Starter {
  readonly #pod: Pod
  readonly #observed: Observed
  readonly #draft: Draft
  readonly #sandboxId: string | undefined
  #taken: boolean

  /** Without a sandbox nothing starts, but images are fetched. */
  constructor(pod: Pod, observed: Observed, draft: Draft, sandboxId: string | undefined) {
    this.#pod = pod
    this.#observed = observed
    this.#draft = draft
    this.#sandboxId = sandboxId
    this.#taken = draft.isBusy('startContainer:')
  }

  start(container: Container): void {
    const { name } = container
    const draft = this.#draft
    if (this.#crashLoops(container)) return
    const failure = this.#observed.failures.get(name)
    const image = this.#observed.images.get(name)
    if (draft.holds(failure)) draft.wait(name, failure, failure.retryAtMs)
    else if (image?.at === 'present') this.#startNow(name)
    else {
      if (image) draft.wait(name, image.failure, image.failure.retryAtMs)
      if (image && draft.holds(image.failure)) return
      // Those behind wait for it, so that the order of starts is the spec's.
      this.#taken = true
      draft.do({ type: 'ensureImage', container: name })
    }
  }

  #startNow(container: string): void {
    if (this.#taken || this.#sandboxId === undefined) return
    this.#taken = true
    this.#draft.do({ type: 'startContainer', container, sandboxId: this.#sandboxId })
  }

  #crashLoops(container: Container): boolean {
    const { name } = container
    const last = latest(this.#observed, name)
    if (last?.state !== 'exited' || last.hash !== containerHash(container)) return false
    const backOff = this.#observed.backOff.get(name)
    const untilMs = waitsUntilMs(backOff, last.finishedAtMs, this.#draft.nowMs)
    if (untilMs === undefined || !backOff) return false
    const { name: pod, namespace, uid } = this.#pod.metadata
    const message = `back-off ${formatDelay(backOff.delayMs)} restarting failed container=${name} pod=${pod}_${namespace}(${uid})`
    this.#draft.wait(name, { reason: 'CrashLoopBackOff', message }, untilMs)
    return true
  }
}

/** Once, at any time: whoever looks into a pod that does not come up needs them most. Nothing waits for their images. */
function startEphemerals(pod: Pod, observed: Observed, starter: () => Starter): void {
  for (const container of ephemeralSpecs(pod)) {
    const last = latest(observed, container.name)
    if (!last || last.state === 'created') starter().start(container)
  }
}

/** Whether app containers may start. Sidecars are kept running meanwhile and afterwards. */
function startInits(pod: Pod, observed: Observed, start: Starter, sandboxId: string | undefined): boolean {
  const done = hasStartedApps(pod, observed, sandboxId)
  for (const init of pod.spec.initContainers ?? []) {
    const last = sandboxId === undefined ? undefined : latestIn(observed, init.name, sandboxId)
    if (isSidecar(init)) {
      if (last?.state !== 'running') start.start(init)
      if (!done && !(last?.state === 'running' && observed.health.get(last.id)?.started)) return false
    } else if (!done) {
      if (last?.state === 'exited' && last.exitCode === 0) continue
      if (last?.state !== 'running') start.start(init)
      return false
    }
  }
  return true
}

/** Once an app container has been started in a sandbox, its init containers are over and done with. */
export const hasStartedApps = (pod: Pod, observed: Observed, sandboxId: string | undefined): boolean =>
  sandboxId !== undefined && pod.spec.containers.some((c) => latestIn(observed, c.name, sandboxId) !== undefined)

function startApps(pod: Pod, observed: Observed, draft: Draft, start: Starter, sandboxId: string | undefined): void {
  for (const container of pod.spec.containers) {
    const last = latest(observed, container.name)
    if (!last || last.state === 'created') start.start(container)
    else if (last.state === 'exited' || last.sandboxId !== sandboxId) {
      if (shouldRestart(pod, container, last.exitCode)) start.start(container)
    } else restartIfNeeded(pod, observed, draft, container, last)
  }
  for (const sidecar of (pod.spec.initContainers ?? []).filter(isSidecar)) {
    const last = sandboxId === undefined ? undefined : latestIn(observed, sidecar.name, sandboxId)
    if (last?.state === 'running') restartIfNeeded(pod, observed, draft, sidecar, last)
  }
}

function restartIfNeeded(
  pod: Pod,
  observed: Observed,
  draft: Draft,
  container: Container,
  running: ObservedContainer,
): void {
  const failed = observed.health.get(running.id)?.failed
  if (running.hash !== containerHash(container)) {
    const text = `Container ${container.name} definition changed, will be restarted`
    stop(observed, draft, running, podGraceSeconds(pod), text)
  }
  if (!failed || running.hash !== containerHash(container)) return
  const probe = failed === 'liveness' ? container.livenessProbe : container.startupProbe
  const restarts = (container.restartPolicy ?? pod.spec.restartPolicy) !== 'Never'
  const text = `Container ${container.name} failed ${failed} probe${restarts ? ', will be restarted' : ''}`
  stop(observed, draft, running, probe?.terminationGracePeriodSeconds ?? podGraceSeconds(pod), text)
}
