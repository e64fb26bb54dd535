// What a node's agent may do: read what pods on it need, and report about itself and its pods. It sees the request
// alone; what is in the object that it writes is looked at by the NodeRestriction admission plugin.

import { parseFieldSelector } from '#api/field-selector.ts'
import type { Attributes, Decision } from '../access.ts'
import { nodeOf } from '../authn/user.ts'
import type { NodeGraph, NodeResource } from './node-graph.ts'
import { nodeRules } from './policy/node-rules.ts'
import { compileRules, keyOf, rulesAllow } from './rule.ts'

const allowed: Decision = { allowed: true, reason: '' }
const no = (reason: string): Decision => ({ allowed: false, reason })
const noOpinion = no('')

const rules = compileRules(nodeRules)

const leaseNamespace = 'kube-node-lease'

type Question = (graph: NodeGraph, node: string, attributes: Attributes) => Decision

function related(graph: NodeGraph, node: string, { namespace, name }: Attributes, resource: NodeResource): Decision {
  if (name === '') return no('No Object name found')
  if (graph.reaches(node, resource, namespace, name)) return allowed
  return no(`no relationship found between node '${node}' and this object`)
}

const getOf =
  (resource: NodeResource): Question =>
  (graph, node, attributes) => {
    if (attributes.verb !== 'get') return no('can only get individual resources of this type')
    if (attributes.subresource !== '') return no('cannot get subresource')
    return related(graph, node, attributes, resource)
  }

const readOf =
  (resource: NodeResource): Question =>
  (graph, node, attributes) => {
    const { verb, subresource, namespace } = attributes
    if (!['get', 'list', 'watch'].includes(verb)) return no('can only read resources of this type')
    if (subresource !== '') return no('cannot read subresource')
    if (namespace === '') return no('can only read namespaced object of this type')
    return related(graph, node, attributes, resource)
  }

const claim: Question = (graph, node, attributes) => {
  if (attributes.subresource !== 'status') return getOf('persistentvolumeclaims')(graph, node, attributes)
  if (!['update', 'patch'].includes(attributes.verb)) return no('can only get/update/patch this type')
  return related(graph, node, attributes, 'persistentvolumeclaims')
}

const serviceAccount: Question = (graph, node, attributes) => {
  const { verb, subresource, name } = attributes
  if (verb === 'get' && subresource === '') return related(graph, node, attributes, 'serviceaccounts')
  if (verb !== 'create' || name === '') return no('can only create tokens for individual service accounts')
  if (subresource !== 'token') return no('can only create token subresource of serviceaccount')
  return related(graph, node, attributes, 'serviceaccounts')
}

const ownVerbs: readonly string[] = ['get', 'create', 'update', 'patch', 'delete']

const lease: Question = (_graph, node, { verb, namespace, name }) => {
  if (!ownVerbs.includes(verb)) return no('can only get, create, update, patch, or delete a node lease')
  if (namespace !== leaseNamespace) return no(`can only access leases in the "${leaseNamespace}" system namespace`)
  // Of a creation the name is not known here; admission looks at it.
  if (verb !== 'create' && name !== node)
    return no('can only access node lease with the same name as the requesting node')
  return allowed
}

const csiNode: Question = (_graph, node, { verb, subresource, name }) => {
  if (!ownVerbs.includes(verb)) return no('can only get, create, update, patch, or delete a CSINode')
  if (subresource !== '') return no('cannot authorize CSINode subresources')
  if (verb !== 'create' && name !== node) return no('can only access CSINode with the same name as the requesting node')
  return allowed
}

/** Whether the request is narrowed to what names this node. */
function selects({ fieldSelector }: Attributes, field: string, node: string): boolean {
  if (!fieldSelector) return false
  try {
    return parseFieldSelector(fieldSelector).exactValue(field) === node
  } catch {
    // What cannot be read is answered with 400 later; here it selects nothing.
    return false
  }
}

const resourceSlice: Question = (graph, node, attributes) => {
  if (attributes.subresource !== '') return no('cannot authorize ResourceSlice subresources')
  switch (attributes.verb) {
    case 'create':
      return allowed
    case 'get':
    case 'update':
    case 'patch':
    case 'delete':
      return related(graph, node, attributes, 'resourceslices')
    case 'list':
    case 'watch':
    case 'deletecollection':
      return selects(attributes, 'spec.nodeName', node) || selects(attributes, 'nodeName', node)
        ? allowed
        : no('can only list/watch/deletecollection resourceslices with nodeName field selector')
    default:
      return no(
        'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
      )
  }
}

/** Reading its own by name: an agent asks for its Node before there is one. */
const ownNode: Question = (_graph, node, { verb, subresource, name }) => {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allowed : noOpinion
  if (subresource !== '') return noOpinion
  if (['create', 'update', 'patch'].includes(verb)) return allowed
  if (!['get', 'list', 'watch'].includes(verb)) return noOpinion
  if (name === node) return allowed
  if (name === '') return no(`node '${node}' cannot read all nodes, only its own Node object`)
  return no(`node '${node}' cannot read '${name}', only its own Node object`)
}

const pod: Question = (graph, node, attributes) => {
  const { verb, subresource, name } = attributes
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allowed : noOpinion
  if (subresource === 'eviction') return verb === 'create' ? allowed : noOpinion
  if (subresource !== '') return noOpinion
  switch (verb) {
    case 'get':
      return related(graph, node, attributes, 'pods')
    case 'list':
    case 'watch':
      if (selects(attributes, 'spec.nodeName', node)) return allowed
      if (name !== '') return related(graph, node, attributes, 'pods')
      return no('can only list/watch pods with spec.nodeName field selector')
    case 'create':
    case 'delete':
      return allowed
    default:
      return noOpinion
  }
}

const podCertificateRequest: Question = (graph, node, attributes) => {
  switch (attributes.verb) {
    case 'create':
      return allowed
    case 'get':
      return related(graph, node, attributes, 'podcertificaterequests')
    case 'list':
    case 'watch':
      return selects(attributes, 'spec.nodeName', node)
        ? allowed
        : no('can only list/watch podcertificaterequests with nodeName field selector')
    default:
      return no('nodes may not modify podcertificaterequests after creation')
  }
}

const questions: Readonly<Record<string, Question>> = {
  '/secrets': readOf('secrets'),
  '/configmaps': readOf('configmaps'),
  '/persistentvolumeclaims': claim,
  '/persistentvolumes': getOf('persistentvolumes'),
  '/serviceaccounts': serviceAccount,
  '/nodes': ownNode,
  '/pods': pod,
  'resource.k8s.io/resourceclaims': getOf('resourceclaims'),
  'resource.k8s.io/resourceslices': resourceSlice,
  'storage.k8s.io/volumeattachments': getOf('volumeattachments'),
  'storage.k8s.io/csinodes': csiNode,
  'coordination.k8s.io/leases': lease,
  'certificates.k8s.io/podcertificaterequests': podCertificateRequest,
}

export function authorizeNode(graph: NodeGraph, attributes: Attributes): Decision {
  const node = nodeOf(attributes.user)
  if (node === undefined) return noOpinion
  if (node === '') return no(`unknown node for user ${JSON.stringify(attributes.user.name)}`)
  const question = attributes.isResource ? questions[`${attributes.group}/${attributes.resource}`] : undefined
  if (question) return question(graph, node, attributes)
  return rulesAllow(rules, attributes, keyOf(attributes)) ? allowed : noOpinion
}
