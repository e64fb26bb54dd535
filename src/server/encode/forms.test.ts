// Which form of an answer is given for which Accept header, and what is said where there is none.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Status } from '#api/meta/status.ts'
import { decodeMessage } from '#api/protobuf.ts'
import { decodeProtobuf, readEnvelope, readWatchFrames } from '#api/protobuf-envelope.ts'
import { PartialObjectMetadata } from '#api/wire-types.ts'
import { parseYaml } from '#api/yaml.ts'
import { customServer, widget, widgets } from '../custom/fixture.ts'
import { type Answer, type TestServer, testServer } from '../fixture.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const protobuf = 'application/vnd.kubernetes.protobuf'
const partial = (media: string, list = '') => `${media};as=PartialObjectMetadata${list};g=meta.k8s.io;v=v1`

let api: TestServer
before(async () => {
  api = await testServer()
  await api.ask('POST', maps, { metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } })
})
after(() => api.stop())

const bytesOf = ({ response: { body } }: Answer): Buffer =>
  body.type === 'bytes' ? Buffer.concat(body.chunks) : assert.fail(body.type)

const accept = (header: string) => ({ accept: header })

test('a form that there is not is refused with the forms that there are', async () => {
  const cases: readonly (readonly [url: string, accept: string, says: string])[] = [
    [
      `${maps}/a`,
      'text/html',
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    ],
    [
      `${maps}?watch=1`,
      'application/yaml',
      'only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    ],
    [
      maps,
      partial('application/json'),
      'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
    ],
    [
      `${maps}/a`,
      partial('application/json', 'List'),
      'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
    ],
  ]
  for (const [url, header, says] of cases) {
    const { status, text } = await api.ask('GET', url, undefined, accept(header))
    const { reason, message } = parseYaml(text) as { reason: string; message: string }
    assert.deepEqual([status, reason, message], [406, 'NotAcceptable', says])
  }
})

test('what cannot be answered is not done', async () => {
  const answer = await api.ask('POST', maps, { metadata: { name: 'undone' } }, accept('text/html'))
  assert.equal(answer.status, 406)
  assert.equal((await api.ask('GET', `${maps}/undone`)).status, 404)
  assert.equal((await api.ask('DELETE', `${maps}/a`, undefined, accept('text/html'))).status, 406)
  assert.equal((await api.ask('GET', `${maps}/a`)).status, 200)
})

test('people who look with a browser or by hand get indented JSON, unless they say otherwise', async () => {
  const by = (agent: string, query = '') => api.ask('GET', `${maps}/a${query}`, undefined, { 'user-agent': agent })
  for (const agent of ['curl/8.1', 'Wget/1.21', 'Mozilla/5.0 (X11)'])
    assert.match((await by(agent)).text, /^\{\n {2}"kind": "ConfigMap"/)
  for (const answer of [await by('curl/8.1', '?pretty=false'), await by('kubectl/1.33')])
    assert.match(answer.text, /^\{"kind":"ConfigMap"/)
})

test('metadata alone comes as protobuf: an object, a list and a watch', async () => {
  const one = await api.ask('GET', `${maps}/a`, undefined, accept(partial(protobuf)))
  assert.equal(one.headers['content-type'], protobuf)
  const object = decodeProtobuf(PartialObjectMetadata, bytesOf(one)) as { kind: string; metadata: { name: string } }
  assert.deepEqual([object.kind, object.metadata.name], ['PartialObjectMetadata', 'a'])

  const list = await api.ask('GET', maps, undefined, accept(partial(protobuf, 'List')))
  const { apiVersion, kind } = readEnvelope(bytesOf(list))
  assert.deepEqual([apiVersion, kind], ['meta.k8s.io/v1', 'PartialObjectMetadataList'])

  const url = `${maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`
  const watch = await api.ask('GET', url, undefined, accept(partial(protobuf)))
  assert.equal(watch.headers['content-type'], `${protobuf};stream=watch`)
  const { body } = watch.response
  if (body.type !== 'stream') assert.fail(body.type)
  const batches = body.batches[Symbol.asyncIterator]()
  const { events } = readWatchFrames(Buffer.concat((await batches.next()).value ?? []))
  await batches.return?.()
  assert.deepEqual(
    events.map(({ type }) => type),
    ['ADDED', 'BOOKMARK'],
  )
  const bookmark = decodeMessage(PartialObjectMetadata, readEnvelope(events[1]!.object).raw)
  assert.deepEqual((bookmark.metadata as { annotations: object }).annotations, { 'k8s.io/initial-events-end': 'true' })
})

test('the error that ends a watch comes in the form of its events', async () => {
  await api.store.compact(api.store.revision)
  for (const form of [protobuf, partial(protobuf)]) {
    const { response } = await api.ask('GET', `${maps}?watch=1&resourceVersion=1`, undefined, accept(form))
    if (response.body.type !== 'stream') assert.fail(response.body.type)
    const batches = response.body.batches[Symbol.asyncIterator]()
    const { events } = readWatchFrames(Buffer.concat((await batches.next()).value ?? []))
    await batches.return?.()
    assert.equal(events[0]?.type, 'ERROR')
    const status = decodeProtobuf(Status, events[0]!.object)
    assert.deepEqual([status.kind, status.code, status.reason], ['Status', 410, 'Expired'])
  }
})

test('metadata alone of custom kinds comes as protobuf, though they have none themselves', async () => {
  const custom = await customServer()
  await custom.define(widgets())
  const url = '/apis/example.com/v1/namespaces/default/widgets'
  await custom.ask('POST', url, widget('w'))
  const one = await custom.ask('GET', `${url}/w`, undefined, accept(`${partial(protobuf)},application/json`))
  const object = decodeProtobuf(PartialObjectMetadata, bytesOf(one)) as { metadata: { name: string } }
  assert.equal(object.metadata.name, 'w')
  const whole = await custom.ask('GET', `${url}/w`, undefined, accept(`${protobuf},application/json`))
  assert.equal(whole.headers['content-type'], 'application/json')
  await custom.stop()
})

test('a Status comes in the form in which an object would have come', async () => {
  const missing = await api.ask('GET', `${maps}/absent`, undefined, accept(`${protobuf},application/json`))
  assert.deepEqual([missing.status, missing.headers['content-type']], [404, protobuf])
  const status = decodeProtobuf(Status, bytesOf(missing))
  assert.deepEqual(
    [status.kind, status.reason, status.message],
    ['Status', 'NotFound', 'configmaps "absent" not found'],
  )
  const yaml = await api.ask('GET', `${maps}/absent`, undefined, accept('application/yaml'))
  assert.match(yaml.text, /^kind: Status\napiVersion: v1\n/)
  await api.ask('POST', maps, { metadata: { name: 'short' } })
  const gone = await api.ask('DELETE', `${maps}/short`, undefined, accept(protobuf))
  assert.equal(decodeProtobuf(Status, bytesOf(gone)).status, 'Success')
})

test('what is nested deeper than YAML can be written comes as JSON, which is YAML', async () => {
  const custom = await customServer()
  await custom.define(widgets())
  const url = '/apis/example.com/v1/namespaces/default/widgets'
  const free = JSON.parse(`${'{"a":'.repeat(900)}1${'}'.repeat(900)}`) as object
  assert.equal((await custom.ask('POST', url, widget('deep', { size: 1, free }))).status, 201)
  // Deep enough for people, and not yet JSON.
  const flat = JSON.parse(`${'{"a":'.repeat(190)}1${'}'.repeat(190)}`) as object
  await custom.ask('POST', url, widget('flat', { size: 1, free: flat }))
  assert.match((await custom.ask('GET', `${url}/flat`, undefined, accept('application/yaml'))).text, /^\w+:/)
  const { status, headers, json } = await custom.ask('GET', `${url}/deep`, undefined, accept('application/yaml'))
  assert.deepEqual([status, headers['content-type']], [200, 'application/yaml'])
  assert.equal(JSON.stringify(json.spec.free), JSON.stringify(free))
  await custom.stop()
})
