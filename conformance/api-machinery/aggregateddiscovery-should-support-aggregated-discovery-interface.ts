// The aggregated document has every built-in group and version, each with its resources.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { aggregated, resourceIn } from '../fixtures/aggregated-discovery.ts'

const expected = [
  ['', 'v1', 'pods', 'Pod', 'Namespaced'],
  ['', 'v1', 'namespaces', 'Namespace', 'Cluster'],
  ['apps', 'v1', 'deployments', 'Deployment', 'Namespaced'],
  [
    'admissionregistration.k8s.io',
    'v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    'Cluster',
  ],
  ['apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition', 'Cluster'],
  ['apiregistration.k8s.io', 'v1', 'apiservices', 'APIService', 'Cluster'],
  ['batch', 'v1', 'jobs', 'Job', 'Namespaced'],
  ['networking.k8s.io', 'v1', 'ingresses', 'Ingress', 'Namespaced'],
  ['rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', 'Cluster'],
  ['storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', 'Cluster'],
] as const

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AggregatedDiscovery should support aggregated discovery interface',
    since: '1.30',
    clusterScoped: true,
  },
  async (t) => {
    const items = [...(await aggregated(t, '/api')).items, ...(await aggregated(t, '/apis')).items]
    for (const [group, version, resource, kind, scope] of expected) {
      const found = resourceIn(items, group, version, resource)
      assert.ok(found, `${group}/${version} has ${resource}`)
      assert.partialDeepStrictEqual(found, { responseKind: { kind }, scope })
      for (const verb of ['create', 'get', 'list', 'watch', 'delete']) assert.ok(found.verbs.includes(verb), verb)
    }
    const pods = resourceIn(items, '', 'v1', 'pods')
    const parts = pods.subresources.map(({ subresource }: Json) => subresource)
    for (const part of ['status', 'log', 'exec']) assert.ok(parts.includes(part), `pods/${part}`)
  },
)
