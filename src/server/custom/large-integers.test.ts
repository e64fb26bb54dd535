// Integers that a number of JavaScript cannot hold: where the API has 64 bits for them they are kept as they are sent,
// and where this server has not they are refused, with their place. Bodies are text here, so that they come as written.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type CustomServer, customServer, definitionsUrl, settled, version, widgets } from './fixture.ts'

const url = '/apis/example.com/v1/namespaces/default/widgets'
const large = '9007199254740993'
const largest = '9223372036854775807'
const smallest = '-9223372036854775808'

const integer = { type: 'integer', format: 'int64' }
const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      'x-kubernetes-validations': [
        { rule: '!has(self.odd) || self.odd % 2 == 1', messageExpression: "'%d is even'.format([self.odd])" },
      ],
      properties: {
        at: integer,
        odd: integer,
        few: { ...integer, maximum: 9007199254740992 },
        either: { 'x-kubernetes-int-or-string': true },
        ids: { type: 'array', items: integer, 'x-kubernetes-list-type': 'set' },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
}
const column = { name: 'At', type: 'integer', jsonPath: '.spec.at' }
const definition = widgets(
  version('v1', {
    schema: { openAPIV3Schema: schema },
    additionalPrinterColumns: [column],
    subresources: {},
    selectableFields: [{ jsonPath: '.spec.at' }],
  }),
)
const body = (name: string, spec: string, metadata = '') =>
  `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"${name}"${metadata}},"spec":${spec}}`

describe('large integers', () => {
  let api: CustomServer
  before(async () => {
    api = await customServer()
    await api.define(definition)
  })
  after(() => api.stop())

  const specOf = (text: string) => /"spec":(\{.*\})\}$/.exec(text.trim())?.[1]
  const sent = async (method: string, path: string, text: string, type = 'application/json') => {
    const answer = await api.ask(method, path, text, { 'content-type': type })
    assert.ok(answer.status < 300, answer.text)
    return specOf(answer.text)
  }

  test('of custom objects are kept, declared or not', async () => {
    const spec = `{"at":${largest},"either":${large},"free":{"a":[${smallest},{"b":${large}}],"f":1e+21},"ids":[${large}]}`
    assert.equal(await sent('POST', url, body('kept', spec)), spec)
    const { text } = await api.ask('GET', `${url}/kept`)
    assert.equal(specOf(text), spec)
    const list = await api.ask('GET', `${url}?fieldSelector=spec.at=${largest}`)
    assert.ok(list.text.includes(`"spec":${spec}`), list.text)
    const yaml = await api.ask('GET', `${url}/kept`, undefined, { accept: 'application/yaml' })
    assert.match(yaml.text, new RegExp(`\\n {2}at: ${largest}\\n`))
    const table = await api.ask('GET', `${url}/kept`, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    })
    assert.match(table.text, new RegExp(`"cells":\\["kept",${largest}\\]`))
  })

  test('are kept in YAML', async () => {
    const text = `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: yaml}\nspec:\n  at: ${large}\n  free: {a: 0x7fffffffffffffff, b: 7, c: 18446744073709551616}\n`
    assert.equal(
      await sent('POST', url, text, 'application/yaml'),
      `{"at":${large},"free":{"a":${largest},"b":7,"c":18446744073709552000}}`,
    )
  })

  test('stay as they are when something else is changed, in whatever way', async () => {
    await sent('POST', url, body('changed', `{"at":${large},"ids":[1]}`))
    const patched = (type: string, text: string) =>
      sent('PATCH', `${url}/changed?fieldManager=m`, text, `application/${type}`)
    assert.equal(await patched('merge-patch+json', '{"spec":{"odd":7}}'), `{"at":${large},"ids":[1],"odd":7}`)
    assert.equal(
      await patched(
        'json-patch+json',
        `[{"op":"test","path":"/spec/at","value":${large}},{"op":"add","path":"/spec/ids/-","value":${large}}]`,
      ),
      `{"at":${large},"ids":[1,${large}],"odd":7}`,
    )
    assert.equal(
      (
        await api.ask('PATCH', `${url}/changed`, `[{"op":"test","path":"/spec/at","value":9007199254740992}]`, {
          'content-type': 'application/json-patch+json',
        })
      ).status,
      422,
    )
    assert.equal(
      await patched('apply-patch+yaml', body('changed', `{"ids":[${largest}],"free":{"a":${large}}}`)),
      `{"at":${large},"free":{"a":${large}},"ids":[1,${large},${largest}],"odd":7}`,
    )
    assert.equal(
      await patched('apply-patch+yaml', body('changed', `{"free":{"a":${largest}}}`)),
      `{"at":${large},"free":{"a":${largest}},"ids":[1,${large}],"odd":7}`,
    )
    const { json } = await api.ask('GET', `${url}/changed`)
    const version = `,"resourceVersion":"${json.metadata.resourceVersion}"`
    assert.equal(
      await sent('PUT', `${url}/changed`, body('changed', `{"at":${smallest}}`, version)),
      `{"at":${smallest}}`,
    )
  })

  test('are what rules and limits see', async () => {
    await sent('POST', url, body('odd', `{"odd":${large}}`))
    const even = await api.ask('POST', url, body('even', '{"odd":9007199254740994}'))
    assert.match(even.text, /9007199254740994 is even/)
    const many = await api.ask('POST', url, body('many', `{"few":${large}}`))
    assert.match(
      many.json.message,
      /spec\.few: Invalid value: 9007199254740993: spec\.few in body should be less than or equal to 9007199254740992$/,
    )
    const beyond = await api.ask('POST', url, body('beyond', '{"at":9223372036854775808}'))
    assert.match(beyond.json.message, /spec\.at in body must be of type integer: "number",/)
  })

  test('are seen by watches and after the definition has changed', async () => {
    await sent('POST', url, body('watched', `{"at":${large}}`))
    const watch = await api.server.handle({
      method: 'GET',
      path: url,
      query: new URLSearchParams('watch=1&fieldSelector=metadata.name=watched'),
      headers: {},
      body: { type: 'none' },
      signal: new AbortController().signal,
    })
    assert.equal(watch.body.type, 'stream')
    if (watch.body.type !== 'stream') return
    const batches = watch.body.batches[Symbol.asyncIterator]()
    const first = await batches.next()
    assert.ok(Buffer.concat(first.value ?? []).includes(`"at":${large}`))
    await batches.return?.()
    const { json } = await api.ask('GET', `${definitionsUrl}/widgets.example.com`)
    const changed = structuredClone(json)
    changed.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.more = { type: 'string', default: 'yes' }
    assert.equal((await api.ask('PUT', `${definitionsUrl}/widgets.example.com`, changed)).status, 200)
    await settled(api.custom)
    const { text } = await api.ask('GET', `${url}/watched`)
    assert.equal(specOf(text), `{"at":${large},"more":"yes"}`)
  })

  test('of built-in kinds are refused with their place, since they would be changed', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    const pod = (field: string) => `{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}],${field}}}`
    const says = async (field: string) => (await api.ask('POST', pods, pod(field))).json
    const before = 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number'
    const answer = await says(`"terminationGracePeriodSeconds":${large}`)
    assert.deepEqual(
      [answer.code, answer.reason, answer.message],
      [
        400,
        'BadRequest',
        `${before} ${large} into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64: no integer beyond ±9007199254740991 is kept exactly`,
      ],
    )
    assert.equal(
      (await says(`"priority":${large}`)).message,
      `${before} ${large} into Go struct field PodSpec.spec.priority of type int32`,
    )
    assert.equal(
      (await says(`"nodeName":${large}`)).message,
      `${before} into Go struct field PodSpec.spec.nodeName of type string`,
    )
  })

  test('in what built-in kinds do not look into, and as quantities, are kept', async () => {
    const revision = `{"metadata":{"name":"r"},"revision":1,"data":{"a":${large}}}`
    const made = await api.ask('POST', '/apis/apps/v1/namespaces/default/controllerrevisions', revision)
    assert.ok(made.text.includes(`"data":{"a":${large}}`), made.text)
    const quota = `{"metadata":{"name":"q"},"spec":{"hard":{"requests.storage":${large}}}}`
    const { json, text } = await api.ask('POST', '/api/v1/namespaces/default/resourcequotas', quota)
    assert.equal(json.kind, 'ResourceQuota', text)
    assert.equal(json.spec.hard['requests.storage'], large)
  })
})
