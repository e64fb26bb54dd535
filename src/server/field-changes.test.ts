import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type TestServer, testServer } from './fixture.ts'

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
const metrics = (averageUtilization: number) => [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } },
]

describe('owners who write in several versions of a kind', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
  })
  after(() => api.stop())

  const apply = (version: string, name: string, manager: string, spec: object, query = '') =>
    api.ask(
      'PATCH',
      `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers/${name}?fieldManager=${manager}${query}`,
      { apiVersion: `autoscaling/${version}`, kind: 'HorizontalPodAutoscaler', metadata: { name }, spec },
      { 'content-type': 'application/apply-patch+yaml' },
    )
  const inV1 = (name: string) =>
    apply('v1', name, 'one', { maxReplicas: 5, minReplicas: 2, targetCPUUtilizationPercentage: 50, scaleTargetRef })

  test('are in conflict over a field by the name that it has for its owner', async () => {
    await inV1('conflict')
    const { status, json } = await apply('v2', 'conflict', 'two', { maxReplicas: 5, metrics: metrics(70) })
    assert.equal(status, 409)
    assert.equal(
      json.message,
      'Apply failed with 1 conflict: conflict with "one": .spec.targetCPUUtilizationPercentage',
    )
  })

  const applied = async (version: string, name: string, manager: string, spec: object) => {
    const { status, json, text } = await apply(version, name, manager, spec)
    assert.ok(status < 300, text)
    return json
  }
  const stored = async (name: string) =>
    (await api.ask('GET', `/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/${name}`)).json
  const owners = (json: { metadata: { managedFields: { manager: string; apiVersion: string; fieldsV1: object }[] } }) =>
    json.metadata.managedFields.map(({ manager, apiVersion, fieldsV1 }) => [
      manager,
      apiVersion,
      Object.keys((fieldsV1 as { 'f:spec': object })['f:spec']),
    ])

  test('lose what they applied in another version and do not want any more', async () => {
    await inV1('moved')
    const json = await applied('v2', 'moved', 'one', { maxReplicas: 5, scaleTargetRef, metrics: metrics(50) })
    assert.deepEqual(owners(json), [['one', 'autoscaling/v2', ['f:maxReplicas', 'f:metrics', 'f:scaleTargetRef']]])
    // It was applied in the other version: nobody else owns it, so it takes its default.
    assert.deepEqual([json.spec.minReplicas, json.spec.metrics], [1, metrics(50)])
    // Nobody wants a metric any more: the default one is back.
    const bare = await applied('v1', 'moved', 'one', { maxReplicas: 5, scaleTargetRef })
    assert.equal(bare.spec.targetCPUUtilizationPercentage, 80)
    assert.deepEqual(owners(bare), [['one', 'autoscaling/v1', ['f:maxReplicas', 'f:scaleTargetRef']]])
  })

  test('lose it in the other direction, too', async () => {
    await inV1('back')
    const json = await applied('v2', 'back', 'one', { maxReplicas: 5, scaleTargetRef })
    assert.deepEqual(json.spec.metrics, metrics(80))
  })

  test('keep what they own in another version when somebody else gives it up', async () => {
    await inV1('shared')
    await applied('v2', 'shared', 'two', { maxReplicas: 5, minReplicas: 2, metrics: metrics(50) })
    await applied('v2', 'shared', 'two', { maxReplicas: 5 })
    const { spec } = await stored('shared')
    assert.deepEqual([spec.minReplicas, spec.metrics], [2, metrics(50)])
    await applied('v1', 'shared', 'one', { maxReplicas: 5, scaleTargetRef })
    assert.equal((await stored('shared')).spec.minReplicas, 1)
  })

  test('who applies the same in another version owns it there', async () => {
    const spec = { maxReplicas: 3, scaleTargetRef }
    await applied('v1', 'same', 'one', spec)
    const before = (await stored('same')).metadata.resourceVersion
    const json = await applied('v2', 'same', 'one', spec)
    assert.deepEqual(owners(json), [['one', 'autoscaling/v2', ['f:maxReplicas', 'f:scaleTargetRef']]])
    assert.notEqual(json.metadata.resourceVersion, before)
    const again = await applied('v2', 'same', 'one', spec)
    assert.equal(again.metadata.resourceVersion, json.metadata.resourceVersion)
  })

  test('lose what is taken from them in another version, and nothing else', async () => {
    await inV1('taken')
    await apply('v2', 'taken', 'two', { maxReplicas: 5, metrics: metrics(70) }, '&force=true')
    const { json } = await api.ask(
      'PUT',
      '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/taken?fieldManager=three',
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'taken' },
        spec: { maxReplicas: 5, minReplicas: 3, metrics: metrics(70), scaleTargetRef },
      },
    )
    const owned = (json.metadata.managedFields ?? []).map(
      (entry: { manager: string; fieldsV1: { 'f:spec': object } }) => [
        entry.manager,
        Object.keys(entry.fieldsV1['f:spec']),
      ],
    )
    assert.deepEqual(owned, [
      ['one', ['f:maxReplicas', 'f:scaleTargetRef']],
      ['two', ['f:maxReplicas', 'f:metrics']],
      ['three', ['f:minReplicas']],
    ])
  })
})
