// The ClusterRoles of every cluster and who has them, as upstream has them (bootstrappolicy/policy.go), and after them
// those of our own parts. What the roles `admin`, `edit` and `view` allow comes from roles with a label, so that
// whoever adds a kind can add to them.

import { mastersGroup, nodesGroup, serviceAccountsGroup } from '../../authn/user.ts'
import { nodeRules } from './node-rules.ts'
import {
  account,
  allow,
  allowPaths,
  bind,
  type DefaultRole,
  events,
  group,
  type Policy,
  read,
  readWrite,
  user,
  write,
} from './notation.ts'

const role = (name: string, ...rules: DefaultRole['rules']): DefaultRole => ({ namespace: '', name, rules })

const aggregationLabel = (to: string): string => `rbac.authorization.k8s.io/aggregate-to-${to}`

const labelled = (to: string, from: DefaultRole): DefaultRole => ({
  ...from,
  labels: { ...from.labels, [aggregationLabel(to)]: 'true' },
})

const gathered = (name: string): DefaultRole => ({
  namespace: '',
  name,
  rules: [],
  aggregates: aggregationLabel(name),
})

const signers = (verb: string, name: string) => allow(verb, 'certificates.k8s.io', 'signers', name)

const aggregateToAdmin = role(
  'system:aggregate-to-admin',
  allow('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
  allow(readWrite, 'rbac.authorization.k8s.io', 'rolebindings roles'),
)

const aggregateToEdit = role(
  'system:aggregate-to-edit',
  allow(read, 'core', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
  allow('impersonate', 'core', 'serviceaccounts'),
  allow(write, 'core', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
  allow('create', 'core', 'pods/eviction'),
  allow(
    write,
    'core',
    `configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets
    serviceaccounts services services/proxy`,
  ),
  allow('create', 'core', 'serviceaccounts/token'),
  allow(
    write,
    'apps',
    `daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets
    statefulsets/scale`,
  ),
  allow(write, 'autoscaling', 'horizontalpodautoscalers'),
  allow(write, 'batch', 'cronjobs jobs'),
  allow(
    write,
    'extensions',
    `daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets
    replicasets/scale replicationcontrollers/scale`,
  ),
  allow(write, 'policy', 'poddisruptionbudgets'),
  allow(write, 'networking.k8s.io', 'ingresses networkpolicies'),
  allow(readWrite, 'coordination.k8s.io', 'leases'),
  allow(write, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
)

const aggregateToView = role(
  'system:aggregate-to-view',
  allow(
    read,
    'core',
    `configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers
    replicationcontrollers/scale serviceaccounts services services/status`,
  ),
  allow(
    read,
    'core',
    `bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas
    resourcequotas/status`,
  ),
  allow(read, 'core', 'namespaces'),
  allow(read, 'discovery.k8s.io', 'endpointslices'),
  allow(
    read,
    'apps',
    `controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets
    replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status`,
  ),
  allow(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  allow(read, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
  allow(
    read,
    'extensions',
    `daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status
    networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale`,
  ),
  allow(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  allow(read, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
  allow(read, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
)

const kubeControllerManager = role(
  'system:kube-controller-manager',
  events,
  allow('create', 'coordination.k8s.io', 'leases'),
  allow('get update', 'coordination.k8s.io', 'leases', 'kube-controller-manager'),
  allow('create', 'core', 'secrets serviceaccounts'),
  allow('delete', 'core', 'secrets'),
  allow('get', 'core', 'configmaps namespaces secrets serviceaccounts'),
  allow('update', 'core', 'secrets serviceaccounts'),
  allow('create', 'authentication.k8s.io', 'tokenreviews'),
  allow('create', 'authorization.k8s.io', 'subjectaccessreviews'),
  allow('list watch', '*', '*'),
  allow('create', 'core', 'serviceaccounts/token'),
)

const kubeScheduler = role(
  'system:kube-scheduler',
  events,
  allow('create', 'coordination.k8s.io', 'leases'),
  allow('get list update watch', 'coordination.k8s.io', 'leases', 'kube-scheduler'),
  allow(readWrite, 'coordination.k8s.io', 'leasecandidates'),
  allow(read, 'core', 'nodes'),
  allow('delete get list watch', 'core', 'pods'),
  allow('create', 'core', 'bindings pods/binding'),
  allow('patch update', 'core', 'pods/status'),
  allow(read, 'core', 'replicationcontrollers services'),
  allow(read, 'apps extensions', 'replicasets'),
  allow(read, 'apps', 'statefulsets'),
  allow(read, 'policy', 'poddisruptionbudgets'),
  allow(read, 'core', 'persistentvolumeclaims persistentvolumes'),
  allow('create', 'authentication.k8s.io', 'tokenreviews'),
  allow('create', 'authorization.k8s.io', 'subjectaccessreviews'),
  allow(read, 'storage.k8s.io', 'csinodes'),
  allow(read, 'storage.k8s.io', 'volumeattachments'),
  allow(read, 'core', 'namespaces'),
  allow(read, 'storage.k8s.io', 'csidrivers'),
  allow(read, 'storage.k8s.io', 'csistoragecapacities'),
  allow(read, 'resource.k8s.io', 'deviceclasses'),
  allow(`${read} patch update`, 'resource.k8s.io', 'resourceclaims'),
  allow(`${read} patch update`, 'resource.k8s.io', 'resourceclaims/status'),
  allow(`${read} patch update`, 'core', 'pods/finalizers'),
  allow(read, 'resource.k8s.io', 'resourceslices'),
  allow(read, 'resource.k8s.io', 'devicetaintrules'),
)

const roles: readonly DefaultRole[] = [
  role('cluster-admin', allow('*', '*', '*'), allowPaths('*', '*')),
  gathered('admin'),
  labelled('admin', gathered('edit')),
  labelled('edit', gathered('view')),
  labelled('admin', aggregateToAdmin),
  labelled('edit', aggregateToEdit),
  labelled('view', aggregateToView),
  role(
    'system:discovery',
    allowPaths('get', '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/'),
  ),
  role('system:public-info-viewer', allowPaths('get', '/healthz /livez /readyz /version /version/')),
  role(
    'system:basic-user',
    allow('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    allow('create', 'authentication.k8s.io', 'selfsubjectreviews'),
  ),
  role(
    'system:monitoring',
    allowPaths('get', '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*'),
    allowPaths('get', '/flagz'),
    allowPaths('get', '/statusz'),
  ),
  role(
    'system:auth-delegator',
    allow('create', 'authentication.k8s.io', 'tokenreviews'),
    allow('create', 'authorization.k8s.io', 'subjectaccessreviews'),
  ),
  role(
    'system:heapster',
    allow(read, 'core', 'events namespaces nodes pods'),
    allow(read, 'extensions', 'deployments'),
  ),
  role('system:kube-aggregator', allow(read, 'core', 'endpoints services')),
  role('system:kube-dns', allow('list watch', 'core', 'endpoints services')),
  role(
    'system:kubelet-api-admin',
    allow(read, 'core', 'nodes'),
    allow('proxy', 'core', 'nodes'),
    allow('*', 'core', 'nodes/log nodes/metrics nodes/proxy nodes/stats'),
    allow('*', 'core', 'nodes/configz nodes/healthz nodes/pods'),
  ),
  role('system:node', ...nodeRules),
  role('system:node-bootstrapper', allow('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests')),
  role('system:node-problem-detector', allow('get', 'core', 'nodes'), allow('patch', 'core', 'nodes/status'), events),
  role(
    'system:node-proxier',
    allow('list watch', 'core', 'endpoints services'),
    allow(read, 'core', 'nodes'),
    events,
    allow('list watch', 'networking.k8s.io', 'servicecidrs'),
    allow('list watch', 'discovery.k8s.io', 'endpointslices'),
  ),
  role(
    'system:persistent-volume-provisioner',
    allow('create delete get list watch', 'core', 'persistentvolumes'),
    allow('get list update watch', 'core', 'persistentvolumeclaims'),
    allow(read, 'storage.k8s.io', 'storageclasses'),
    allow('watch', 'core', 'events'),
    events,
  ),
  role(
    'system:service-account-issuer-discovery',
    allowPaths(
      'get',
      `/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks
      /openid/v1/jwks/`,
    ),
  ),
  role(
    'system:volume-scheduler',
    allow(`${read} patch update`, 'core', 'persistentvolumes'),
    allow(read, 'storage.k8s.io', 'storageclasses'),
    allow(`${read} patch update`, 'core', 'persistentvolumeclaims'),
  ),
  role('system:cluster-trust-bundle-discovery', allow(read, 'certificates.k8s.io', 'clustertrustbundles')),
  role(
    'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    allow('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient'),
  ),
  role(
    'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    allow('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient'),
  ),
  role(
    'system:certificates.k8s.io:kube-apiserver-client-approver',
    signers('approve', 'kubernetes.io/kube-apiserver-client'),
  ),
  role(
    'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver',
    signers('approve', 'kubernetes.io/kube-apiserver-client-kubelet'),
  ),
  role('system:certificates.k8s.io:kubelet-serving-approver', signers('approve', 'kubernetes.io/kubelet-serving')),
  role('system:certificates.k8s.io:legacy-unknown-approver', signers('approve', 'kubernetes.io/legacy-unknown')),
  kubeControllerManager,
  kubeScheduler,
]

const authenticated = group('system:authenticated')
const scheduler = user('system:kube-scheduler')

export const clusterPolicy: Policy = {
  roles,
  bindings: [
    bind('cluster-admin', [group(mastersGroup)]),
    bind('system:monitoring', [group('system:monitoring')]),
    bind('system:discovery', [authenticated]),
    bind('system:basic-user', [authenticated]),
    bind('system:public-info-viewer', [authenticated, group('system:unauthenticated')]),
    bind('system:node-proxier', [user('system:kube-proxy')]),
    bind('system:kube-controller-manager', [user('system:kube-controller-manager')]),
    bind('system:kube-dns', [account('kube-dns')]),
    bind('system:kube-scheduler', [scheduler]),
    bind('system:volume-scheduler', [scheduler]),
    // Nodes are let in by the Node authorizer; the binding is there for whoever adds to it.
    bind('system:node', []),
    bind('system:service-account-issuer-discovery', [group(serviceAccountsGroup)]),
    bind('system:cluster-trust-bundle-discovery', [group(serviceAccountsGroup)]),
  ],
}

const joining = group('system:bootstrappers')
const requestRole = 'system:certificates.k8s.io:certificatesigningrequests'

/** What metrics-server brings along, whose API this server answers by itself: who may see pods may see what they use. */
export const metricsPolicy: Policy = {
  roles: [
    ['admin', 'edit', 'view'].reduce(
      (reader, to) => labelled(to, reader),
      role('system:aggregated-metrics-reader', allow(read, 'metrics.k8s.io', 'nodes pods')),
    ),
  ],
  bindings: [],
}

/** Our agents are service proxy, name service and network in one, and ask for all of it as their node. */
export const agentPolicy: Policy = {
  roles: [
    role(
      'pinnace:agent',
      allow('list watch', 'core', 'endpoints namespaces nodes pods services'),
      allow('list watch', 'discovery.k8s.io', 'endpointslices'),
      allow('list watch', 'networking.k8s.io', 'networkpolicies servicecidrs'),
    ),
    role('pinnace:selfnodeserver', allow('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeserver')),
  ],
  bindings: [
    bind('pinnace:agent', [group(nodesGroup)]),
    bind('pinnace:selfnodeserver', [group(nodesGroup)]),
    bind('system:node-bootstrapper', [joining], 'pinnace:node-bootstrapper'),
    // Certificates of nodes are approved without asking: those who join get theirs, and renew it.
    bind(
      'system:certificates.k8s.io:kubelet-serving-approver',
      [account('certificate-controller')],
      'pinnace:node-autoapprove-serving',
    ),
    bind(`${requestRole}:nodeclient`, [joining], 'pinnace:node-autoapprove-bootstrap'),
    bind(`${requestRole}:selfnodeclient`, [group(nodesGroup)], 'pinnace:node-autoapprove-certificate-rotation'),
  ],
}
