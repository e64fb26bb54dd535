import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TestServer, testServer } from '../fixture.ts'

const url = '/api/v1/namespaces/default/configmaps'
const as = (type: string) => ({ 'content-type': `application/${type}` })
const apply = as('apply-patch+yaml')

let api: TestServer
before(async () => {
  api = await testServer()
})
after(() => api.stop())

test('an apply of empty lists and maps, once more, changes nothing', async () => {
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'empty', labels: {} },
    data: {},
    binaryData: {},
  }
  const first = await api.ask('PATCH', `${url}/empty?fieldManager=m`, body, apply)
  assert.equal(first.status, 201)
  await api.clock.advance(5000)
  const second = await api.ask('PATCH', `${url}/empty?fieldManager=m`, body, apply)
  assert.deepEqual([second.status, second.json], [200, first.json])
  // What does change something has a new time.
  const third = await api.ask('PATCH', `${url}/empty?fieldManager=m`, { ...body, data: { a: 'b' } }, apply)
  assert.notEqual(third.json.metadata.resourceVersion, first.json.metadata.resourceVersion)
  assert.equal(third.json.metadata.managedFields[0].time, '2030-01-01T00:00:05Z')
})

test('what has been read, once written back, has not changed, wherever its defaults stand', async () => {
  const containers = [{ name: 'c', image: 'i', livenessProbe: { exec: { command: ['x'] }, periodSeconds: 5 } }]
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers } },
    },
  }
  const deployments = '/apis/apps/v1/namespaces/default/deployments'
  const created = await api.ask('POST', deployments, body)
  assert.equal(created.status, 201)
  const { resourceVersion } = created.json.metadata
  const applied = `${deployments}/d?fieldManager=m`
  for (const [method, url, sent, headers] of [
    ['PUT', `${deployments}/d`, created.json, {}],
    ['PATCH', `${deployments}/d`, {}, as('merge-patch+json')],
    ['PATCH', `${deployments}/d`, {}, as('strategic-merge-patch+json')],
    ['PATCH', `${deployments}/d`, [], as('json-patch+json')],
  ] as const) {
    const answer = await api.ask(method, url, sent, headers)
    assert.deepEqual([answer.status, answer.json.metadata.resourceVersion], [200, resourceVersion], answer.text)
  }
  const once = await api.ask('PATCH', applied, body, apply)
  const twice = await api.ask('PATCH', applied, body, apply)
  assert.deepEqual([once.status, twice.json], [200, once.json])
})
