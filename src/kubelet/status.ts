// A pod's status from what is observed of it. Pure. Reasons, messages, and the rules for the phase and the
// conditions are upstream's (pkg/kubelet/kubelet_pods.go, pkg/kubelet/status/generate.go).
//
// Guarantees: a phase that is final never changes again, and is not reported while a container still runs;
// a condition's transition time moves only with its status.

import type { Container } from '#api/core/container.ts'
import type { ContainerState, ContainerStateTerminated, ContainerStatus } from '#api/core/container-status.ts'
import type { Pod } from '#api/core/pod.ts'
import type { PodCondition, PodStatus } from '#api/core/pod-status.ts'
import { formatTime } from '#lib/clock.ts'
import type { Step } from './next-step.ts'
import { ephemeralSpecs, isLive, isSidecar, type Observed, type ObservedContainer, readySandbox } from './observed.ts'
import { qosClass } from './resources.ts'

export interface StatusInput {
  readonly pod: Pod
  readonly observed: Observed
  readonly step: Step
  /** What stood there before: as last reported, or as the API server has it. */
  readonly previous: PodStatus | undefined
  readonly hostIPs: readonly string[]
  /** Kept once known, also when the sandbox has been stopped. */
  readonly podIPs: readonly string[]
  /** As in `containerd`: what container ids begin with. */
  readonly runtimeName: string
  readonly nowMs: number
}

export function podStatus(input: StatusInput): PodStatus {
  const { pod, observed, step, previous, hostIPs, podIPs } = input
  const base = {
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    ...(hostIPs[0] ? { hostIP: hostIPs[0], hostIPs: hostIPs.map((ip) => ({ ip })) } : {}),
    startTime: formatTime(observed.startTimeMs),
    qosClass: previous?.qosClass ?? qosClass(pod),
  }
  // Refused before anything was made: upstream reports no containers either.
  if (step.verdict && observed.containers.length === 0 && !observed.directories && !previous?.containerStatuses)
    return { ...base, phase: 'Failed', reason: step.verdict.reason, message: step.verdict.message, conditions: [] }
  const statuses = (containers: readonly Container[] | undefined, before: readonly ContainerStatus[] | undefined) =>
    (containers ?? []).map((c) =>
      containerStatus(
        input,
        c,
        before?.find((b) => b.name === c.name),
      ),
    )
  const inits = statuses(pod.spec.initContainers, previous?.initContainerStatuses)
  const apps = statuses(pod.spec.containers, previous?.containerStatuses)
  const ephemerals = statuses(ephemeralSpecs(pod), previous?.ephemeralContainerStatuses)
  const phase = finalPhase(input, inits, apps)
  const isFinal = phase === 'Failed' || phase === 'Succeeded'
  const kept = previous?.phase === phase && isFinal
  const reason = isFinal ? (kept ? previous?.reason : step.verdict?.reason) : undefined
  const message = isFinal ? (kept ? previous?.message : step.verdict?.message) : undefined
  return {
    ...base,
    phase,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    ...(podIPs[0] ? { podIP: podIPs[0], podIPs: podIPs.map((ip) => ({ ip })) } : {}),
    ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
    containerStatuses: apps,
    ...(ephemerals.length > 0 ? { ephemeralContainerStatuses: ephemerals } : {}),
    conditions: conditions(input, phase, inits, apps),
  }
}

// --- Containers

function terminated(input: StatusInput, c: ObservedContainer): ContainerStateTerminated {
  return {
    exitCode: c.exitCode,
    ...(c.reason ? { reason: c.reason } : {}),
    ...(c.message ? { message: c.message } : {}),
    ...(c.startedAtMs > 0 ? { startedAt: formatTime(c.startedAtMs) } : {}),
    ...(c.finishedAtMs > 0 ? { finishedAt: formatTime(c.finishedAtMs) } : {}),
    containerID: `${input.runtimeName}://${c.id}`,
  }
}

function containerStatus(input: StatusInput, spec: Container, before: ContainerStatus | undefined): ContainerStatus {
  const { observed, step } = input
  const [last, secondLast] = observed.containers.filter((c) => c.name === spec.name && c.state !== 'created')
  const waiting = step.waiting.get(spec.name)
  if (!last) return absent(input, spec, before, waiting)
  const ended = last.state === 'exited' ? { terminated: terminated(input, last) } : undefined
  const isWaiting = ended !== undefined && waiting !== undefined && !step.windingDown
  const state: ContainerState = isWaiting
    ? { waiting }
    : (ended ?? { running: { startedAt: formatTime(last.startedAtMs) } })
  const lastState: ContainerState = isWaiting
    ? ended
    : secondLast?.state === 'exited'
      ? { terminated: terminated(input, secondLast) }
      : before?.containerID === `${input.runtimeName}://${last.id}`
        ? before.lastState
        : {}
  const health = observed.health.get(last.id)
  const isRunning = last.state === 'running'
  const isInit = input.pod.spec.initContainers?.includes(spec) ?? false
  // It has no probes, and nobody is sent to a pod because of it.
  const isEphemeral = ephemeralSpecs(input.pod).includes(spec)
  const started = isRunning && (health?.started ?? false)
  const ready =
    isInit && !isSidecar(spec) ? last.state === 'exited' && last.exitCode === 0 : started && (health?.ready ?? false)
  return {
    name: spec.name,
    state,
    lastState,
    ready: ready && !isEphemeral,
    restartCount: last.restartCount,
    image: last.image || (spec.image ?? ''),
    imageID: last.imageRef,
    containerID: `${input.runtimeName}://${last.id}`,
    // A plain init container is started once it runs: nothing waits for its probes, it has none.
    ...(isEphemeral ? {} : { started: isInit && !isSidecar(spec) ? isRunning : started }),
    ...(isRunning ? allotted(spec) : {}),
    ...mounts(spec),
  }
}

/** No container of that name is known to the runtime: not yet made, or lost. */
function absent(
  input: StatusInput,
  spec: Container,
  before: ContainerStatus | undefined,
  waiting: { reason: string; message: string } | undefined,
): ContainerStatus {
  const { pod, step } = input
  const common = {
    name: spec.name,
    ready: false,
    restartCount: before?.restartCount ?? 0,
    image: before?.containerID ? before.image : (spec.image ?? ''),
    imageID: before?.imageID ?? '',
    ...(ephemeralSpecs(pod).includes(spec) ? {} : { started: false }),
    ...mounts(spec),
  }
  const lost = before?.state.terminated ?? (before?.state.running ? lostState(before) : undefined)
  const containerID = before?.containerID ? { containerID: before.containerID } : {}
  if (lost && step.windingDown) return { ...common, ...containerID, state: { terminated: lost }, lastState: {} }
  const reason = (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating'
  return {
    ...common,
    ...containerID,
    state: { waiting: waiting ?? { reason } },
    lastState: lost ? { terminated: lost } : (before?.lastState ?? {}),
  }
}

const lostState = (before: ContainerStatus): ContainerStateTerminated => ({
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
  ...(before.state.running?.startedAt ? { startedAt: before.state.running.startedAt } : {}),
  ...(before.containerID ? { containerID: before.containerID } : {}),
})

/** What the container has been given (in-place resize reports it, 1.35). */
function allotted({ resources }: Container): Partial<ContainerStatus> {
  const { requests, limits } = resources ?? {}
  if (!requests && !limits) return { resources: {} }
  return {
    ...(requests ? { allocatedResources: requests } : {}),
    resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) },
  }
}

function mounts({ volumeMounts = [] }: Container): Partial<ContainerStatus> {
  if (volumeMounts.length === 0) return {}
  return {
    volumeMounts: volumeMounts.map(({ name, mountPath, readOnly }) => ({
      name,
      mountPath,
      ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
    })),
  }
}

// --- Phase

type Phase = NonNullable<PodStatus['phase']>

function finalPhase(input: StatusInput, inits: readonly ContainerStatus[], apps: readonly ContainerStatus[]): Phase {
  const { pod, observed, step, previous } = input
  const before = previous?.phase
  if (before === 'Failed' || before === 'Succeeded') return before
  const isStarting = [...observed.busy].some((key) => key.startsWith('startContainer:'))
  const runs = observed.containers.some(isLive) || isStarting
  const now: Phase = step.verdict ? 'Failed' : phase(pod, inits, apps, step.windingDown && !runs)
  if ((now === 'Failed' || now === 'Succeeded') && runs) return before ?? 'Pending'
  return now
}

/** `isTerminal`: nothing runs, and nothing will be started again. */
export function phase(
  pod: Pod,
  inits: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
  isTerminal: boolean,
): Phase {
  let pendingInits = 0
  for (const [i, spec] of (pod.spec.initContainers ?? []).entries()) {
    const { state, lastState, started } = inits[i]!
    if (isSidecar(spec)) {
      if (!started && !state.terminated) pendingInits++
      continue
    }
    const end = state.terminated ?? (state.waiting ? lastState.terminated : undefined)
    if (state.running || !end) pendingInits++
    else if (end.exitCode !== 0) {
      if (pod.spec.restartPolicy === 'Never') return 'Failed'
      pendingInits++
    }
  }
  let waiting = 0
  let running = 0
  let stopped = 0
  let succeeded = 0
  for (const { state, lastState } of apps) {
    if (state.running) running++
    else if (state.terminated) {
      stopped++
      if (state.terminated.exitCode === 0) succeeded++
    } else if (lastState.terminated) stopped++
    else waiting++
  }
  // App containers that have run say more than init containers that a later sandbox runs again.
  const hasRun = running + stopped > 0
  if (pendingInits > 0 && !hasRun) return 'Pending'
  if (waiting > 0) return 'Pending'
  if (running > 0) return 'Running'
  if (stopped === 0) return 'Pending'
  if (isTerminal) return stopped === succeeded ? 'Succeeded' : 'Failed'
  if (pod.spec.restartPolicy === 'Always' || pod.spec.restartPolicy === undefined) return 'Running'
  if (stopped === succeeded) return 'Succeeded'
  return pod.spec.restartPolicy === 'Never' ? 'Failed' : 'Running'
}

// --- Conditions

interface Verdict {
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}

const yes: Verdict = { status: 'True' }

function conditions(
  input: StatusInput,
  phase: Phase,
  inits: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
): PodCondition[] {
  const { pod, observed } = input
  const sandbox = readySandbox(observed)
  const hasNetwork = sandbox !== undefined && (pod.spec.hostNetwork === true || sandbox.ips.length > 0)
  const containersReady = areContainersReady(pod, phase, inits, apps)
  const all: readonly [string, Verdict][] = [
    ['PodReadyToStartContainers', hasNetwork ? yes : { status: 'False' }],
    ['Initialized', isInitialized(pod, phase, inits, apps)],
    ['Ready', isReady(pod, containersReady)],
    ['ContainersReady', containersReady],
    ['PodScheduled', yes],
  ]
  return all.map(([type, verdict]) => condition(input, type, verdict))
}

function condition(input: StatusInput, type: string, { status, reason, message }: Verdict): PodCondition {
  const { pod, previous, nowMs } = input
  const find = (conditions: readonly PodCondition[] | undefined) => conditions?.find((c) => c.type === type)
  const before = find(previous?.conditions) ?? find(pod.status?.conditions)
  const since = before?.status === status ? before.lastTransitionTime : undefined
  return {
    type,
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    status,
    lastTransitionTime: since ?? formatTime(nowMs),
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
  }
}

function isInitialized(
  pod: Pod,
  phase: Phase,
  inits: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' }
  // Once an app container has been started, initialization is over, whatever is restarted since.
  if (apps.some((c) => c.started || c.state.running || c.state.terminated || c.lastState.terminated)) return yes
  const incomplete = (pod.spec.initContainers ?? [])
    .filter((spec, i) => !(isSidecar(spec) ? inits[i]!.started : inits[i]!.ready))
    .map((spec) => spec.name)
  if (incomplete.length === 0) return yes
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.join(' ')}]`,
  }
}

function areContainersReady(
  pod: Pod,
  phase: Phase,
  inits: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
  const sidecars = (pod.spec.initContainers ?? []).flatMap((spec, i) => (isSidecar(spec) ? [inits[i]!] : []))
  const unready = [...sidecars, ...apps].filter((c) => !c.ready).map((c) => c.name)
  if (unready.length === 0) return yes
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  }
}

function isReady(pod: Pod, containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return containersReady
  const problems: string[] = []
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const gate = pod.status?.conditions?.find((c) => c.type === conditionType)
    if (!gate) problems.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`)
    else if (gate.status !== 'True')
      problems.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`)
  }
  if (problems.length === 0) return yes
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') }
}
