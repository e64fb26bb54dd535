import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type TestServer, testServer } from '../fixture.ts'

const claims = '/api/v1/namespaces/default/persistentvolumeclaims'
const volumes = '/api/v1/persistentvolumes'
const classes = '/apis/storage.k8s.io/v1/storageclasses'
const settings = '/apis/storage.k8s.io/v1/volumeattributesclasses'
const merge = { 'content-type': 'application/merge-patch+json' }

const size = (storage: string) => ({ resources: { requests: { storage } } })
const claim = (name: string, storageClassName: string) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], volumeName: 'v', storageClassName, ...size('1Gi') },
})

describe('storage', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
    for (const [name, allowVolumeExpansion] of [
      ['grows', true],
      ['fixed', undefined],
    ] as const)
      await api.ask('POST', classes, { metadata: { name }, provisioner: 'p.io/x', allowVolumeExpansion })
  })
  after(() => api.stop())

  const bound = async (name: string, className: string) => {
    const made = await api.ask('POST', claims, claim(name, className))
    assert.equal(made.status, 201, made.text)
    const status = { phase: 'Bound', capacity: { storage: '1Gi' } }
    const { status: code, text } = await api.ask('PATCH', `${claims}/${name}/status`, { status }, merge)
    assert.equal(code, 200, text)
  }
  const resized = async (name: string, storage: string) => {
    const { status, json } = await api.ask('PATCH', `${claims}/${name}`, { spec: size(storage) }, merge)
    return status === 200 ? json.spec.resources.requests.storage : `${status} ${json.message}`
  }

  test('that is new stays until nobody uses it', async () => {
    const kept = async (url: string, object: object) => (await api.ask('POST', url, object)).json.metadata.finalizers
    const volume = {
      metadata: { name: 'v', finalizers: ['example.com/mine'] },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/v' } },
    }
    assert.deepEqual(await kept(claims, claim('new', 'grows')), ['kubernetes.io/pvc-protection'])
    assert.deepEqual(await kept(volumes, volume), ['example.com/mine', 'kubernetes.io/pv-protection'])
    const fast = { metadata: { name: 'fast' }, driverName: 'd.io', parameters: { a: 'b' } }
    assert.deepEqual(await kept(settings, fast), ['kubernetes.io/vac-protection'])
    const { json } = await api.ask('DELETE', `${claims}/new`)
    assert.ok(json.metadata.deletionTimestamp, 'it is marked, and there')
  })

  test('grows if its class lets it', async () => {
    await bound('a', 'grows')
    assert.equal(await resized('a', '2Gi'), '2Gi')
    await bound('b', 'fixed')
    assert.equal(
      await resized('b', '2Gi'),
      '403 persistentvolumeclaims "b" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    )
    await bound('c', 'none')
    assert.match(await resized('c', '2Gi'), /^403 .*: only dynamically provisioned pvc can be resized/)
  })

  test('shrinks no further than to what it has', async () => {
    await bound('d', 'grows')
    assert.equal(await resized('d', '5Gi'), '5Gi')
    assert.equal(await resized('d', '2Gi'), '2Gi')
    assert.match(
      await resized('d', '1Gi'),
      /^422 .*spec.resources.requests.storage: Forbidden: field can not be less than status.capacity/,
    )
  })

  test('does not change before it is bound', async () => {
    await api.ask('POST', claims, claim('e', 'grows'))
    assert.match(await resized('e', '2Gi'), /^422 .*spec is immutable after creation except/)
  })
})
