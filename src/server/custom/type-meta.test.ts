// What a body says of its own kind: custom objects have to say it, built-in ones may leave it to the address.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type CustomServer, customServer, widget, widgets } from './fixture.ts'

const url = '/apis/example.com/v1/namespaces/default/widgets'
const maps = '/api/v1/namespaces/default/configmaps'
const scalers = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
const merge = { 'content-type': 'application/merge-patch+json' }
const scheme = 'in scheme "pkg/api/legacyscheme/scheme.go:30"'

describe('what a body says of its own kind', () => {
  let api: CustomServer
  before(async () => {
    api = await customServer()
    await api.define(widgets())
    assert.equal((await api.ask('POST', url, widget('here'))).status, 201)
    assert.equal((await api.ask('POST', maps, { metadata: { name: 'here' } })).status, 201)
  })
  after(() => api.stop())

  const refused = async (method: string, path: string, body: unknown, headers = {}) => {
    const { status, json, text } = await api.ask(method, path, body, headers)
    assert.ok(status >= 400, text)
    return [status, json.reason, json.message]
  }
  const without = (field: 'kind' | 'apiVersion', name: string) => {
    const { [field]: _gone, ...rest } = widget(name)
    return rest
  }

  for (const [how, method, path, name] of [
    ['created', 'POST', url, 'new'],
    ['updated', 'PUT', `${url}/here`, 'here'],
    ['updated in its status', 'PUT', `${url}/here/status`, 'here'],
  ] as const) {
    test(`a custom object without kind or apiVersion is not ${how}`, async () => {
      const text = JSON.stringify(without('kind', name))
      assert.deepEqual(await refused(method, path, text), [
        400,
        'BadRequest',
        `the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing in '${text}' (${text.slice(0, 30)} ...)`,
      ])
      assert.deepEqual(await refused(method, path, without('apiVersion', name)), [
        400,
        'BadRequest',
        'the API version in the data () does not match the expected API version (example.com/v1)',
      ])
    })

    test(`a custom object of another kind or version is not ${how}`, async () => {
      assert.deepEqual(await refused(method, path, { ...widget(name), kind: 'Gadget' }), [
        422,
        'Invalid',
        `Gadget.example.com "${name}" is invalid: kind: Invalid value: "Gadget": must be Widget`,
      ])
      assert.deepEqual(await refused(method, path, { ...widget(name), apiVersion: 'example.com/v2' }), [
        400,
        'BadRequest',
        'the API version in the data (example.com/v2) does not match the expected API version (example.com/v1)',
      ])
    })
  }

  test('a custom object without kind in YAML is told with its text', async () => {
    const text = 'metadata: {name: a}\n'
    const [status, , message] = await refused('POST', url, text, { 'content-type': 'application/yaml' })
    const bytes = Buffer.from(text).toString('hex')
    assert.deepEqual(
      [status, message],
      [
        400,
        `the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing in '${text}' (${bytes})`,
      ],
    )
  })

  test('a patch does not take kind or version from a custom object, nor change them', async () => {
    const [status, reason, message] = await refused('PATCH', `${url}/here`, { kind: null }, merge)
    assert.deepEqual([status, reason], [422, 'Invalid'])
    assert.match(
      message,
      /^ "" is invalid: patch: Invalid value: "\{.*": Object 'Kind' is missing in '\{"apiVersion":"example\.com\/v1",.*\}'$/,
    )
    const patched = (patch: object) => refused('PATCH', `${url}/here`, patch, merge)
    assert.deepEqual(await patched({ kind: 'Gadget' }), [
      422,
      'Invalid',
      'Gadget.example.com "here" is invalid: kind: Invalid value: "Gadget": must be Widget',
    ])
    assert.deepEqual(await patched({ apiVersion: 'other.com/v9' }), [
      422,
      'Invalid',
      'Widget.other.com "here" is invalid: apiVersion: Invalid value: "other.com/v9": must be example.com/v1',
    ])
    assert.equal((await patched({ apiVersion: null }))[0], 422)
    const { json } = await api.ask('GET', `${url}/here`)
    assert.deepEqual([json.kind, json.apiVersion], ['Widget', 'example.com/v1'])
  })

  test('a built-in object may leave out what it is, and be patched so', async () => {
    const { status, json } = await api.ask('PATCH', `${maps}/here`, { kind: null, data: { a: 'b' } }, merge)
    assert.deepEqual([status, json.kind, json.apiVersion, json.data], [200, 'ConfigMap', 'v1', { a: 'b' }])
  })

  test('a kind and a version that nobody knows are told so', async () => {
    assert.deepEqual(await refused('POST', maps, { apiVersion: 'v1', kind: 'Nonsense' }), [
      400,
      'BadRequest',
      `Nonsense in version "v1" cannot be handled as a ConfigMap: no kind "Nonsense" is registered for version "v1" ${scheme}`,
    ])
    assert.deepEqual(await refused('POST', maps, { apiVersion: 'v9', kind: 'ConfigMap' }), [
      400,
      'BadRequest',
      `ConfigMap in version "v9" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v9" ${scheme}`,
    ])
    // A custom kind is none of the built-in ones.
    assert.match((await refused('POST', maps, widget('a')))[2], /: no kind "Widget" is registered for version /)
  })

  test('another version of the kind is read, and is not the expected one', async () => {
    assert.deepEqual(
      await refused('POST', scalers, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' }),
      [
        400,
        'BadRequest',
        'the API version in the data (autoscaling/v2) does not match the expected API version (autoscaling/v1)',
      ],
    )
  })

  test('a patch that makes another kind of a built-in object fits nowhere', async () => {
    const [status, , message] = await refused('PATCH', `${maps}/here`, { kind: 'Pod' }, merge)
    assert.equal(status, 422)
    assert.match(
      message,
      /^ "" is invalid: patch: Invalid value: .*: converting \(v1\.Pod\) to \(core\.ConfigMap\): unknown conversion$/,
    )
  })

  test('a kind or version that is no text, or no version, is not recognized', async () => {
    const before = (of: string) => `the object provided is unrecognized (must be of type ${of}): `
    for (const [path, of] of [
      [maps, 'ConfigMap'],
      [url, 'Widget'],
    ] as const) {
      const [, , kind] = await refused('POST', path, { kind: 1 })
      const field = "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field"
      assert.equal(kind, `${before(of)}${field} .kind of type string ({"kind":1})`)
      const [, , apiVersion] = await refused('POST', path, { apiVersion: 'a/b/c' })
      assert.equal(apiVersion, `${before(of)}unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})`)
    }
  })
})
