// What a node's agent may put into what it writes: its own Node without taints and labels of others, its own Lease and
// CSINode, mirror pods of its own, the status of pods on it, and tokens and certificates for those. It goes with the Node authorizer,
// which sees the request alone. Texts are upstream's (plugin/pkg/admission/noderestriction).

import type { TokenRequest } from '#api/authentication/token-request.ts'
import type { PodCertificateRequest } from '#api/certificates/pod-certificate-request.ts'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { podReferences } from '#api/core/pod-references.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import { sameValue } from '#api/equal.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { forbidden, notFound, StatusError } from '#api/status-error.ts'
import { nodeOf } from '../authn/user.ts'
import { objectOf } from '../stored.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'

const mirrorAnnotation = 'kubernetes.io/config.mirror'
const leaseNamespace = 'kube-node-lease'

/** Why it is refused; undefined: it is not. */
type Rule = (node: string, context: AdmissionContext) => string | undefined

const quoted = JSON.stringify

function podIn({ call, namespace }: AdmissionContext, name: string): Pod {
  const stored = call.core.registries.of(Pod).find(namespace, name)
  if (!stored) throw notFound(Pod, name)
  return objectOf(stored) as Pod
}

const pod: Rule = (node, context) => {
  const { operation, old, subresource } = context
  if (subresource === 'status') return podStatus(node, context)
  if (subresource === 'eviction') {
    const on = podIn(context, context.name).spec.nodeName
    return on === node ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`
  }
  if (subresource !== '')
    return `unexpected pod subresource ${quoted(subresource)}, only 'status' and 'eviction' are allowed`
  if (operation === 'CREATE') return mirrorPod(node, context)
  if (operation === 'DELETE') {
    const isOwn = (old as Pod).spec.nodeName === node
    return isOwn ? undefined : `node ${quoted(node)} can only delete pods with spec.nodeName set to itself`
  }
  return `unexpected operation ${quoted(operation)}, node ${quoted(node)} can only create and delete mirror pods`
}

function mirrorPod(node: string, { object, call }: AdmissionContext): string | undefined {
  const wanted = object as Pod
  const { metadata, spec } = wanted
  const self = `node ${quoted(node)}`
  if (metadata.annotations?.[mirrorAnnotation] === undefined)
    return `pod does not have ${quoted(mirrorAnnotation)} annotation, ${self} can only create mirror pods`
  if (spec.nodeName !== node) return `${self} can only create pods with spec.nodeName set to itself`
  const owners = metadata.ownerReferences ?? []
  if (owners.length > 1) return `${self} can only create pods with a single owner reference set to itself`
  const [owner] = owners
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    return `${self} can only create pods with an owner reference set to itself`
  if (!owner.controller) return `${self} can only create pods with a controller owner reference set to itself`
  if (owner.blockOwnerDeletion) return `${self} must not set blockOwnerDeletion on an owner reference`
  const stored = call.core.registries.of(Node).find('', node)
  if (!stored) throw notFound(Node, node)
  const { uid } = objectOf(stored).metadata
  if (owner.uid !== uid) return `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`
  if (spec.serviceAccountName) return `${self} can not create pods that reference a service account`
  const { secrets, configMaps, persistentVolumeClaims } = podReferences(wanted)
  if (secrets.size > 0) return `${self} can not create pods that reference secrets`
  if (configMaps.size > 0) return `${self} can not create pods that reference configmaps`
  if (spec.volumes?.some(({ projected }) => projected?.sources?.some((source) => source.clusterTrustBundle)))
    return `${self} can not create pods that reference clustertrustbundles`
  if (spec.volumes?.some(({ projected }) => projected?.sources?.some((source) => source.podCertificate)))
    return `${self} can not create pods that reference podcertificates`
  if (persistentVolumeClaims.size > 0) return `${self} can not create pods that reference persistentvolumeclaims`
  if (spec.resourceClaims?.length) return `${self} can not create pods that reference resourceclaims`
  return undefined
}

function podStatus(node: string, { operation, object, old }: AdmissionContext): string | undefined {
  if (operation !== 'UPDATE') return `unexpected operation ${quoted(operation)}`
  const [next, before] = [object as Pod, old as Pod]
  const self = `node ${quoted(node)}`
  if (before.spec.nodeName !== node)
    return `${self} can only update pod status for pods with spec.nodeName set to itself`
  if (!sameValue(next.metadata.labels ?? {}, before.metadata.labels ?? {}))
    return `${self} cannot update labels through pod status`
  if (!sameValue(next.status?.resourceClaimStatuses ?? [], before.status?.resourceClaimStatuses ?? []))
    return `${self} cannot update resource claim statues`
  return undefined
}

/** Labels of ours that an agent says of its own node; the others in these namespaces say who may run there. */
const agentLabels: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
])

const within = (namespace: string, parent: string): boolean => namespace === parent || namespace.endsWith(`.${parent}`)

function isForbiddenLabel(key: string): boolean {
  const slash = key.indexOf('/')
  const namespace = slash < 0 ? '' : key.slice(0, slash)
  if (within(namespace, 'node-restriction.kubernetes.io')) return true
  if (!within(namespace, 'kubernetes.io') && !within(namespace, 'k8s.io')) return false
  const isAgents = within(namespace, 'kubelet.kubernetes.io') || within(namespace, 'node.kubernetes.io')
  return !isAgents && !agentLabels.has(key)
}

type Labels = Readonly<Record<string, string>>

/** Those that differ and that an agent may not touch. */
export function forbiddenLabels(next: Labels = {}, old: Labels = {}): readonly string[] {
  const keys = new Set([...Object.keys(next), ...Object.keys(old)])
  return [...keys].filter((key) => next[key] !== old[key] && isForbiddenLabel(key)).sort()
}

const ownNode: Rule = (node, { operation, name, object, old }) => {
  const self = `node ${quoted(node)}`
  if (name !== node) return `${self} is not allowed to modify node ${quoted(name)}`
  if (!object) return undefined
  const labels = forbiddenLabels(object.metadata.labels, old?.metadata.labels)
  if (operation === 'CREATE') {
    if ((object as Node).spec?.configSource) return `${self} is not allowed to create pods with a non-nil configSource`
    return labels.length === 0 ? undefined : `${self} is not allowed to set the following labels: ${labels.join(', ')}`
  }
  const [next, before] = [object as Node, old as Node]
  if (next.spec?.configSource && !sameValue(next.spec.configSource, before.spec?.configSource))
    return `${self} is not allowed to update configSource to a new non-nil configSource`
  if (!sameValue(next.spec?.taints ?? [], before.spec?.taints ?? [])) return `${self} is not allowed to modify taints`
  return labels.length === 0 ? undefined : `is not allowed to modify labels: ${labels.join(', ')}`
}

const claim: Rule = (node, { operation, subresource, object, old }) => {
  if (subresource !== 'status') return 'may only update PVC status'
  if (operation !== 'UPDATE') return `unexpected operation ${quoted(operation)}`
  const strip = ({ metadata, status = {}, ...rest }: ApiObject) => {
    const { resourceVersion: _version, managedFields: _fields, ...kept } = metadata
    const { capacity: _c, conditions: _s, allocatedResources: _a, allocatedResourceStatuses: _r, ...other } = status
    return { ...rest, metadata: kept, status: other }
  }
  return sameValue(strip(object!), strip(old!))
    ? undefined
    : `node ${quoted(node)} is not allowed to update fields other than status.capacity and status.conditions`
}

const token: Rule = (node, context) => {
  if (context.operation !== 'CREATE' || context.subresource !== 'token') return undefined
  const { boundObjectRef: ref, audiences = [] } = (context.object as TokenRequest).spec
  if (ref?.apiVersion !== 'v1' || ref.kind !== 'Pod' || !ref.name) return 'node requested token not bound to a pod'
  if (!ref.uid) return 'node requested token with a pod binding without a uid'
  const bound = podIn(context, ref.name)
  if (ref.uid !== bound.metadata.uid)
    return `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`
  if (bound.spec.nodeName !== node) return 'node requested token bound to a pod scheduled on a different node'
  const { apiAudiences } = context.call.core
  const known = new Set([
    '',
    ...apiAudiences,
    ...(bound.spec.volumes ?? []).flatMap(({ projected }) =>
      (projected?.sources ?? []).map(({ serviceAccountToken }) => serviceAccountToken?.audience ?? ''),
    ),
  ])
  const strange = audiences.find((audience) => !known.has(audience))
  return strange === undefined ? undefined : `audience ${quoted(strange)} not found in pod spec volume`
}

const lease: Rule = (node, { namespace, name }) => {
  if (namespace !== leaseNamespace) return `can only access leases in the ${quoted(leaseNamespace)} system namespace`
  return name === node ? undefined : 'can only access node lease with the same name as the requesting node'
}

const csiNode: Rule = (node, { name }) =>
  name === node ? undefined : 'can only access CSINode with the same name as the requesting node'

const resourceSlice: Rule = (node, { operation, object, old }) => {
  const slice = (operation === 'DELETE' ? old : object) as ApiObject
  if (slice.spec?.nodeName === node) return undefined
  return operation === 'DELETE'
    ? 'can only delete ResourceSlices with the same NodeName as the requesting node'
    : 'can only create ResourceSlice with the same NodeName as the requesting node'
}

/** Not forbidden for good: the agent may know of an object that has come, or gone, only just now. */
const inconsistent = (text: string): Error => new StatusError(500, '', text)

function lookedUp(context: AdmissionContext, kind: AnyKind, what: string, namespace: string, name: string): ApiObject {
  const stored = context.call.core.registries.of(kind).find(namespace, name)
  if (stored) return objectOf(stored)
  const place = quoted(namespace === '' ? name : `${namespace}/${name}`)
  const text = `${kind.kind.toLowerCase()} ${quoted(name)} not found`
  throw inconsistent(`while retrieving ${what} ${place} named in the PodCertificateRequest: ${text}`)
}

/** Certificates are asked for only for pods that run on the node, as these are. */
const podCertificateRequest: Rule = (node, context) => {
  const { operation, subresource, namespace, object } = context
  if (operation !== 'CREATE') return `unexpected operation ${operation}`
  if (subresource !== '') return `unexpected subresource ${subresource}`
  const { spec } = object as PodCertificateRequest
  const { nodeName, nodeUID, podName, podUID, serviceAccountName, serviceAccountUID } = spec
  const place = quoted(`${namespace}/${podName}`)
  const request = `PodCertificateRequest for pod ${place}`
  if (nodeName !== node)
    return `PodCertificateRequest.Spec.NodeName=${quoted(nodeName)}, which is not the requesting node ${quoted(node)}`
  const own = lookedUp(context, Node, 'node', '', node).metadata.uid
  if (own !== nodeUID)
    throw inconsistent(
      `${request} names node UID ${quoted(nodeUID)}, inconsistent with the running node (${quoted(own)})`,
    )
  const running = lookedUp(context, Pod, 'pod', namespace, podName) as Pod
  if (podUID !== running.metadata.uid) {
    const differs = `which differs from running pod ${quoted(running.metadata.uid)}`
    throw inconsistent(`${request} contains pod UID (${quoted(podUID)}) ${differs}`)
  }
  if (running.spec.nodeName !== node)
    return `pod ${place} is not running on node ${quoted(node)} named in the PodCertificateRequest`
  if (running.metadata.annotations?.[mirrorAnnotation] !== undefined) return `pod ${place} is a mirror pod`
  const account = running.spec.serviceAccountName ?? ''
  if (serviceAccountName !== account) {
    const differs = `that differs from running pod (${quoted(account)})`
    return `${request} contains serviceAccountName (${quoted(serviceAccountName)}) ${differs}`
  }
  const { uid } = lookedUp(context, ServiceAccount, 'service account', namespace, account).metadata
  if (serviceAccountUID !== uid) {
    const differs = `which differs from the running service account (${quoted(uid)})`
    throw inconsistent(`${request} names service account UID ${quoted(serviceAccountUID)}, ${differs}`)
  }
  return undefined
}

/** By the kind's resource. */
const rules: Readonly<Record<string, Rule>> = {
  pods: pod,
  nodes: ownNode,
  persistentvolumeclaims: claim,
  serviceaccounts: token,
  'leases.coordination.k8s.io': lease,
  'csinodes.storage.k8s.io': csiNode,
  'resourceslices.resource.k8s.io': resourceSlice,
  'podcertificaterequests.certificates.k8s.io': podCertificateRequest,
}

function restrict(context: AdmissionContext): void {
  const { call, kind, name } = context
  const node = nodeOf(call.user)
  if (node === undefined) return
  if (node === '') throw forbidden(kind, name, `could not determine node from user ${quoted(call.user.name)}`)
  const refused = rules[kind.resource]?.(node, context)
  if (refused !== undefined) throw forbidden(kind, name, refused)
}

export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: ({ call, operation }) => operation !== 'CONNECT' && nodeOf(call.user) !== undefined,
  mutate: restrict,
  // A deletion changes nothing, so that it is only looked at here.
  validate: (context) => {
    if (context.operation === 'DELETE') restrict(context)
  },
}
