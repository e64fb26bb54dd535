// PodTopologyLabels and PodResizeValidator: what a pod's node means for it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type TestServer, testServer } from '../fixture.ts'

const pods = '/api/v1/namespaces/default/pods'
const zone = 'topology.kubernetes.io/zone'
const region = 'topology.kubernetes.io/region'
const strategic = { 'content-type': 'application/strategic-merge-patch+json' }

const pod = (name: string, spec: object = {}, labels = {}) => ({
  metadata: { name, labels },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1', memory: '1Gi' } } }], ...spec },
})

describe("a pod's node", () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
    const status = { allocatable: { cpu: '2', memory: '2Gi' } }
    const labels = { [zone]: 'z', [region]: 'r', other: 'o' }
    await api.ask('POST', '/api/v1/nodes', {
      metadata: { name: 'n', labels: { ...labels, 'kubernetes.io/os': 'linux' } },
      status,
    })
    await api.ask('POST', '/api/v1/nodes', {
      metadata: { name: 'w', labels: { 'kubernetes.io/os': 'windows' } },
      status,
    })
  })
  after(() => api.stop())

  const labelsOf = async (name: string) => (await api.ask('GET', `${pods}/${name}`)).json.metadata.labels
  const bind = (name: string, target: object, metadata: object = {}) =>
    api.ask('POST', `${pods}/${name}/binding`, { metadata, target })

  test('lends it region and zone when it is bound', async () => {
    await api.ask('POST', pods, pod('a', {}, { mine: 'm', [zone]: 'elsewhere' }))
    assert.equal((await bind('a', { kind: 'Node', name: 'n' })).status, 201)
    assert.deepEqual(await labelsOf('a'), { mine: 'm', [zone]: 'z', [region]: 'r' })
  })

  test('does not go before what the binding says', async () => {
    await api.ask('POST', pods, pod('b'))
    await bind('b', { kind: 'Node', name: 'n' }, { labels: { [zone]: 'said', more: 'x' } })
    assert.deepEqual(await labelsOf('b'), { [zone]: 'said', more: 'x', [region]: 'r' })
  })

  test('lends a pod that is made for it what that does not say itself', async () => {
    await api.ask('POST', pods, pod('c', { nodeName: 'n' }, { [zone]: 'mine' }))
    assert.deepEqual(await labelsOf('c'), { [zone]: 'mine', [region]: 'r' })
    await api.ask('POST', pods, pod('d', { nodeName: 'unknown' }))
    assert.equal(await labelsOf('d'), undefined)
  })

  const resize = async (name: string, requests: object) => {
    const patch = { spec: { containers: [{ name: 'c', resources: { requests } }] } }
    const { status, json } = await api.ask('PATCH', `${pods}/${name}/resize`, patch, strategic)
    return status === 200 ? 'resized' : json.message.replace(/^pods "[^"]+" is forbidden: /, '')
  }

  test('bounds what it can be given later', async () => {
    assert.equal(await resize('a', { cpu: '2' }), 'resized')
    assert.equal(
      await resize('a', { cpu: '2500m', memory: '3Gi' }),
      "Node didn't have enough allocatable resources: cpu, requested: 2500, allocatable: 2000; memory, requested: 3221225472, allocatable: 2147483648",
    )
    assert.equal(await resize('d', { cpu: '2' }), 'node "unknown" not found')
    await api.ask('POST', pods, pod('e', { nodeName: 'w' }))
    assert.equal(await resize('e', { cpu: '2' }), 'pod resize is only supported on linux nodes, node "w" is "windows"')
    await api.ask('POST', pods, pod('f'))
    assert.equal(await resize('f', { cpu: '100' }), 'resized')
  })
})
