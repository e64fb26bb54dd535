// A namespace goes with its services: one of the same name that comes after it has none.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeNamespace, within } from '../fixtures/namespaces.ts'
import { isGone } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Namespaces should ensure that all services are removed when a namespace is deleted',
    since: '1.11',
    clusterScoped: true,
  },
  async (t) => {
    const { metadata } = await makeNamespace(t)
    const services = within(t, metadata.name).path('v1', 'services')
    await t.post(services, { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } })
    const path = t.clusterPath('v1', 'namespaces', metadata.name)
    await t.delete(path)
    await isGone(t, path)
    assert.deepEqual((await t.get(services)).items, [])
    await t.post(t.clusterPath('v1', 'namespaces'), { metadata: { name: metadata.name } })
    assert.deepEqual((await t.get(services)).items, [])
  },
)
