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
