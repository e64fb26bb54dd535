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

const absent = (metadata: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'absent', ...metadata },
})

test('an apply to what is not there creates it whatever the version, but not if a UID is expected', async () => {
  const uid = await api.ask('PATCH', `${url}/absent?fieldManager=m`, absent({ uid: 'u' }), apply)
  assert.deepEqual(
    [uid.status, uid.json.message],
    [
      409,
      'Operation cannot be fulfilled on configmaps "absent": uid mismatch: the provided object specified uid u, and no existing object was found',
    ],
  )
  const version = await api.ask('PATCH', `${url}/absent?fieldManager=m`, absent({ resourceVersion: '1' }), apply)
  assert.equal(version.status, 201, version.text)
})

test('an apply whose version and name are no texts is refused', async () => {
  for (const body of [
    { ...absent({}), apiVersion: { toString: '' } },
    { ...absent({ name: { toString: 1 } }), kind: [] },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: null, data: { a: {} } },
  ]) {
    const { status, json } = await api.ask('PATCH', `${url}/absent?fieldManager=m`, body, apply)
    assert.ok(status === 400 || /^failed to create typed patch object/.test(json.message), JSON.stringify(json))
  }
})

test('a patch of what never changes is invalid', async () => {
  await api.ask('POST', url, { metadata: { name: 'fixed' } })
  for (const [metadata, field] of [
    [{ uid: 'other' }, 'uid'],
    [{ deletionTimestamp: '2024-01-01T00:00:00Z' }, 'deletionTimestamp'],
    [{ deletionGracePeriodSeconds: 5 }, 'deletionGracePeriodSeconds'],
  ] as const) {
    const { status, json } = await api.ask('PATCH', `${url}/fixed`, { metadata }, as('merge-patch+json'))
    assert.deepEqual([status, json.details?.causes?.[0]?.field], [422, `metadata.${field}`], JSON.stringify(json))
    assert.match(json.message, /: field is immutable$/)
  }
  const put = await api.ask('PUT', `${url}/fixed`, { metadata: { name: 'fixed', uid: 'other' } })
  assert.deepEqual([put.status, put.json.reason], [409, 'Conflict'])
})

test('what is too much in the steps of a JSON patch is told', async () => {
  await api.ask('POST', url, { metadata: { name: 'steps' } })
  const steps =
    '[{"op":"add","path":"/data","value":{"a":"b"},"foo":1},{"op":"test","path":"/x","path":"/kind","value":"ConfigMap"}]'
  const type = as('json-patch+json')
  const strict = await api.ask('PATCH', `${url}/steps?fieldValidation=Strict`, steps, type)
  assert.equal(strict.status, 422)
  assert.match(
    strict.json.message,
    /: strict decoding error: json patch unknown field "\[0\]\.foo", json patch duplicate field "\[1\]\.path"$/,
  )
  const warned = await api.ask('PATCH', `${url}/steps`, steps, type)
  assert.deepEqual(warned.headers.warning, [
    '299 - "json patch unknown field \\"[0].foo\\""',
    '299 - "json patch duplicate field \\"[1].path\\""',
  ])
  const ignored = await api.ask('PATCH', `${url}/steps?fieldValidation=Ignore`, steps, type)
  assert.deepEqual([ignored.status, ignored.headers.warning], [200, undefined])
})
