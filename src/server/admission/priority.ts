// A pod's priority follows from its class, never from what it says itself; and of classes only one is the default.

import { Pod } from '#api/core/pod.ts'
import { PriorityClass } from '#api/scheduling/priority-class.ts'
import { forbidden } from '#api/status-error.ts'
import { own } from '#lib/json.ts'
import type { Core } from '../call.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'
import { derived, find } from './classes.ts'

interface Rank {
  /** Of the class; empty where there is none. */
  readonly name: string
  readonly value: number
  readonly preemptionPolicy: string
}

const preempts = 'PreemptLowerPriority'

/** The classes that are there even while nobody has made them yet. */
const builtIn: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

const rankOf = ({ metadata, value = 0, preemptionPolicy = preempts }: PriorityClass): Rank => ({
  name: metadata.name ?? '',
  value,
  preemptionPolicy,
})

const marked = derived(PriorityClass, (one) => (one.globalDefault ? rankOf(one) : undefined))

/** Two that were made at the same moment may both be the default; the lower one then is. */
const defaultRank = (core: Core): Rank | undefined =>
  marked(core).reduce<Rank | undefined>((best, one) => (best && best.value <= one.value ? best : one), undefined)

function rankFor({ call, kind, name }: AdmissionContext, className: string): Rank {
  const none: Rank = { name: '', value: 0, preemptionPolicy: preempts }
  if (className === '') return defaultRank(call.core) ?? none
  const found = find(call.core, PriorityClass, className)
  if (found) return rankOf(found)
  const value = own(builtIn, className)
  if (value === undefined) throw forbidden(kind, name, `no PriorityClass with name ${className} was found`)
  return { ...none, name: className, value }
}

const computed = (field: string, given: unknown, wanted: unknown): string =>
  `the ${field} (${given}) must not be provided in pod spec; priority admission controller computed ${wanted} from the given PriorityClass name`

function rank(context: AdmissionContext): void {
  const { kind, name } = context
  const { spec } = context.object as Pod
  const wanted = rankFor(context, spec.priorityClassName ?? '')
  const { priority, preemptionPolicy } = spec
  if (priority !== undefined && priority !== wanted.value)
    throw forbidden(kind, name, computed('integer value of priority', priority, wanted.value))
  if (preemptionPolicy !== undefined && preemptionPolicy !== wanted.preemptionPolicy)
    throw forbidden(kind, name, computed('string value of PreemptionPolicy', preemptionPolicy, wanted.preemptionPolicy))
  if (wanted.name !== '') spec.priorityClassName = wanted.name
  spec.priority = wanted.value
  spec.preemptionPolicy = wanted.preemptionPolicy as typeof preemptionPolicy
}

/** Who replaces a pod need not repeat what was made for him. */
function keepRank({ object, old }: AdmissionContext): void {
  const [{ spec }, { spec: before }] = [object as Pod, old as Pod]
  if (before.priority !== undefined) spec.priority ??= before.priority
  if (before.preemptionPolicy !== undefined) spec.preemptionPolicy ??= before.preemptionPolicy
}

function checkDefault({ call, kind, name, object }: AdmissionContext): void {
  if (!(object as PriorityClass).globalDefault) return
  const other = defaultRank(call.core)
  if (!other || other.name === name) return
  const why = `PriorityClass ${other.name} is already marked as default. Only one default can exist`
  throw forbidden(kind, name, why)
}

export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: ({ operation, kind: { resource }, subresource }) =>
    subresource === '' &&
    (resource === Pod.resource || resource === PriorityClass.resource) &&
    (operation === 'CREATE' || operation === 'UPDATE'),
  mutate: (context) => {
    if (context.kind.resource !== Pod.resource) return
    if (context.operation === 'CREATE') rank(context)
    else keepRank(context)
  },
  validate: (context) => {
    if (context.kind.resource === PriorityClass.resource) checkDefault(context)
  },
}
