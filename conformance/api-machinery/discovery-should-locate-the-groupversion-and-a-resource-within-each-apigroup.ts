// Every version of every group has a document, and resources in it.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'

const expected = {
  'admissionregistration.k8s.io/v1': 'validatingwebhookconfigurations',
  'apiextensions.k8s.io/v1': 'customresourcedefinitions',
  'apiregistration.k8s.io/v1': 'apiservices',
  'apps/v1': 'deployments',
  'authentication.k8s.io/v1': 'tokenreviews',
  'authorization.k8s.io/v1': 'selfsubjectaccessreviews',
  'autoscaling/v1': 'horizontalpodautoscalers',
  'autoscaling/v2': 'horizontalpodautoscalers',
  'batch/v1': 'jobs',
  'certificates.k8s.io/v1': 'certificatesigningrequests',
  'coordination.k8s.io/v1': 'leases',
  'discovery.k8s.io/v1': 'endpointslices',
  'events.k8s.io/v1': 'events',
  'flowcontrol.apiserver.k8s.io/v1': 'flowschemas',
  'networking.k8s.io/v1': 'ingresses',
  'node.k8s.io/v1': 'runtimeclasses',
  'policy/v1': 'poddisruptionbudgets',
  'rbac.authorization.k8s.io/v1': 'clusterroles',
  'scheduling.k8s.io/v1': 'priorityclasses',
  'storage.k8s.io/v1': 'storageclasses',
}

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Discovery should locate the groupVersion and a resource within each APIGroup',
    since: '1.28',
    clusterScoped: true,
  },
  async (t) => {
    const { groups } = await t.get('/apis')
    const versions: string[] = groups.flatMap(({ versions }: Json) => versions.map((each: Json) => each.groupVersion))
    for (const [groupVersion, resource] of Object.entries(expected)) {
      assert.ok(versions.includes(groupVersion), `/apis has ${groupVersion}`)
      const document = await t.get(`/apis/${groupVersion}`)
      assert.equal(document.groupVersion, groupVersion)
      const found = document.resources.find(({ name }: Json) => name === resource)
      assert.ok(found, `${groupVersion} has ${resource}`)
      assert.equal(typeof found.namespaced, 'boolean')
      assert.ok(found.verbs.length > 0 && found.kind !== '')
    }
  },
)
