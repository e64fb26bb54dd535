import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type CustomServer, customServer, definitionsUrl, settled, version, widget, widgets } from './fixture.ts'

const url = '/apis/example.com/v1/namespaces/default/widgets'
const merge = { 'content-type': 'application/merge-patch+json' }
const crd = `${definitionsUrl}/widgets.example.com`

const schema = (...rules: readonly object[]) => ({
  openAPIV3Schema: {
    type: 'object',
    'x-kubernetes-validations': [{ rule: "self.metadata.name != 'forbidden'", message: 'must not be so called' }],
    properties: {
      spec: {
        type: 'object',
        properties: {
          size: { type: 'integer', default: 3 },
          least: { type: 'integer' },
          color: { type: 'string', enum: ['red', 'blue'] },
        },
        'x-kubernetes-validations': [{ rule: 'self.size >= self.least', reason: 'FieldValueForbidden' }, ...rules],
      },
      status: {
        type: 'object',
        properties: { size: { type: 'integer' } },
        'x-kubernetes-validations': [{ rule: '!has(oldSelf.size) || self.size >= oldSelf.size' }],
      },
    },
  },
})
const versions = (...rules: readonly object[]) => [
  version('v1', { schema: schema(...rules), selectableFields: [], subresources: { status: {} } }),
]

describe('rules of a custom kind', () => {
  let api: CustomServer
  before(async () => {
    api = await customServer()
    await api.define(widgets(...versions()))
  })
  after(() => api.stop())

  const create = (name: string, spec: object) => api.ask('POST', url, widget(name, spec))

  test('come after the defaults', async () => {
    assert.equal((await create('good', { least: 3 })).status, 201)
    const { status, json } = await create('bad', { least: 4 })
    assert.equal(status, 422)
    assert.equal(
      json.message,
      'Widget.example.com "bad" is invalid: spec: Forbidden: failed rule: self.size >= self.least',
    )
    assert.deepEqual(json.details.causes, [
      { reason: 'FieldValueForbidden', message: 'Forbidden: failed rule: self.size >= self.least', field: 'spec' },
    ])
  })

  test('about the whole have no field', async () => {
    const { json } = await create('forbidden', { least: 1 })
    assert.equal(
      json.message,
      'Widget.example.com "forbidden" is invalid: <nil>: Invalid value: "object": must not be so called',
    )
  })

  test('are not asked about what has no good shape', async () => {
    const { json } = await create('forbidden', { color: 'green', least: 4 })
    assert.deepEqual(
      json.details.causes.map(({ field, message }: { field: string; message: string }) => `${field}: ${message}`),
      [
        'spec.color: Unsupported value: "green": supported values: "red", "blue"',
        '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
      ],
    )
  })

  test('about a change see it, also that of a status alone', async () => {
    const grow = (size: number) => api.ask('PATCH', `${url}/good/status`, { status: { size } }, merge)
    assert.equal((await grow(2)).status, 200)
    const { status, json } = await grow(1)
    assert.equal(status, 422)
    assert.equal(
      json.message,
      'Widget.example.com "good" is invalid: status: Invalid value: "object": failed rule: !has(oldSelf.size) || self.size >= oldSelf.size',
    )
  })

  test('that come later only warn of what was there before, until it is changed', async () => {
    const even = { rule: 'self.size % 2 == 0', message: 'must be even' }
    const changed = await api.ask('PATCH', crd, { spec: { versions: versions(even) } }, merge)
    assert.equal(changed.status, 200, changed.text)
    await settled(api.custom)
    const labelled = await api.ask('PATCH', `${url}/good`, { metadata: { labels: { a: 'b' } } }, merge)
    assert.equal(labelled.status, 200)
    assert.deepEqual(labelled.headers.warning, ['299 - "spec: Invalid value: \\"object\\": must be even"'])
    assert.equal((await api.ask('PATCH', `${url}/good`, { spec: { least: 2 } }, merge)).status, 422)
    const put = await api.ask('PATCH', `${url}/good`, { spec: { size: 4 } }, merge)
    assert.equal(put.status, 200)
    assert.equal(put.headers.warning, undefined)
  })

  test('that are no good are refused with the definition', async () => {
    const { status, json } = await api.ask('PATCH', crd, { spec: { versions: versions({ rule: 'self.nope' }) } }, merge)
    assert.equal(status, 422)
    assert.match(
      json.message,
      /spec\.validation\.openAPIV3Schema\.properties\[spec\]\.x-kubernetes-validations\[1\]\.rule: Invalid value: \{"Rule":"self\.nope",.*\}: compilation failed: ERROR: <input>:1:5: undefined field 'nope'/,
    )
    const defaults = versions()
    Object.assign(defaults[0]!.schema.openAPIV3Schema.properties.spec, { default: { size: 1, least: 2 } })
    const wrong = await api.ask('PATCH', crd, { spec: { versions: defaults } }, merge)
    assert.equal(wrong.status, 422)
    assert.match(wrong.json.message, /properties\[spec\]\.default: Forbidden: failed rule: self\.size >= self\.least$/)
  })

  test('a finalizer without a domain is warned of', async () => {
    const { headers } = await api.ask('PATCH', `${url}/good`, { metadata: { finalizers: ['example.com'] } }, merge)
    assert.deepEqual(headers.warning, [
      '299 - "metadata.finalizers: \\"example.com\\": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers"',
    ])
  })

  test('while the definition goes, nothing new is made, and what is there can still be changed', async () => {
    assert.equal((await api.ask('DELETE', crd)).status, 200)
    await settled(api.custom)
    const { status, json } = await create('late', { least: 1 })
    assert.deepEqual(
      [status, json.reason, json.message, json.details],
      [
        405,
        'MethodNotAllowed',
        'create not allowed while custom resource definition is terminating',
        { group: 'example.com', kind: 'widgets' },
      ],
    )
    const { json: discovery } = await api.ask('GET', '/apis/example.com/v1')
    assert.deepEqual(discovery.resources[0].verbs, ['delete', 'deletecollection', 'get', 'list', 'watch'])
    assert.equal((await api.ask('PATCH', `${url}/good`, { metadata: { finalizers: null } }, merge)).status, 200)
    await settled(api.custom)
    assert.equal((await api.ask('GET', crd)).status, 404)
  })
})
