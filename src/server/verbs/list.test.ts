import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type TestServer, testServer } from '../fixture.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const names = (json: { items: { metadata: { name: string } }[] }) => json.items.map((item) => item.metadata.name)

describe('list()', () => {
  let api: TestServer
  before(async () => {
    api = await testServer({ namespaces: ['default', 'other'] })
    for (const i of [1, 2, 3, 4, 5])
      await api.ask('POST', maps, { metadata: { name: `m${i}`, labels: { odd: String(i % 2) } } })
    await api.ask('POST', '/api/v1/namespaces/other/configmaps', { metadata: { name: 'm6' } })
  })
  after(() => api.stop())

  test('shows one namespace or all, in order, without the header of each item', async () => {
    const one = await api.ask('GET', maps)
    assert.deepEqual([one.json.kind, one.json.apiVersion], ['ConfigMapList', 'v1'])
    assert.deepEqual(names(one.json), ['m1', 'm2', 'm3', 'm4', 'm5'])
    assert.equal(one.json.items[0].kind, undefined)
    assert.equal(one.json.metadata.resourceVersion, String(api.store.revision))
    assert.deepEqual(names((await api.ask('GET', '/api/v1/configmaps')).json), ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'])
    assert.deepEqual(names((await api.ask('GET', '/api/v1/secrets')).json), [])
  })

  for (const [query, expected] of [
    ['labelSelector=odd%3D1', ['m1', 'm3', 'm5']],
    ['labelSelector=odd%20notin%20(1)', ['m2', 'm4']],
    ['labelSelector=odd%3D7', []],
    ['fieldSelector=metadata.name%3Dm2', ['m2']],
    ['fieldSelector=metadata.name!%3Dm2,metadata.namespace%3Ddefault&labelSelector=odd%3D0', ['m4']],
  ] as const)
    test(`selects by ${query}`, async () => {
      assert.deepEqual(names((await api.ask('GET', `${maps}?${query}`)).json), expected)
    })

  test('gives pages of one revision, whatever is written meanwhile', async () => {
    const first = await api.ask('GET', `${maps}?limit=2`)
    assert.deepEqual(names(first.json), ['m1', 'm2'])
    assert.equal(first.json.metadata.remainingItemCount, 3)
    await api.ask('POST', maps, { metadata: { name: 'm25' } })
    await api.ask('DELETE', `${maps}/m3`)
    const token = encodeURIComponent(first.json.metadata.continue)
    const second = await api.ask('GET', `${maps}?limit=2&continue=${token}`)
    assert.deepEqual(names(second.json), ['m3', 'm4'])
    assert.equal(second.json.metadata.resourceVersion, first.json.metadata.resourceVersion)
    const both = await api.ask('GET', `${maps}?limit=2&continue=${token}&resourceVersion=3`)
    assert.equal(both.json.message, 'specifying resource version is not allowed when using continue')
    const exact = await api.ask(
      'GET',
      `${maps}?resourceVersion=${first.json.metadata.resourceVersion}&resourceVersionMatch=Exact`,
    )
    assert.deepEqual(names(exact.json), ['m1', 'm2', 'm3', 'm4', 'm5'])
    const newer = await api.ask(
      'GET',
      `${maps}?resourceVersion=${first.json.metadata.resourceVersion}&resourceVersionMatch=NotOlderThan`,
    )
    assert.deepEqual(names(newer.json), ['m1', 'm2', 'm25', 'm4', 'm5'])

    await api.store.compact(api.store.revision)
    const late = await api.ask('GET', `${maps}?limit=2&continue=${token}`)
    assert.deepEqual([late.status, late.json.reason], [410, 'Expired'])
    const inconsistent = await api.ask('GET', `${maps}?continue=${encodeURIComponent(late.json.metadata.continue)}`)
    assert.deepEqual(names(inconsistent.json), ['m25', 'm4', 'm5'])
    const old = await api.ask('GET', `${maps}?resourceVersion=3&resourceVersionMatch=Exact`)
    assert.deepEqual([old.status, old.json.message], [410, 'The resourceVersion for the provided list is too old.'])
  })
})

describe('forms of an answer', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
    await api.ask('POST', maps, { metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } })
  })
  after(() => api.stop())

  const as = (form: string) => ({ accept: `application/json;as=${form};v=v1;g=meta.k8s.io,application/json` })

  test('a Table has the columns of the kind and the metadata of each object', async () => {
    const { headers, json } = await api.ask('GET', maps, undefined, as('Table'))
    assert.equal(headers['content-type'], 'application/json')
    assert.deepEqual(
      json.columnDefinitions.map((column: { name: string }) => column.name),
      ['Name', 'Data', 'Age'],
    )
    assert.deepEqual([json.rows[0].cells[0], json.rows[0].cells[1]], ['a', 1])
    assert.equal(json.rows[0].object.kind, 'PartialObjectMetadata')
    const none = await api.ask('GET', `${maps}?includeObject=None`, undefined, as('Table'))
    assert.equal(none.json.rows[0].object, undefined)
    const whole = await api.ask('GET', `${maps}/a?includeObject=Object`, undefined, as('Table'))
    assert.deepEqual(whole.json.rows[0].object.data, { k: 'v' })
  })

  test('PartialObjectMetadata has nothing else', async () => {
    const one = await api.ask('GET', `${maps}/a`, undefined, as('PartialObjectMetadata'))
    assert.deepEqual([one.json.kind, one.json.metadata.name, one.json.data], ['PartialObjectMetadata', 'a', undefined])
    const list = await api.ask('GET', maps, undefined, as('PartialObjectMetadataList'))
    assert.deepEqual([list.json.kind, list.json.items[0].metadata.labels], ['PartialObjectMetadataList', { x: 'y' }])
  })

  test('YAML, and JSON with indentation for people', async () => {
    const yaml = await api.ask('GET', `${maps}/a`, undefined, { accept: 'application/yaml' })
    assert.match(yaml.text, /^kind: ConfigMap\napiVersion: v1\n/)
    assert.match((await api.ask('GET', `${maps}/a?pretty=true`)).text, /^\{\n {2}"kind": "ConfigMap"/)
  })

  test('protobuf has its magic number', async () => {
    const { response } = await api.ask('GET', maps, undefined, {
      accept: 'application/vnd.kubernetes.protobuf,application/json',
    })
    assert.equal(response.headers['content-type'], 'application/vnd.kubernetes.protobuf')
    assert.equal(response.body.type === 'bytes' && Buffer.from(response.body.chunks[0]!).toString(), 'k8s\0')
  })

  test('large answers are compressed for those who accept it', async () => {
    await api.ask('POST', maps, { metadata: { name: 'large' }, data: { k: 'x'.repeat(200_000) } })
    const small = await api.ask('GET', `${maps}/a`, undefined, { 'accept-encoding': 'gzip' })
    assert.equal(small.headers['content-encoding'], undefined)
    const { response } = await api.ask('GET', `${maps}/large`, undefined, { 'accept-encoding': 'gzip, deflate' })
    assert.equal(response.headers['content-encoding'], 'gzip')
    const size = response.body.type === 'bytes' ? Buffer.concat(response.body.chunks).length : 0
    assert.ok(size > 100 && size < 5000, String(size))
  })
})
