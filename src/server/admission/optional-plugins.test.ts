// The plugins that are off unless somebody enables them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#lib/random.ts'
import { type TestServer, testServer } from '../fixture.ts'
import { admissionPlugins } from './plugins.ts'

const pods = '/api/v1/namespaces/default/pods'
const services = '/api/v1/namespaces/default/services'
const merge = { 'content-type': 'application/merge-patch+json' }
const pod = (spec: object = {}) => ({
  metadata: { name: 'p' },
  spec: {
    containers: [{ name: 'c', image: 'i:1', ...('container' in spec ? (spec.container as object) : {}) }],
    ...spec,
  },
})

async function withPlugin(name: string, check: (api: TestServer) => Promise<void>): Promise<void> {
  const parts = (store: TestServer['store']) => ({
    admission: admissionPlugins({ store, random: seededRandom(1), enable: [name] }),
  })
  const api = await testServer({ parts, ...(name === 'AlwaysDeny' ? { namespaces: [] } : {}) })
  try {
    await check(api)
  } finally {
    await api.stop()
  }
}

test('AlwaysDeny refuses every write, AlwaysAdmit none', async () => {
  await withPlugin('AlwaysDeny', async (api) => {
    const { json } = await api.ask('POST', '/api/v1/namespaces', { metadata: { name: 'a' } })
    assert.equal(json.message, 'namespaces "a" is forbidden: admission control is denying all modifications')
    assert.equal((await api.ask('GET', '/api/v1/namespaces')).status, 200)
  })
  await withPlugin('AlwaysAdmit', async (api) => {
    assert.equal((await api.ask('POST', '/api/v1/namespaces', { metadata: { name: 'a' } })).status, 201)
  })
})

test('AlwaysPullImages has every image pulled, of containers and volumes', async () => {
  await withPlugin('AlwaysPullImages', async (api) => {
    const volumes = [{ name: 'v', image: { reference: 'x:1', pullPolicy: 'Never' } }]
    const container = { imagePullPolicy: 'IfNotPresent' }
    const { json, text } = await api.ask(
      'POST',
      pods,
      pod({ container, volumes, initContainers: [{ name: 'a', image: 'a:1' }] }),
    )
    assert.equal(json.spec.containers[0].imagePullPolicy, 'Always', text)
    assert.equal(json.spec.initContainers[0].imagePullPolicy, 'Always')
    assert.equal(json.spec.volumes[0].image.pullPolicy, 'Always')
  })
})

test('DenyServiceExternalIPs lets them stay and go, but not come', async () => {
  await withPlugin('DenyServiceExternalIPs', async (api) => {
    const service = (externalIPs: readonly string[]) => ({
      metadata: { name: 's' },
      spec: { ports: [{ port: 80 }], externalIPs },
    })
    const { json } = await api.ask('POST', services, service(['1.2.3.4']))
    assert.equal(json.message, 'services "s" is forbidden: Use of external IPs is denied by admission control.')
    assert.equal((await api.ask('POST', services, service([]))).status, 201)
    const patched = await api.ask('PATCH', `${services}/s`, { spec: { externalIPs: ['1.2.3.4'] } }, merge)
    assert.equal(patched.status, 403)
  })
})

test('ExtendedResourceToleration lets pods onto the nodes that are kept for what they ask for', async () => {
  await withPlugin('ExtendedResourceToleration', async (api) => {
    const resources = { limits: { cpu: '1', 'example.com/gpu': 2 } }
    const { json, text } = await api.ask('POST', pods, pod({ container: { resources } }))
    const mine = json.spec?.tolerations.filter(({ key }: { key: string }) => key === 'example.com/gpu')
    assert.deepEqual(mine, [{ key: 'example.com/gpu', operator: 'Exists', effect: 'NoSchedule' }], text)
  })
})

test('LimitPodHardAntiAffinityTopology lets pods keep others off their node only', async () => {
  await withPlugin('LimitPodHardAntiAffinityTopology', async (api) => {
    const apart = (topologyKey: string) =>
      pod({
        affinity: {
          podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: {} }] },
        },
      })
    const { json } = await api.ask('POST', pods, apart('zone'))
    assert.equal(
      json.message,
      'pods "p" is forbidden: affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey zone but only key kubernetes.io/hostname is allowed',
    )
    assert.equal((await api.ask('POST', pods, apart('kubernetes.io/hostname'))).status, 201)
  })
})
