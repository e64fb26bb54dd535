// What workloads need of the server beside their own rules: two versions of one object, and pods that stay behind.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type TestServer, testServer } from './fixture.ts'

const first = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
const second = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers'
const jobs = '/apis/batch/v1/namespaces/default/jobs'
const controllers = '/api/v1/namespaces/default/replicationcontrollers'

const autoscaler = (name: string, spec: object) => ({
  metadata: { name },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 4, ...spec },
})
const template = (restartPolicy: string) => ({
  metadata: { labels: { app: 'a' } },
  spec: { restartPolicy, containers: [{ name: 'c', image: 'busybox' }] },
})

describe('workloads', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
  })
  after(() => api.stop())

  test('both versions of an autoscaler show the same object', async () => {
    const made = await api.ask('POST', first, autoscaler('a', { targetCPUUtilizationPercentage: 60 }))
    assert.equal(made.status, 201, made.text)
    assert.equal(made.json.spec.targetCPUUtilizationPercentage, 60)
    const { json } = await api.ask('GET', `${second}/a`)
    assert.equal(json.apiVersion, 'autoscaling/v2')
    assert.deepEqual(json.metadata.uid, made.json.metadata.uid)
    assert.deepEqual(json.spec.metrics, [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
    ])
  })

  test('what only the second version has survives a change through the first', async () => {
    const outside = {
      type: 'External',
      external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } },
    }
    await api.ask('POST', second, autoscaler('b', { metrics: [outside], behavior: { scaleUp: {} } }))
    const { json: old } = await api.ask('GET', `${first}/b`)
    const changed = await api.ask('PUT', `${first}/b`, { ...old, spec: { ...old.spec, maxReplicas: 9 } })
    assert.equal(changed.status, 200, changed.text)
    const { json } = await api.ask('GET', `${second}/b`)
    assert.equal(json.spec.maxReplicas, 9)
    assert.deepEqual(json.spec.metrics, [outside])
    assert.equal(json.spec.behavior.scaleDown.policies[0].value, 100)
    assert.equal(json.metadata.annotations, undefined)
  })

  test('a list of one version has what was made in the other', async () => {
    const { json } = await api.ask('GET', first)
    assert.equal(json.apiVersion, 'autoscaling/v1')
    assert.deepEqual(
      json.items.map((item: { metadata: { name: string } }) => item.metadata.name),
      ['a', 'b'],
    )
  })

  test('pods of a job stay behind, with a warning, unless the client says otherwise', async () => {
    const made = await api.ask('POST', jobs, { metadata: { name: 'a' }, spec: { template: template('Never') } })
    assert.equal(made.status, 201, made.text)
    const { json, headers } = await api.ask('DELETE', `${jobs}/a`)
    assert.deepEqual(json.metadata.finalizers, ['orphan'])
    assert.match(String(headers.warning), /child pods are preserved by default when jobs are deleted/)

    await api.ask('POST', jobs, { metadata: { name: 'b' }, spec: { template: template('Never') } })
    const said = await api.ask('DELETE', `${jobs}/b?propagationPolicy=Background`)
    assert.equal(said.json.status, 'Success')
    assert.equal(said.headers.warning, undefined)
  })

  test('pods of a replication controller stay behind, too', async () => {
    const made = await api.ask('POST', controllers, { metadata: { name: 'a' }, spec: { template: template('Always') } })
    assert.equal(made.status, 201, made.text)
    const { json, headers } = await api.ask('DELETE', `${controllers}/a`)
    assert.deepEqual(json.metadata.finalizers, ['orphan'])
    assert.equal(headers.warning, undefined)
  })

  test('a stateful set is scaled like any other workload', async () => {
    const sets = '/apis/apps/v1/namespaces/default/statefulsets'
    const spec = { serviceName: 's', selector: { matchLabels: { app: 'a' } }, template: template('Always') }
    const made = await api.ask('POST', sets, { metadata: { name: 'a' }, spec })
    assert.equal(made.status, 201, made.text)
    const { json: scale } = await api.ask('GET', `${sets}/a/scale`)
    assert.equal(scale.spec.replicas, 1)
    assert.equal(scale.status.selector, 'app=a')
    await api.ask('PUT', `${sets}/a/scale`, { ...scale, spec: { replicas: 3 } })
    const { json } = await api.ask('GET', `${sets}/a`)
    assert.equal(json.spec.replicas, 3)
    assert.equal(json.metadata.generation, 2)
  })
})
