// What the table of pods shows: above all one word for the state of a pod, worked out from those of its containers.

import { ageColumn, nameColumn, none, since } from '../columns.ts'
import { isConditionTrue } from '../conditions.ts'
import type { Column } from '../kind.ts'
import type { ContainerStatus } from './container-status.ts'
import type { PodParts } from './validate-pod.ts'

export interface PodSummary {
  readonly ready: number
  readonly total: number
  readonly status: string
  readonly restarts: number
  /** When the last of these restarts was; empty if none. */
  readonly lastRestart: string
}

/** Why it ended, or with what. */
function endOf({ state }: ContainerStatus): string {
  const { reason, signal, exitCode } = state.terminated ?? { exitCode: 0 }
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`)
}

const later = (a: string, b: string | undefined): string => (b !== undefined && b > a ? b : a)

interface Tally {
  ready: number
  restarts: number
  lastRestart: string
}

function countRestarts(tally: Tally, { restartCount, lastState }: ContainerStatus): void {
  tally.restarts += restartCount ?? 0
  tally.lastRestart = later(tally.lastRestart, lastState?.terminated?.finishedAt)
}

interface Initialization {
  /** What the first container that is not done is about; undefined when all are. */
  readonly status: string | undefined
  readonly all: Tally
  /** Of those that go on running beside the regular ones. */
  readonly companions: Tally
}

function initialization({ spec, status }: PodParts): Initialization {
  const all: Tally = { ready: 0, restarts: 0, lastRestart: '' }
  const companions: Tally = { ready: 0, restarts: 0, lastRestart: '' }
  const restartable = new Set(
    (spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always').map(({ name }) => name),
  )
  const statuses = status.initContainerStatuses ?? []
  for (const [i, one] of statuses.entries()) {
    const { waiting, terminated } = one.state ?? {}
    const companion = restartable.has(one.name)
    countRestarts(all, one)
    if (companion) countRestarts(companions, one)
    if (terminated?.exitCode === 0) continue
    if (companion && one.started) {
      if (one.ready) companions.ready++
      continue
    }
    const told =
      terminated !== undefined
        ? endOf(one)
        : waiting?.reason && waiting.reason !== 'PodInitializing'
          ? waiting.reason
          : `${i}/${spec.initContainers?.length ?? 0}`
    return { status: `Init:${told}`, all, companions }
  }
  return { status: undefined, all, companions }
}

/** Later containers are overruled by earlier ones. */
function running({ status }: PodParts, tally: Tally, before: string): string {
  let told = before
  let oneRuns = false
  for (const one of [...(status.containerStatuses ?? [])].reverse()) {
    countRestarts(tally, one)
    if (one.state?.waiting?.reason) told = one.state.waiting.reason
    else if (one.state?.terminated) told = endOf(one)
    else if (one.ready && one.state?.running) {
      oneRuns = true
      tally.ready++
    }
  }
  if (told !== 'Completed' || !oneRuns) return told
  return isConditionTrue(status.conditions, 'Ready') ? 'Running' : 'NotReady'
}

export function podSummary(pod: PodParts): PodSummary {
  const { metadata, spec, status } = pod
  const gated = status.conditions?.some((one) => one.type === 'PodScheduled' && one.reason === 'SchedulingGated')
  const init = initialization(pod)
  let told = init.status ?? (gated ? 'SchedulingGated' : status.reason || status.phase || '')
  let tally: Tally = { ...init.all, ready: init.companions.ready }
  if (init.status === undefined || isConditionTrue(status.conditions, 'Initialized')) {
    tally = { ...init.companions }
    told = running(pod, tally, told)
  }
  if (metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') told = 'Unknown'
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') told = 'Terminating'
  }
  const companions = spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always').length ?? 0
  return { ...tally, total: (spec.containers?.length ?? 0) + companions, status: told }
}

// The four cells of a row ask for the same summary.
const summaries = new WeakMap<object, PodSummary>()
function summaryOf(pod: PodParts): PodSummary {
  let summary = summaries.get(pod)
  if (!summary) {
    summary = podSummary(pod)
    summaries.set(pod, summary)
  }
  return summary
}

function readinessGates({ spec, status }: PodParts): string {
  const gates = spec.readinessGates ?? []
  if (gates.length === 0) return none
  return `${gates.filter(({ conditionType }) => isConditionTrue(status.conditions, conditionType)).length}/${gates.length}`
}

export const podColumns: readonly Column<PodParts>[] = [
  nameColumn,
  {
    name: 'Ready',
    description: 'How many of the containers are ready for traffic.',
    value: (pod) => `${summaryOf(pod).ready}/${summaryOf(pod).total}`,
  },
  { name: 'Status', description: 'What the pod is about, in one word.', value: (pod) => summaryOf(pod).status },
  {
    name: 'Restarts',
    description: 'How often its containers were restarted, and when the last time was.',
    value: (pod, nowMs) => {
      const { restarts, lastRestart } = summaryOf(pod)
      return restarts !== 0 && lastRestart ? `${restarts} (${since(lastRestart, nowMs)} ago)` : String(restarts)
    },
  },
  ageColumn,
  {
    name: 'IP',
    priority: 1,
    description: 'The address of the pod.',
    value: ({ status }) => status.podIPs?.[0]?.ip || none,
  },
  {
    name: 'Node',
    priority: 1,
    description: 'The node that it runs on.',
    value: ({ spec }) => spec.nodeName || none,
  },
  {
    name: 'Nominated Node',
    priority: 1,
    description: 'The node where room is being made for it.',
    value: ({ status }) => status.nominatedNodeName || none,
  },
  {
    name: 'Readiness Gates',
    priority: 1,
    description: 'How many of the further conditions for readiness are met.',
    value: readinessGates,
  },
]
