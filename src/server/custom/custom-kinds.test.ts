import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { KindRegistry } from '#api/kind-registry.ts'
import { builtIn } from '#api/kinds.ts'
import { testServer } from '../fixture.ts'
import { startCustomKinds } from './custom-kinds.ts'
import {
  type CustomServer,
  customServer,
  definitionsUrl,
  settled,
  version,
  widget,
  widgetSchema,
  widgets,
} from './fixture.ts'

const url = '/apis/example.com/v1/namespaces/default/widgets'
const merge = { 'content-type': 'application/merge-patch+json' }
const apply = { 'content-type': 'application/apply-patch+yaml' }
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }

describe('a custom kind', () => {
  let api: CustomServer
  before(async () => {
    api = await customServer()
    await api.define(widgets())
  })
  after(() => api.stop())

  test('is established', async () => {
    const { json } = await api.ask('GET', `${definitionsUrl}/widgets.example.com`)
    const short = json.status.conditions.map(({ type, status, reason, message }: Record<string, string>) => [
      type,
      status,
      reason,
      message,
    ])
    assert.deepEqual(short, [
      ['NamesAccepted', 'True', 'NoConflicts', 'no conflicts found'],
      ['Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted'],
    ])
    assert.deepEqual(json.status.acceptedNames, json.spec.names)
    assert.deepEqual(json.status.storedVersions, ['v1'])
  })

  test('is in discovery and in both documents of OpenAPI', async () => {
    const { json } = await api.ask('GET', '/apis/example.com/v1')
    assert.deepEqual(
      json.resources.map(({ name }: { name: string }) => name),
      ['widgets', 'widgets/scale', 'widgets/status'],
    )
    assert.deepEqual(json.resources[0].shortNames, ['wd'])
    const v3 = await api.ask('GET', '/openapi/v3/apis/example.com/v1')
    const shown = v3.json.components.schemas['com.example.v1.Widget']
    assert.equal(shown.description, 'A widget.')
    assert.equal(shown.properties.spec.properties.size.description, 'How large.')
    const v2 = await api.ask('GET', '/openapi/v2')
    assert.equal(v2.json.definitions['com.example.v1.Widget'].properties.spec.properties.size.type, 'integer')
  })

  test('objects are created with defaults and without what is not declared', async () => {
    const { status, json, text } = await api.ask('POST', url, {
      ...widget('one', {
        size: 2,
        nonsense: 1,
        note: null,
        color: null,
        free: { a: { b: null } },
        parts: [{ id: 'x', y: 1 }],
      }),
      status: { replicas: 3 },
    })
    assert.equal(status, 201, text)
    assert.deepEqual(json.spec, {
      color: 'red',
      free: { a: { b: null } },
      note: null,
      parts: [{ id: 'x', weight: 1.5 }],
      size: 2,
    })
    assert.equal(json.status, undefined)
    assert.equal(json.metadata.generation, 1)
    const got = await api.ask('GET', `${url}/one`)
    assert.deepEqual(got.json, json)
    const list = await api.ask('GET', url)
    assert.equal(list.json.kind, 'WidgetList')
    assert.deepEqual(list.json.items, [json])
  })

  const bad: readonly (readonly [string, object, readonly string[]])[] = [
    [
      'a text for a number',
      { size: 'x' },
      ['spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'],
    ],
    ['null', { size: null }, ['spec.size: Required value']],
    ['nothing', {}, ['spec.size: Required value']],
    ['too much', { size: 11 }, ['spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10']],
    [
      'too little',
      { size: 0 },
      ['spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1'],
    ],
    [
      'another choice',
      { size: 1, color: 'green' },
      ['spec.color: Unsupported value: "green": supported values: "red", "blue"'],
    ],
    [
      'another pattern',
      { size: 1, name: 'A' },
      [`spec.name: Invalid value: "A": spec.name in body should match '^[a-z]+$'`],
    ],
    ['a long text', { size: 1, name: 'abcdef' }, ['spec.name: Too long: may not be more than 5 bytes']],
    [
      'a boolean',
      { size: 1, port: true },
      ['spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"'],
    ],
    [
      'a list',
      { size: 1, labels: ['a'] },
      ['spec.labels: Invalid value: "array": spec.labels in body must be of type object: "array"'],
    ],
    [
      'a value in a map',
      { size: 1, labels: { a: 1 } },
      ['spec.labels.a: Invalid value: "integer": spec.labels.a in body must be of type string: "integer"'],
    ],
    [
      'items',
      { size: 1, parts: [{ weight: 'x' }] },
      [
        'spec.parts[0].id: Required value',
        'spec.parts[0].weight: Invalid value: "string": spec.parts[0].weight in body must be of type number: "string"',
      ],
    ],
    [
      'the same key twice',
      { size: 1, parts: [{ id: 'a' }, { id: 'a' }] },
      ['spec.parts[1]: Duplicate value: {"id":"a"}'],
    ],
    [
      'too many',
      { size: 1, parts: [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }] },
      ['spec.parts: Too many: 4: must have at most 3 items'],
    ],
  ]
  for (const [what, spec, problems] of bad) {
    test(`${what} is refused`, async () => {
      const { status, json, text } = await api.ask('POST', url, widget('bad', spec))
      assert.equal(status, 422, text)
      const told = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`
      assert.equal(json.message, `Widget.example.com "bad" is invalid: ${told}`)
    })
  }

  test('unknown fields are refused under Strict, and told of under Warn', async () => {
    const body = widget('strict', { size: 1, parts: [{ id: 'x', y: 1 }] })
    const strict = await api.ask('POST', `${url}?fieldValidation=Strict`, body)
    assert.equal(strict.status, 400)
    assert.match(strict.json.message, /strict decoding error: unknown field "spec.parts\[0\].y"$/)
    const warned = await api.ask('POST', `${url}?fieldValidation=Warn&dryRun=All`, body)
    assert.deepEqual(warned.headers.warning, ['299 - "unknown field \\"spec.parts[0].y\\""'])
  })

  test('status and scale are written apart', async () => {
    await api.ask('POST', url, widget('parts'))
    const status = { replicas: 2, selector: 'a=b', at: '2029-12-31T23:55:00Z' }
    const written = await api.ask('PATCH', `${url}/parts/status`, { spec: { size: 9 }, status }, merge)
    assert.deepEqual(
      [written.json.spec.size, written.json.status],
      [1, { at: status.at, replicas: 2, selector: 'a=b' }],
    )
    const scaled = await api.ask('PATCH', `${url}/parts/scale`, { spec: { replicas: 5 } }, merge)
    assert.equal(scaled.status, 200, scaled.text)
    assert.deepEqual([scaled.json.spec, scaled.json.status], [{ replicas: 5 }, { replicas: 2, selector: 'a=b' }])
    const { json } = await api.ask('GET', `${url}/parts`)
    assert.deepEqual([json.spec.replicas, json.metadata.generation], [5, 2])
    const wrong = await api.ask('PATCH', `${url}/parts/status`, { status: { at: 'x' } }, merge)
    assert.match(wrong.json.message, /status.at: Invalid value: "x": status.at in body must be of type date-time: "x"$/)
  })

  test('shows a table with its columns', async () => {
    const { json } = await api.ask('GET', `${url}/parts`, undefined, table)
    const names = json.columnDefinitions.map(({ name }: { name: string }) => name)
    assert.deepEqual(names, ['Name', 'Size', 'Since'])
    assert.deepEqual(json.rows[0].cells, ['parts', 1, '5m'])
  })

  test('is selected by its fields', async () => {
    await api.ask('POST', url, widget('blue', { size: 1, color: 'blue' }))
    const { json } = await api.ask('GET', `${url}?fieldSelector=spec.color%3Dblue`)
    assert.deepEqual(
      json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
      ['blue'],
    )
    assert.equal((await api.ask('GET', `${url}?fieldSelector=spec.size%3D1`)).status, 400)
  })

  test('is applied field by field', async () => {
    const ask = (manager: string, spec: object) =>
      api.ask('PATCH', `${url}/applied?fieldManager=${manager}`, widget('applied', spec), apply)
    const first = await ask('a', { size: 1, parts: [{ id: 'x', weight: 1 }] })
    assert.equal(first.status, 201, first.text)
    const second = await ask('b', { size: 1, parts: [{ id: 'y', weight: 2 }] })
    assert.deepEqual(second.json.spec.parts, [
      { id: 'x', weight: 1 },
      { id: 'y', weight: 2 },
    ])
    const conflict = await ask('b', { size: 2 })
    assert.equal(conflict.status, 409, conflict.text)
    assert.match(conflict.json.message, /conflict with "a": \.spec\.size/)
  })

  test('takes no strategic patch, no protobuf, and no update without a version', async () => {
    const strategic = { 'content-type': 'application/strategic-merge-patch+json' }
    assert.equal((await api.ask('PATCH', `${url}/parts`, {}, strategic)).status, 415)
    const update = await api.ask('PUT', `${url}/parts`, widget('parts'))
    assert.equal(update.status, 422)
    assert.match(update.json.message, /metadata.resourceVersion: Invalid value: 0x0: must be specified for an update/)
  })

  test('is watched', async () => {
    const watch = await api.watch(`${url}?watch=true&fieldSelector=metadata.name%3Dseen`)
    await api.ask('POST', url, widget('seen'))
    const [event] = (await watch.next()) ?? []
    assert.deepEqual([event?.type, event?.object.kind, event?.object.spec.color], ['ADDED', 'Widget', 'red'])
    await watch.stop()
  })

  test('what has not changed is not refused when the schema becomes stricter, and a new schema counts at once', async () => {
    await api.ask('POST', url, widget('old', { size: 7, name: 'abc' }))
    const crd = `${definitionsUrl}/widgets.example.com`
    const spec = { ...widgetSchema.properties.spec, properties: { ...widgetSchema.properties.spec.properties } }
    spec.properties.size = { ...spec.properties.size, maximum: 5 }
    const schema = {
      ...widgetSchema,
      properties: {
        ...widgetSchema.properties,
        spec: { ...spec, properties: { ...spec.properties, extra: { type: 'string', default: 'new' } } },
      },
    }
    const watch = await api.watch(`${url}?watch=true`)
    const changed = await api.ask(
      'PATCH',
      crd,
      { spec: { versions: [version('v1', { schema: { openAPIV3Schema: schema } })] } },
      merge,
    )
    assert.equal(changed.status, 200, changed.text)
    await settled(api.custom)
    while (await watch.next());
    const { json } = await api.ask('GET', `${url}/old`)
    assert.equal(json.spec.extra, 'new')
    assert.equal((await api.ask('PATCH', `${url}/old`, { spec: { name: 'abcd' } }, merge)).status, 200)
    assert.equal((await api.ask('PATCH', `${url}/old`, { spec: { size: 8 } }, merge)).status, 422)
  })

  test('goes with its objects, those that are held by a finalizer last', async () => {
    const crd = `${definitionsUrl}/widgets.example.com`
    await api.ask('PATCH', `${url}/old`, { metadata: { finalizers: ['example.com/hold'] } }, merge)
    assert.equal((await api.ask('DELETE', crd)).status, 200)
    await settled(api.custom)
    const { json } = await api.ask('GET', crd)
    const terminating = json.status.conditions.find(({ type }: { type: string }) => type === 'Terminating')
    assert.deepEqual([terminating.status, terminating.reason], ['True', 'InstanceDeletionInProgress'])
    assert.deepEqual(json.metadata.finalizers, ['customresourcecleanup.apiextensions.k8s.io'])
    assert.equal((await api.ask('POST', url, widget('late'))).status, 405)
    const left = await api.ask('GET', url)
    assert.deepEqual(
      left.json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
      ['old'],
    )
    assert.equal((await api.ask('PATCH', `${url}/old`, { metadata: { finalizers: null } }, merge)).status, 200)
    await settled(api.custom)
    assert.equal((await api.ask('GET', crd)).status, 404)
    assert.equal((await api.ask('GET', url)).status, 404)
  })
})

test('every served version shows the same objects, and what is stored follows the storage version', async () => {
  const api = await customServer()
  const [v1, v2] = [version('v1'), version('v2', { storage: false })]
  await api.define(widgets(v1, v2))
  await api.ask('POST', url, widget('a', { size: 1, color: 'blue' }))
  const second = '/apis/example.com/v2/namespaces/default/widgets'
  const { json } = await api.ask('GET', `${second}/a`)
  assert.deepEqual([json.apiVersion, json.spec], ['example.com/v2', { color: 'blue', size: 1 }])
  const group = await api.ask('GET', '/apis/example.com')
  assert.equal(group.json.preferredVersion.version, 'v2')
  const versions = [
    { ...v1, storage: false, deprecated: true },
    { ...v2, storage: true },
  ]
  const crd = `${definitionsUrl}/widgets.example.com`
  const changed = await api.ask('PATCH', crd, { spec: { versions } }, merge)
  assert.deepEqual(changed.json.status.storedVersions, ['v1', 'v2'])
  await settled(api.custom)
  const old = await api.ask('GET', `${second}/a`)
  assert.deepEqual([old.json.apiVersion, old.json.spec.color], ['example.com/v2', 'blue'])
  const put = await api.ask('PATCH', `${url}/a`, { spec: { size: 2 } }, merge)
  assert.deepEqual([put.json.apiVersion, put.json.spec.size], ['example.com/v1', 2])
  assert.deepEqual(put.headers.warning, ['299 - "example.com/v1 Widget is deprecated; use example.com/v2 Widget"'])
  assert.match(
    Buffer.from(api.store.get('widgets.example.com/default/a')?.bytes ?? []).toString(),
    /"apiVersion":"example.com\/v2"/,
  )
  await api.stop()
})

test('a name that is taken is not accepted until it is free', async () => {
  const api = await customServer()
  await api.define(widgets())
  const gadgets = {
    metadata: { name: 'gadgets.example.com' },
    spec: { ...widgets().spec, names: { plural: 'gadgets', kind: 'Gadget', shortNames: ['wd'] } },
  }
  await api.define(gadgets)
  const conditions = async () => {
    const { json } = await api.ask('GET', `${definitionsUrl}/gadgets.example.com`)
    return json.status.conditions.map(({ type, status, reason, message }: Record<string, string>) => [
      type,
      status,
      reason,
      message,
    ])
  }
  assert.deepEqual(await conditions(), [
    ['NamesAccepted', 'False', 'ShortNamesConflict', '"wd" is already in use'],
    ['Established', 'False', 'NotAccepted', 'not all names are accepted'],
  ])
  assert.equal((await api.ask('GET', '/apis/example.com/v1/gadgets')).status, 404)
  await api.ask('DELETE', `${definitionsUrl}/widgets.example.com`)
  await settled(api.custom)
  assert.deepEqual((await conditions())[1], [
    'Established',
    'True',
    'InitialNamesAccepted',
    'the initial names have been accepted',
  ])
  assert.equal((await api.ask('GET', '/apis/example.com/v1/gadgets')).status, 200)
  await api.stop()
})

test('after a start, what was established is served at once', async () => {
  const first = await customServer()
  await first.define(widgets())
  await first.ask('POST', url, widget('a'))
  first.custom.stop()
  first.server.stop()
  const second = await testServer({ store: first.store, kinds: new KindRegistry(builtIn.all), namespaces: [] })
  const custom = startCustomKinds(second.server.core, second.server.handle)
  const { status, json } = await second.ask('GET', `${url}/a`)
  assert.deepEqual([status, json?.spec], [200, { color: 'red', size: 1 }])
  custom.stop()
  await second.stop()
  await first.store.close()
})

test('what is built in is left alone by a definition of the same name', async () => {
  const api = await customServer()
  const group = 'networking.k8s.io'
  const spec = { ...widgets().spec, group, names: { plural: 'ingresses', kind: 'Ingress' }, versions: [version('v2')] }
  const annotations = { 'api-approved.kubernetes.io': 'https://example.com/1' }
  await api.define({ metadata: { name: `ingresses.${group}`, annotations }, spec })
  const { status } = await api.ask('POST', `/apis/${group}/v1/namespaces/default/ingresses`, {
    metadata: { name: 'a' },
    spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
  })
  assert.equal(status, 201)
  await api.ask('DELETE', `${definitionsUrl}/ingresses.${group}`)
  await settled(api.custom)
  assert.equal((await api.ask('GET', `${definitionsUrl}/ingresses.${group}`)).status, 404)
  assert.equal((await api.ask('GET', `/apis/${group}/v1/namespaces/default/ingresses/a`)).status, 200)
  await api.stop()
})

test('what is said of a definition does not end the watches of its objects', async () => {
  const api = await customServer()
  const { core } = api.server
  let changes = 0
  const stop = core.kinds.subscribe(() => {
    changes++
  })
  await api.define(widgets())
  const condition = { type: 'Seen', status: 'True', reason: 'Looked', message: 'by somebody' }
  const status = `${definitionsUrl}/widgets.example.com/status`
  assert.equal((await api.ask('PATCH', status, { status: { conditions: [condition] } }, merge)).status, 200)
  const labels = { metadata: { labels: { a: 'b' } } }
  assert.equal((await api.ask('PATCH', `${definitionsUrl}/widgets.example.com`, labels, merge)).status, 200)
  await settled(api.custom)
  assert.equal(changes, 1)
  stop()
  await api.stop()
})

test('objects go with their definition even if no version of them is served any more', async () => {
  const api = await customServer()
  await api.define(widgets(version('v1'), version('v2', { storage: false })))
  await api.ask('POST', url, widget('a'))
  const crd = `${definitionsUrl}/widgets.example.com`
  const later = [version('v1', { served: false, storage: false }), version('v2', { served: false })]
  assert.equal((await api.ask('PATCH', crd, { spec: { versions: later } }, merge)).status, 200)
  await settled(api.custom)
  assert.equal((await api.ask('GET', `${url}/a`)).status, 404)
  assert.equal(api.store.count('widgets.example.com/'), 1)
  assert.equal((await api.ask('DELETE', crd)).status, 200)
  await settled(api.custom)
  assert.equal(api.store.count('widgets.example.com/'), 0)
  assert.equal((await api.ask('GET', crd)).status, 404)
  await api.stop()
})
