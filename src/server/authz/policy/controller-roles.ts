// What each controller may do. Each has a service account of its own in kube-system, by its name, as upstream
// (bootstrappolicy/controller_policy.go), so that controllers from elsewhere that run under these names work too.

import type { PolicyRule } from '#api/rbac/rule.ts'
import { account, allow, bind, events, type Policy, read } from './notation.ts'

const apps = 'apps extensions'
const rw = 'create delete get list patch update watch'
const children = 'create delete list patch watch'
const status = 'patch update'

const rulesOf: Readonly<Record<string, readonly PolicyRule[]>> = {
  'attachdetach-controller': [
    allow('list watch', 'core', 'persistentvolumeclaims persistentvolumes'),
    allow(read, 'core', 'nodes'),
    allow(status, 'core', 'nodes/status'),
    allow('list watch', 'core', 'pods'),
    events,
    allow('create delete get list watch', 'storage.k8s.io', 'volumeattachments'),
    allow(read, 'storage.k8s.io', 'csidrivers'),
    allow(read, 'storage.k8s.io', 'csinodes'),
  ],
  'certificate-controller': [
    allow('delete get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
    allow('update', 'certificates.k8s.io', 'certificatesigningrequests/approval certificatesigningrequests/status'),
    allow('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client-kubelet'),
    allow(
      'sign',
      'certificates.k8s.io',
      'signers',
      `kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving
      kubernetes.io/legacy-unknown`,
    ),
    allow('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    events,
  ],
  'clusterrole-aggregation-controller': [
    allow('escalate get list patch update watch', 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'cronjob-controller': [
    allow('get list update watch', 'batch', 'cronjobs'),
    allow(rw, 'batch', 'jobs'),
    allow('update', 'batch', 'cronjobs/status'),
    allow('update', 'batch', 'cronjobs/finalizers'),
    allow('delete list watch', 'core', 'pods'),
    events,
  ],
  'daemon-set-controller': [
    allow(read, apps, 'daemonsets'),
    allow('update', apps, 'daemonsets/status'),
    allow('update', apps, 'daemonsets/finalizers'),
    allow('list watch', 'core', 'nodes'),
    allow(children, 'core', 'pods'),
    allow('create', 'core', 'pods/binding'),
    allow(rw, 'apps', 'controllerrevisions'),
    events,
  ],
  'deployment-controller': [
    allow('get list update watch', apps, 'deployments'),
    allow('update', apps, 'deployments/status'),
    allow('update', apps, 'deployments/finalizers'),
    allow(rw, apps, 'replicasets'),
    allow('get list update watch', 'core', 'pods'),
    events,
  ],
  'device-taint-eviction-controller': [
    allow('delete get list watch', 'core', 'pods'),
    allow(status, 'core', 'pods/status'),
    allow(read, 'resource.k8s.io', 'resourceclaims'),
    allow(read, 'resource.k8s.io', 'resourceslices'),
    allow(read, 'resource.k8s.io', 'deviceclasses'),
    events,
  ],
  'disruption-controller': [
    allow(read, apps, 'deployments'),
    allow(read, apps, 'replicasets'),
    allow(read, 'core', 'replicationcontrollers'),
    allow(read, 'policy', 'poddisruptionbudgets'),
    allow(read, 'apps', 'statefulsets'),
    allow('update', 'policy', 'poddisruptionbudgets/status'),
    allow(status, 'core', 'pods/status'),
    allow('get', '*', '*/scale'),
    events,
  ],
  'endpoint-controller': [
    allow(read, 'core', 'pods services'),
    allow('create delete get list update watch', 'core', 'endpoints'),
    allow('create', 'core', 'endpoints/restricted'),
    events,
  ],
  'endpointslice-controller': [
    allow(read, 'core', 'nodes pods services'),
    allow('update', 'core', 'services/finalizers'),
    allow('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
    events,
  ],
  'endpointslicemirroring-controller': [
    allow(read, 'core', 'endpoints services'),
    allow('update', 'core', 'services/finalizers'),
    allow('update', 'core', 'endpoints/finalizers'),
    allow('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
    events,
  ],
  'ephemeral-volume-controller': [
    allow(read, 'core', 'pods'),
    allow('update', 'core', 'pods/finalizers'),
    allow('create get list watch', 'core', 'persistentvolumeclaims'),
    events,
  ],
  'expand-controller': [
    allow('get list patch update watch', 'core', 'persistentvolumes'),
    allow(status, 'core', 'persistentvolumeclaims/status'),
    allow(read, 'core', 'persistentvolumeclaims'),
    events,
  ],
  'generic-garbage-collector': [allow('delete get list patch update watch', '*', '*'), events],
  'horizontal-pod-autoscaler': [
    allow(read, 'autoscaling', 'horizontalpodautoscalers'),
    allow('update', 'autoscaling', 'horizontalpodautoscalers/status'),
    allow('get update', '*', '*/scale'),
    allow('list watch', 'core', 'pods'),
    allow('list watch', 'metrics.k8s.io', 'pods'),
    allow(read, 'custom.metrics.k8s.io', '*'),
    allow(read, 'external.metrics.k8s.io', '*'),
    events,
  ],
  'job-controller': [
    allow('get list patch update watch', 'batch', 'jobs'),
    allow('update', 'batch', 'jobs/status'),
    allow('update', 'batch', 'jobs/finalizers'),
    allow(children, 'core', 'pods'),
    events,
  ],
  'legacy-service-account-token-cleaner': [
    allow('get', 'core', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
    allow('delete patch', 'core', 'secrets'),
  ],
  'namespace-controller': [
    allow('delete get list watch', 'core', 'namespaces'),
    allow('update', 'core', 'namespaces/finalize namespaces/status'),
    allow('delete deletecollection get list watch', '*', '*'),
  ],
  'node-controller': [
    allow('delete get list patch update watch', 'core', 'nodes'),
    allow(status, 'core', 'nodes/status'),
    allow(status, 'core', 'pods/status'),
    allow('delete get list watch', 'core', 'pods'),
    events,
  ],
  'persistent-volume-binder': [
    allow('create delete get list update watch', 'core', 'persistentvolumes'),
    allow('update', 'core', 'persistentvolumes/status'),
    allow('get list update watch', 'core', 'persistentvolumeclaims'),
    allow('update', 'core', 'persistentvolumeclaims/status'),
    allow('create delete get list watch', 'core', 'pods'),
    allow(read, 'storage.k8s.io', 'storageclasses'),
    allow('list watch', 'core', 'nodes'),
    events,
    allow('watch', 'core', 'events'),
  ],
  'pod-garbage-collector': [
    allow('delete list watch', 'core', 'pods'),
    allow(read, 'core', 'nodes'),
    allow('patch', 'core', 'pods/status'),
  ],
  'podcertificaterequestcleaner-controller': [
    allow('delete get list watch', 'certificates.k8s.io', 'podcertificaterequests'),
    events,
  ],
  'pv-protection-controller': [allow('get list update watch', 'core', 'persistentvolumes'), events],
  'pvc-protection-controller': [
    allow('get list update watch', 'core', 'persistentvolumeclaims'),
    allow('update', 'core', 'persistentvolumeclaims/status'),
    allow(read, 'core', 'pods'),
    events,
  ],
  'replicaset-controller': [
    allow('get list update watch', apps, 'replicasets'),
    allow('update', apps, 'replicasets/status'),
    allow('update', apps, 'replicasets/finalizers'),
    allow(children, 'core', 'pods'),
    events,
  ],
  'replication-controller': [
    allow('get list update watch', 'core', 'replicationcontrollers'),
    allow('update', 'core', 'replicationcontrollers/status'),
    allow('update', 'core', 'replicationcontrollers/finalizers'),
    allow(children, 'core', 'pods'),
    events,
  ],
  'resource-claim-controller': [
    allow(read, 'core', 'pods'),
    allow('update', 'core', 'pods/finalizers'),
    allow('create delete get list watch', 'resource.k8s.io', 'resourceclaims'),
    allow(status, 'resource.k8s.io', 'resourceclaims resourceclaims/status'),
    allow(status, 'core', 'pods/status'),
    events,
    allow(status, 'resource.k8s.io', 'resourceclaims/binding'),
  ],
  'resourcequota-controller': [allow('list watch', '*', '*'), allow('update', 'core', 'resourcequotas/status'), events],
  'root-ca-cert-publisher': [allow('create update', 'core', 'configmaps'), events],
  'route-controller': [allow('list watch', 'core', 'nodes'), allow('patch', 'core', 'nodes/status'), events],
  'selinux-warning-controller': [
    events,
    allow(read, 'core', 'persistentvolumes'),
    allow(read, 'core', 'persistentvolumeclaims'),
    allow(read, 'core', 'pods'),
    allow(read, 'storage.k8s.io', 'csidrivers'),
  ],
  'service-account-controller': [allow('create', 'core', 'serviceaccounts'), events],
  'service-cidrs-controller': [
    allow('get list patch update watch', 'networking.k8s.io', 'servicecidrs'),
    allow(status, 'networking.k8s.io', 'servicecidrs/finalizers'),
    allow(status, 'networking.k8s.io', 'servicecidrs/status'),
    allow(read, 'networking.k8s.io', 'ipaddresses'),
    events,
  ],
  'service-controller': [
    allow(read, 'core', 'services'),
    allow(status, 'core', 'services/status'),
    allow('list watch', 'core', 'nodes'),
    events,
  ],
  'statefulset-controller': [
    allow('list watch', 'core', 'pods'),
    allow(read, 'apps', 'statefulsets'),
    allow('update', 'apps', 'statefulsets/status'),
    allow('update', 'apps', 'statefulsets/finalizers'),
    allow('create delete get patch update', 'core', 'pods'),
    allow(rw, 'apps', 'controllerrevisions'),
    allow('create get list watch', 'core', 'persistentvolumeclaims'),
    allow('delete update', 'core', 'persistentvolumeclaims'),
    allow('update', 'core', 'pods/finalizers'),
    events,
  ],
  'storage-version-migrator-controller': [
    allow('list patch', '*', '*'),
    allow(read, 'storagemigration.k8s.io', 'storageversionmigrations'),
    allow('update', 'storagemigration.k8s.io', 'storageversionmigrations/status'),
  ],
  'ttl-after-finished-controller': [allow('delete get list watch', 'batch', 'jobs'), events],
  'ttl-controller': [allow('list patch update watch', 'core', 'nodes'), events],
  'validatingadmissionpolicy-status-controller': [
    allow(read, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
    allow('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
    events,
  ],
  'volumeattributesclass-protection-controller': [
    allow(read, 'core', 'persistentvolumeclaims'),
    allow(read, 'core', 'persistentvolumes'),
    allow('get list update watch', 'storage.k8s.io', 'volumeattributesclasses'),
    events,
  ],
}

const roleName = (controller: string): string => `system:controller:${controller}`

export const controllerPolicy: Policy = {
  roles: Object.entries(rulesOf).map(([controller, rules]) => ({ namespace: '', name: roleName(controller), rules })),
  bindings: Object.keys(rulesOf).map((controller) => bind(roleName(controller), [account(controller)])),
}
