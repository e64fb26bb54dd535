import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type TestServer, testServer } from '../fixture.ts'

const applyType = { 'content-type': 'application/apply-patch+yaml' }
const url = '/apis/apps/v1/namespaces/default/deployments'

describe('a Scale that is applied', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
  })
  after(() => api.stop())

  const deployment = (name: string) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  })
  const create = (name: string) => api.ask('PATCH', `${url}/${name}?fieldManager=author`, deployment(name), applyType)
  const scale = (name: string, replicas: number, query = '') =>
    api.ask(
      'PATCH',
      `${url}/${name}/scale?fieldManager=scaler${query}`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name }, spec: { replicas } },
      applyType,
    )
  const ownersOfReplicas = async (name: string) => {
    const { json } = await api.ask('GET', `${url}/${name}`)
    const entries = json.metadata.managedFields as {
      manager: string
      operation: string
      apiVersion: string
      subresource?: string
      fieldsV1: { 'f:spec'?: { 'f:replicas'?: object } }
    }[]
    return entries
      .filter(({ fieldsV1 }) => fieldsV1['f:spec']?.['f:replicas'])
      .map(({ manager, operation, apiVersion, subresource }) => [manager, operation, apiVersion, subresource ?? ''])
  }

  test('is in conflict with whoever owns the replicas', async () => {
    await create('conflict')
    const { status, json } = await scale('conflict', 3)
    assert.equal(status, 409)
    assert.equal(json.message, 'Apply failed with 1 conflict: conflict with "author": .spec.replicas')
  })

  test('shares them where it wants the same', async () => {
    await create('shared')
    assert.equal((await scale('shared', 1)).status, 200)
    assert.deepEqual(await ownersOfReplicas('shared'), [
      ['author', 'Apply', 'apps/v1', ''],
      ['scaler', 'Apply', 'apps/v1', 'scale'],
    ])
  })

  test('by force takes them over, and the rest stays with its owner', async () => {
    await create('taken')
    const { status, json } = await scale('taken', 3, '&force=true')
    assert.deepEqual([status, json.kind, json.spec.replicas], [200, 'Scale', 3])
    assert.deepEqual(await ownersOfReplicas('taken'), [['scaler', 'Apply', 'apps/v1', 'scale']])
    const again = await scale('taken', 4)
    assert.equal(again.status, 200, again.text)
    const { json: after } = await api.ask('GET', `${url}/taken`)
    assert.equal(after.spec.replicas, 4)
    const author = after.metadata.managedFields.find((entry: { manager: string }) => entry.manager === 'author')
    assert.deepEqual(Object.keys(author.fieldsV1['f:spec']), ['f:selector', 'f:template'])
  })

  test('that is none is refused', async () => {
    await create('other')
    const { status, json } = await api.ask(
      'PATCH',
      `${url}/other/scale?fieldManager=scaler`,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } },
      applyType,
    )
    assert.equal(status, 400, json.message)
  })
})
