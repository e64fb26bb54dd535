// Whether this node takes a pod that has been bound to it: the scheduler has said so, but it may have been wrong,
// or not been asked. Pure. Reasons and messages are upstream's (pkg/kubelet/lifecycle/predicate.go).

import type { NodeSelectorRequirement, NodeSelectorTerm } from '#api/core/node-selector.ts'
import type { Pod } from '#api/core/pod.ts'
import { podRequests } from '#api/core/pod-requests.ts'
import type { Taint, Toleration } from '#api/core/taint.ts'
import { milliValue } from '#api/quantity.ts'
import { own } from '#lib/json.ts'
import type { Verdict } from './observed.ts'

export interface AdmissionNode {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly allocatable: Readonly<Record<string, string>>
  readonly operatingSystem: string
}

/** `others` are the pods that the node has taken and that have not ended. */
export function admit(pod: Pod, others: readonly Pod[], node: AdmissionNode): Verdict | undefined {
  const os = pod.spec.os?.name
  if (os !== undefined && os !== node.operatingSystem)
    return rejected('PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS")
  if (!matchesNode(pod, node)) return rejected('NodeAffinity', 'Predicate NodeAffinity failed')
  if (!toleratesNode(pod, node)) return rejected('TaintToleration', 'Predicate TaintToleration failed')
  if (portsClash(pod, others)) return rejected('NodePorts', 'Predicate NodePorts failed')
  return fits(pod, others, node)
}

const rejected = (reason: string, why: string): Verdict => ({ reason, message: `Pod was rejected: ${why}` })

function fits(pod: Pod, others: readonly Pod[], node: AdmissionNode): Verdict | undefined {
  const lacking = (resource: string, asked: number, used: number, capacity: number) =>
    rejected(
      `OutOf${resource}`,
      `Node didn't have enough resource: ${resource}, requested: ${asked}, used: ${used}, capacity: ${capacity}`,
    )
  const mostPods = milliValue(node.allocatable.pods ?? '110') / 1000
  if (others.length + 1 > mostPods) return lacking('pods', 1, others.length, mostPods)
  const used = new Map<string, number>()
  for (const other of others)
    for (const [name, milli] of podRequests(other.spec)) used.set(name, (used.get(name) ?? 0) + milli)
  for (const [name, asked] of podRequests(pod.spec)) {
    const capacity = milliValue(node.allocatable[name])
    const taken = used.get(name) ?? 0
    if (asked === 0 || asked + taken <= capacity) continue
    // CPU is counted in thousandths, everything else in whole units.
    const unit = name === 'cpu' ? 1 : 1000
    return lacking(name, asked / unit, taken / unit, capacity / unit)
  }
  return undefined
}

export function matchesNode(pod: Pod, node: AdmissionNode): boolean {
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {}))
    if (own(node.labels, key) !== value) return false
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: AdmissionNode): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false
  return (
    matchExpressions.every((r) => matchesRequirement(r, own(node.labels, r.key))) &&
    matchFields.every((r) => r.key === 'metadata.name' && matchesRequirement(r, node.name))
  )
}

function matchesRequirement({ operator, values = [] }: NodeSelectorRequirement, actual: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return actual !== undefined && values.includes(actual)
    case 'NotIn':
      return actual === undefined || !values.includes(actual)
    case 'Exists':
      return actual !== undefined
    case 'DoesNotExist':
      return actual === undefined
    case 'Gt':
      return actual !== undefined && Number(actual) > Number(values[0])
    case 'Lt':
      return actual !== undefined && Number(actual) < Number(values[0])
    default:
      return false
  }
}

/** Only NoExecute counts here: what merely keeps the scheduler away says nothing about a pod that is bound. */
const toleratesNode = (pod: Pod, { taints }: AdmissionNode): boolean =>
  taints
    .filter((taint) => taint.effect === 'NoExecute')
    .every((taint) => (pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint)))

function tolerates({ key = '', operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false
  if (key !== '' && key !== taint.key) return false
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''))
}

function portsClash(pod: Pod, others: readonly Pod[]): boolean {
  const taken = others.flatMap(hostPorts)
  return hostPorts(pod).some((own) =>
    taken.some(
      (t) =>
        t.port === own.port &&
        t.protocol === own.protocol &&
        (t.ip === own.ip || t.ip === '0.0.0.0' || own.ip === '0.0.0.0'),
    ),
  )
}

const hostPorts = (pod: Pod) =>
  pod.spec.containers.flatMap((c) =>
    (c.ports ?? []).flatMap(({ hostPort = 0, protocol = 'TCP', hostIP }) =>
      hostPort > 0 ? [{ port: hostPort, protocol, ip: hostIP || '0.0.0.0' }] : [],
    ),
  )
