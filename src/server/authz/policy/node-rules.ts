// What every node may ask for, whatever runs on it; the Node authorizer narrows some of it down further.

import type { PolicyRule } from '#api/rbac/rule.ts'
import { allow, read } from './notation.ts'

export const nodeRules: readonly PolicyRule[] = [
  // Who calls the agent's own API, and may he?
  allow('create', 'authentication.k8s.io', 'tokenreviews'),
  allow('create', 'authorization.k8s.io', 'localsubjectaccessreviews subjectaccessreviews'),
  // Containers get variables about services.
  allow(read, 'core', 'services'),
  allow('create get list watch', 'core', 'nodes'),
  allow('patch update', 'core', 'nodes/status'),
  allow('patch update', 'core', 'nodes'),
  allow('create patch update', 'core', 'events'),
  allow(read, 'core', 'pods'),
  // Mirror pods.
  allow('create delete', 'core', 'pods'),
  allow('patch update', 'core', 'pods/status'),
  allow('create', 'core', 'pods/eviction'),
  allow(read, 'core', 'configmaps secrets'),
  allow('get', 'core', 'persistentvolumeclaims persistentvolumes'),
  allow('get', 'core', 'endpoints'),
  allow('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
  allow('create delete get patch update', 'coordination.k8s.io', 'leases'),
  allow('get', 'storage.k8s.io', 'volumeattachments'),
  allow('create', 'core', 'serviceaccounts/token'),
  allow('get patch update', 'core', 'persistentvolumeclaims/status'),
  allow(read, 'storage.k8s.io', 'csidrivers'),
  allow('create delete get patch update', 'storage.k8s.io', 'csinodes'),
  allow(read, 'node.k8s.io', 'runtimeclasses'),
  allow('get', 'resource.k8s.io', 'resourceclaims'),
  allow('deletecollection', 'resource.k8s.io', 'resourceslices'),
  allow('create get list watch', 'certificates.k8s.io', 'podcertificaterequests'),
  allow(read, 'certificates.k8s.io', 'clustertrustbundles'),
  allow('get', 'core', 'serviceaccounts'),
]
