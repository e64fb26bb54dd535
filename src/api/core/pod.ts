import { formatTime } from '#lib/clock.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { podColumns } from './pod-columns.ts'
import { defaultPod } from './pod-defaults.ts'
import { qosClassOf } from './pod-qos.ts'
import { PodSpec } from './pod-spec.ts'
import { type PodCondition, PodStatus } from './pod-status.ts'
import { hostNameWarning, podWarnings } from './pod-warnings.ts'
import { validateNewPod, validatePod } from './validate-pod.ts'
import { validateEphemeralUpdate, validatePodStatus, validatePodUpdate, validateResize } from './validate-pod-update.ts'

const options = (kind: string) => ({ group: '', version: 'v1', kind })
const connect = ['create', 'get']
const change = ['get', 'patch', 'update']

const podSubresources = [
  { name: 'attach', body: options('PodAttachOptions'), verbs: connect },
  { name: 'binding', body: options('Binding'), verbs: ['create'] },
  { name: 'ephemeralcontainers', verbs: change },
  { name: 'eviction', body: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] },
  { name: 'exec', body: options('PodExecOptions'), verbs: connect },
  { name: 'log', verbs: ['get'] },
  { name: 'portforward', body: options('PodPortForwardOptions'), verbs: connect },
  { name: 'proxy', body: options('PodProxyOptions'), verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  { name: 'resize', verbs: change },
] as const

const heldBack = (nowMs: number): PodCondition => ({
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
  lastTransitionTime: formatTime(nowMs),
})

export const Pod = kind({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'One or more containers that run together on a node and share its network and volumes.',
  fields: {
    spec: PodSpec.at(2, 'What shall run.'),
    status: PodStatus.at(3, 'What is running.'),
  },
  status: true,
  statusKeeps: ['ownerReferences'],
  subresources: podSubresources,
  selectableFields: {
    'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork ?? false),
    'status.phase': (pod) => pod.status.phase ?? '',
    'status.podIP': (pod) => pod.status.podIP ?? '',
    'status.podIPs': (pod) => pod.status.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': (pod) => pod.status.nominatedNodeName ?? '',
  },
  columns: podColumns,
  defaults: defaultPod,
  validate: validatePod,
  validateCreate: validateNewPod,
  validateUpdate: (next, old, errors, subresource) => {
    if (subresource === 'ephemeralcontainers') validateEphemeralUpdate(next, old, errors)
    else if (subresource === 'resize') validateResize(next, old, errors)
    else validatePodUpdate(next, old, errors)
  },
  validateStatusUpdate: validatePodStatus,
  warnings: (pod, old) => (old ? [] : [...hostNameWarning(pod.metadata.name), ...podWarnings(pod)]),
  prepareForCreate: (pod, { nowMs }) => {
    pod.status = { phase: 'Pending', qosClass: qosClassOf(pod.spec) }
    if (pod.spec.schedulingGates?.length) pod.status.conditions = [heldBack(nowMs)]
  },
  prepareForStatusUpdate: (pod, old) => {
    // The class follows from the spec; an agent that does not know it must not take it away.
    if (!pod.status.qosClass && old.status.qosClass) pod.status.qosClass = old.status.qosClass
  },
  gracePeriodSeconds: (pod, asked) => {
    const done = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
    if (!pod.spec.nodeName || done) return 0
    const seconds = asked ?? pod.spec.terminationGracePeriodSeconds ?? 0
    return seconds < 0 ? 1 : seconds
  },
})
export type Pod = ObjectOf<typeof Pod>
