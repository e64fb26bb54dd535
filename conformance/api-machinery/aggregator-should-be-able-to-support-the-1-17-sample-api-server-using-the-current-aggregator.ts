// An APIService makes another server answer for a group: who asks is told to it by the front proxy, it asks back
// whether they may, and its group is in discovery as long as the APIService is there.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { aggregated, resourceIn } from '../fixtures/aggregated-discovery.ts'
import { startExtensionServer } from '../fixtures/extension-server.ts'
import { isGone } from '../fixtures/workloads.ts'

const version = 'v1alpha1'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Aggregator Should be able to support the 1.17 Sample API Server using the current Aggregator',
    since: '1.17,1.21,1.27',
  },
  async (t) => {
    const group = `${t.name('wardle')}.example.com`
    const groupVersion = `${group}/${version}`
    const dnsName = `sample-api.${t.namespace}.svc`
    const extension = await startExtensionServer(t, { group, version, dnsName })
    await t.post(t.path('v1', 'services'), {
      metadata: { name: 'sample-api' },
      spec: { type: 'ExternalName', externalName: t.address, ports: [{ port: extension.port }] },
    })
    const services = t.clusterPath('apiregistration.k8s.io/v1', 'apiservices')
    const apiService = `${services}/${version}.${group}`
    t.cleanup(() => t.delete(apiService))
    await t.post(services, {
      metadata: { name: `${version}.${group}`, labels: { sample: t.namespace } },
      spec: {
        group,
        version,
        groupPriorityMinimum: 2000,
        versionPriority: 200,
        service: { namespace: t.namespace, name: 'sample-api', port: extension.port },
        caBundle: extension.caBundle,
      },
    })
    await t.eventually('the APIService is available', async () => {
      const { status } = await t.get(`${apiService}/status`)
      const available = status.conditions.find(({ type }: Json) => type === 'Available')
      assert.equal(available?.status, 'True', available?.message)
      return true
    })

    const flunders = t.path(groupVersion, 'flunders')
    const made = await t.post(flunders, { metadata: { name: 'one' }, spec: { reference: 'x' } })
    assert.deepEqual([made.apiVersion, made.kind, made.spec.reference], [groupVersion, 'Flunder', 'x'])
    assert.equal((await t.get(`${flunders}/one`)).metadata.uid, made.metadata.uid)
    assert.deepEqual((await t.get(flunders)).items, [made])
    const { username } = (
      await t.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'SelfSubjectReview',
      })
    ).status.userInfo
    assert.deepEqual([...extension.users], [username])

    const { groups } = await t.get('/apis')
    assert.ok(groups.some(({ name }: Json) => name === group))
    const found = await t.eventually('its resources are in the aggregated document', async () =>
      resourceIn((await aggregated(t, '/apis')).items, group, version, 'flunders'),
    )
    assert.equal(found.responseKind.kind, 'Flunder')

    const { status: token } = await t.post(t.path('v1', 'serviceaccounts', 'default', 'token'), {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    })
    const nobody = await t.as({ token: token.token }).request('GET', flunders)
    assert.equal(nobody.status, 403, nobody.text)

    await t.delete(`${flunders}/one`)
    assert.equal((await t.request('GET', `${flunders}/one`)).status, 404)
    const patched = await t.patch(apiService, 'merge', { metadata: { annotations: { patched: 'yes' } } })
    assert.equal(patched.metadata.annotations.patched, 'yes')
    await t.delete(services, undefined, { labelSelector: `sample=${t.namespace}` })
    await isGone(t, apiService)
    await isGone(t, `/apis/${groupVersion}`)
  },
)
