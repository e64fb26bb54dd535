// The Roles of kube-system and kube-public, as upstream (bootstrappolicy/namespace_policy.go).

import type { PolicyRule } from '#api/rbac/rule.ts'
import { account, allow, bindIn, type DefaultRole, events, type Policy, read, user } from './notation.ts'

const role = (namespace: string, name: string, ...rules: readonly PolicyRule[]): DefaultRole => ({
  namespace,
  name,
  rules,
})

const system = 'kube-system'
const controllerManager = user('system:kube-controller-manager')
const scheduler = user('system:kube-scheduler')

const leading = (component: string): DefaultRole =>
  role(
    system,
    `system::leader-locking-${component}`,
    allow('create get list update watch', 'coordination.k8s.io', 'leases'),
    allow('create get list update watch', 'coordination.k8s.io', 'leasecandidates'),
  )

export const namespacePolicy: Policy = {
  roles: [
    role(
      'kube-public',
      'system:controller:bootstrap-signer',
      allow(read, 'core', 'configmaps'),
      allow('update', 'core', 'configmaps', 'cluster-info'),
      events,
    ),
    role(
      system,
      'extension-apiserver-authentication-reader',
      allow(read, 'core', 'configmaps', 'extension-apiserver-authentication'),
    ),
    leading('kube-controller-manager'),
    leading('kube-scheduler'),
    role(system, 'system:controller:bootstrap-signer', allow(read, 'core', 'secrets')),
    role(system, 'system:controller:cloud-provider', allow('create get list watch', 'core', 'configmaps')),
    role(system, 'system:controller:token-cleaner', allow('delete get list watch', 'core', 'secrets'), events),
  ],
  bindings: [
    bindIn('kube-public', 'system:controller:bootstrap-signer', [account('bootstrap-signer')]),
    bindIn(
      system,
      'extension-apiserver-authentication-reader',
      [controllerManager, scheduler],
      'system::extension-apiserver-authentication-reader',
    ),
    bindIn(system, 'system::leader-locking-kube-controller-manager', [
      controllerManager,
      account('kube-controller-manager'),
    ]),
    bindIn(system, 'system::leader-locking-kube-scheduler', [scheduler, account('kube-scheduler')]),
    bindIn(system, 'system:controller:bootstrap-signer', [account('bootstrap-signer')]),
    bindIn(system, 'system:controller:cloud-provider', [account('cloud-provider')]),
    bindIn(system, 'system:controller:token-cleaner', [account('token-cleaner')]),
  ],
}
