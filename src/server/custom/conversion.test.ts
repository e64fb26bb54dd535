import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { realClock } from '#lib/clock.ts'
import { createAuthority, issue } from '#lib/pki.ts'
import { createWebhookClient, type WebhookClient } from '../webhook/client.ts'
import { type CustomServer, customServer, definitionsUrl, settled } from './fixture.ts'

// biome-ignore lint/suspicious/noExplicitAny: objects as they come
type Any = any

interface Asked {
  readonly desiredAPIVersion: string
  readonly objects: readonly Any[]
}

/** `host: a:1` in v1 is `name: a, port: 1` in v2. */
function converted(object: Any, apiVersion: string): Any {
  // What an apply would leave may have no spec at all.
  const { host = '', name = '', port = 0, ...rest } = object.spec ?? {}
  if (apiVersion.endsWith('v1')) return { ...object, apiVersion, spec: { ...rest, host: `${name}:${port}` } }
  const [first, second] = host.split(':')
  return { ...object, apiVersion, spec: { ...rest, name: first, port: Number(second) } }
}

const goodAnswer = (body: Any) => ({
  apiVersion: body.apiVersion,
  kind: body.kind,
  response: {
    uid: body.request.uid,
    result: { status: 'Success' },
    convertedObjects: body.request.objects.map((object: Any) => converted(object, body.request.desiredAPIVersion)),
  },
})

const fields = { host: { type: 'string' }, name: { type: 'string' }, port: { type: 'integer' } }
const schema = (...names: (keyof typeof fields)[]) => ({
  openAPIV3Schema: {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: { ...Object.fromEntries(names.map((name) => [name, fields[name]])), note: { type: 'string' } },
      },
      status: { type: 'object', properties: { seen: { type: 'boolean' } } },
    },
  },
})
const subresources = { status: {} }

const url = (version: string, name = '') => `/apis/example.com/${version}/namespaces/default/hosts${name && `/${name}`}`
const v1 = (name: string, host: string, change: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Host',
  metadata: { name },
  spec: { host },
  ...change,
})
const v2 = (name: string, port: number) => ({
  apiVersion: 'example.com/v2',
  kind: 'Host',
  metadata: { name },
  spec: { name, port },
})

describe('a conversion webhook', () => {
  let hooks: Server
  let client: WebhookClient
  let port = 0
  let caBundle = ''
  let asked: Asked[] = []
  let answer: (body: Any) => Any
  let gate: Promise<void> | undefined

  before(async () => {
    const nowMs = realClock.now()
    const authority = await createAuthority('hooks', nowMs)
    const serving = await issue(authority, {
      commonName: 'hook',
      dnsNames: [],
      ips: ['127.0.0.1'],
      usages: ['server'],
      nowMs,
      lifetimeMs: 1e7,
    })
    caBundle = Buffer.from(authority.certPem).toString('base64')
    client = createWebhookClient({ clock: realClock })
    hooks = createServer({ cert: serving.certPem, key: serving.keyPem }, async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      const body = JSON.parse(text)
      asked.push(body.request)
      await gate
      response.end(JSON.stringify(answer(body)))
    })
    await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve))
    port = (hooks.address() as AddressInfo).port
  })
  after(() => {
    client.close()
    hooks.closeAllConnections()
    hooks.close()
  })
  beforeEach(() => {
    asked = []
    answer = goodAnswer
    gate = undefined
  })

  const definition = (storage: 'v1' | 'v2' = 'v1') => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'hosts.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'hosts', singular: 'host', kind: 'Host', listKind: 'HostList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: storage === 'v1',
          schema: schema('host'),
          subresources,
          selectableFields: [{ jsonPath: '.spec.host' }],
        },
        {
          name: 'v2',
          served: true,
          storage: storage === 'v2',
          schema: schema('name', 'port'),
          subresources,
          selectableFields: [{ jsonPath: '.spec.name' }],
        },
      ],
      conversion: {
        strategy: 'Webhook',
        webhook: {
          conversionReviewVersions: ['v9', 'v1'],
          clientConfig: { url: `https://127.0.0.1:${port}/convert`, caBundle },
        },
      },
    },
  })

  async function hostServer(): Promise<CustomServer> {
    const api = await customServer({ webhooks: client })
    await api.define(definition())
    return api
  }
  const withServer = (work: (api: CustomServer) => Promise<void>) => async () => {
    const api = await hostServer()
    try {
      await work(api)
    } finally {
      await api.stop()
    }
  }
  async function create(api: CustomServer, ...objects: ReturnType<typeof v1>[]): Promise<void> {
    for (const object of objects) {
      const { status, text } = await api.ask('POST', url(object.apiVersion.split('/')[1]!), object)
      assert.equal(status, 201, text)
    }
  }

  test(
    'is not asked about what is wanted as it is stored',
    withServer(async (api) => {
      await create(api, v1('a', 'a:1'))
      assert.equal((await api.ask('GET', url('v1', 'a'))).json.spec.host, 'a:1')
      assert.deepEqual(asked, [])
    }),
  )

  test(
    'shows an object in another version, asked once, and keeps its metadata',
    withServer(async (api) => {
      await create(api, v1('a', 'a:1', { metadata: { name: 'a', labels: { x: 'y' } } }))
      answer = (body) => {
        const good = goodAnswer(body)
        good.response.convertedObjects[0].metadata.labels = { x: 'z' }
        good.response.convertedObjects[0].metadata.finalizers = ['e.com/no']
        return good
      }
      const [first, second] = [await api.ask('GET', url('v2', 'a')), await api.ask('GET', url('v2', 'a'))]
      assert.deepEqual(first.json.spec, { name: 'a', port: 1 })
      assert.equal(first.json.apiVersion, 'example.com/v2')
      assert.deepEqual(first.json.metadata.labels, { x: 'z' })
      assert.equal(first.json.metadata.finalizers, undefined)
      assert.equal(first.text, second.text)
      assert.equal(asked.length, 1)
      assert.equal(asked[0]?.desiredAPIVersion, 'example.com/v2')
      assert.equal(asked[0]?.objects[0].metadata.uid, first.json.metadata.uid)
    }),
  )

  test(
    'converts what is written before it is stored, and the answer back',
    withServer(async (api) => {
      const made = await api.ask('POST', url('v2'), v2('b', 2))
      assert.equal(made.status, 201, made.text)
      assert.deepEqual(made.json.spec, { name: 'b', port: 2 })
      assert.deepEqual((await api.ask('GET', url('v1', 'b'))).json.spec, { host: 'b:2' })
      const change = { ...made.json, spec: { name: 'b', port: 3 } }
      const updated = await api.ask('PUT', url('v2', 'b'), change)
      assert.equal(updated.status, 200, updated.text)
      assert.equal(updated.json.metadata.generation, 2)
      assert.deepEqual((await api.ask('GET', url('v1', 'b'))).json.spec, { host: 'b:3' })
      const patched = await api.ask('PATCH', url('v2', 'b'), { spec: { port: 4 } }, mergePatch)
      assert.deepEqual(patched.json.spec, { name: 'b', port: 4 })
      const status = await api.ask('PATCH', `${url('v2', 'b')}/status`, { status: { seen: true } }, mergePatch)
      assert.deepEqual(status.json.status, { seen: true })
      assert.deepEqual((await api.ask('GET', url('v1', 'b'))).json.status, { seen: true })
      const applied = await api.ask('PATCH', `${url('v2', 'c')}?fieldManager=me`, v2('c', 5), applyPatch)
      assert.equal(applied.status, 201, applied.text)
      assert.deepEqual((await api.ask('GET', url('v1', 'c'))).json.spec, { host: 'c:5' })
      assert.equal((await api.ask('DELETE', url('v2', 'c'))).status, 200)
      assert.equal((await api.ask('GET', url('v1', 'c'))).status, 404)
    }),
  )

  test(
    'is asked once for a list, and only about objects of another version',
    withServer(async (api) => {
      await create(api, v1('a', 'a:1'), v1('b', 'b:2'), v1('c', 'c:3'))
      const { json: stored } = await api.ask('GET', `${definitionsUrl}/hosts.example.com`)
      const { json: moved, text } = await api.ask('PUT', `${definitionsUrl}/hosts.example.com`, {
        ...stored,
        spec: definition('v2').spec,
      })
      assert.deepEqual(moved?.status?.storedVersions, ['v1', 'v2'], text)
      await settled(api.custom)
      await create(api, v2('d', 4) as Any)
      asked = []
      const { json } = await api.ask('GET', url('v2'))
      assert.deepEqual(
        json.items.map(({ spec }: Any) => [spec.name, spec.port]),
        [
          ['a', 1],
          ['b', 2],
          ['c', 3],
          ['d', 4],
        ],
      )
      assert.deepEqual(
        asked.map(({ objects }) => objects.map(({ metadata }) => metadata.name)),
        [['a', 'b', 'c']],
      )
      const pages = await api.ask('GET', `${url('v2')}?limit=2`)
      assert.equal(pages.json.items.length, 2)
      const rest = await api.ask('GET', `${url('v2')}?limit=2&continue=${pages.json.metadata.continue}`)
      assert.deepEqual(
        rest.json.items.map(({ metadata }: Any) => metadata.name),
        ['c', 'd'],
      )
    }),
  )

  test(
    'decides what a selector sees',
    withServer(async (api) => {
      await create(api, v1('a', 'x:1'), v1('b', 'y:2'), v1('c', 'x:3'))
      const { json } = await api.ask('GET', `${url('v2')}?fieldSelector=spec.name=x`)
      assert.deepEqual(
        json.items.map(({ metadata }: Any) => metadata.name),
        ['a', 'c'],
      )
      const gone = await api.ask('DELETE', `${url('v2')}?fieldSelector=spec.name=x`)
      assert.equal(gone.status, 200, gone.text)
      assert.deepEqual(
        (await api.ask('GET', url('v1'))).json.items.map(({ metadata }: Any) => metadata.name),
        ['b'],
      )
    }),
  )

  test(
    'holds a watch up, but does not mix up its order',
    withServer(async (api) => {
      await create(api, v1('a', 'a:1'))
      const watch = await api.watch(`${url('v2')}?watch=true&allowWatchBookmarks=true`)
      const [initial] = (await watch.next()) ?? []
      assert.deepEqual([initial?.type, initial?.object.spec.port], ['ADDED', 1])
      const open = Promise.withResolvers<void>()
      gate = open.promise
      await create(api, v1('b', 'b:2'))
      await create(api, v1('c', 'c:3'))
      await api.ask('PATCH', url('v1', 'b'), { spec: { host: 'b:4' } }, mergePatch)
      await api.ask('DELETE', url('v1', 'a'))
      // A bookmark must not promise what is still being converted.
      await api.clock.advance(60_000)
      open.resolve()
      const seen: string[] = []
      while (seen.length < 4) {
        for (const { type, object } of (await watch.next()) ?? []) {
          seen.push(type === 'BOOKMARK' ? type : `${type} ${object.metadata.name} ${object.spec.port}`)
        }
      }
      assert.deepEqual(seen, ['ADDED b 2', 'ADDED c 3', 'MODIFIED b 4', 'DELETED a 1'])
      await watch.stop()
    }),
  )

  test(
    'that fails ends a watch with its error',
    withServer(async (api) => {
      const watch = await api.watch(`${url('v2')}?watch=true`)
      answer = () => ({})
      await create(api, v1('a', 'a:1'))
      const [event] = (await watch.next()) ?? []
      assert.equal(event?.type, 'ERROR')
      assert.match(event?.object.message, /^conversion webhook for example.com\/v1, Kind=Host failed: /)
      await watch.stop()
    }),
  )

  const owned = ({ metadata }: Any) =>
    metadata.managedFields.map(({ manager, apiVersion, fieldsV1 }: Any) => [
      `${manager} ${apiVersion.split('/')[1]}`,
      Object.keys(fieldsV1['f:spec'] ?? {}),
    ])
  const apply = (api: CustomServer, version: string, manager: string, spec: object, query = '') =>
    api.ask(
      'PATCH',
      `${url(version, 'a')}?fieldManager=${manager}${query}`,
      { apiVersion: `example.com/${version}`, kind: 'Host', metadata: { name: 'a' }, spec },
      { 'content-type': 'application/apply-patch+yaml' },
    )

  test(
    'says which fields are in conflict in the version of their owner',
    withServer(async (api) => {
      await apply(api, 'v1', 'one', { host: 'a:1', note: 'n' })
      const same = await apply(api, 'v2', 'two', { name: 'a', port: 1 })
      assert.equal(same.status, 200, same.text)
      const other = await apply(api, 'v2', 'two', { name: 'a', port: 2 })
      assert.equal(other.json.message, 'Apply failed with 1 conflict: conflict with "one": .spec.host')
      const forced = await apply(api, 'v2', 'two', { name: 'a', port: 2 }, '&force=true')
      assert.deepEqual(owned(forced.json), [
        ['one v1', ['f:note']],
        ['two v2', ['f:name', 'f:port']],
      ])
    }),
  )

  test(
    'says what a manager had applied in another version',
    withServer(async (api) => {
      await apply(api, 'v1', 'one', { host: 'a:1', note: 'n' })
      const { json, text } = await apply(api, 'v2', 'one', { name: 'a', port: 1 })
      assert.deepEqual(json.spec, { name: 'a', port: 1 }, text)
      assert.deepEqual(owned(json), [['one v2', ['f:name', 'f:port']]])
    }),
  )

  test(
    'says whose fields an update has changed',
    withServer(async (api) => {
      await apply(api, 'v1', 'one', { host: 'a:1', note: 'n' })
      const { json, text } = await api.ask(
        'PATCH',
        `${url('v2', 'a')}?fieldManager=two`,
        { spec: { port: 5 } },
        mergePatch,
      )
      assert.deepEqual(
        owned(json),
        [
          ['one v1', ['f:note']],
          ['two v2', ['f:port']],
        ],
        text,
      )
    }),
  )

  test(
    'that fails refuses an apply, and nobody owns what an update has left',
    withServer(async (api) => {
      await apply(api, 'v1', 'one', { host: 'a:1' })
      await apply(api, 'v2', 'two', { name: 'a' })
      answer = () => ({})
      const { status, text } = await apply(api, 'v1', 'one', { host: 'a:2' }, '&force=true')
      assert.equal(status, 500, text)
      assert.match(text, /conversion webhook for example.com\/v1, Kind=Host failed: /)
      const { json } = await api.ask(
        'PATCH',
        `${url('v1', 'a')}?fieldManager=three`,
        { spec: { host: 'b:1' } },
        mergePatch,
      )
      assert.equal(json.metadata.managedFields, undefined)
    }),
  )

  test(
    'converts the parameters of policies',
    withServer(async (api) => {
      await create(api, v1('limits', 'a:3'))
      const admission = '/apis/admissionregistration.k8s.io/v1'
      const policy = await api.ask('POST', `${admission}/validatingadmissionpolicies`, {
        metadata: { name: 'few' },
        spec: {
          paramKind: { apiVersion: 'example.com/v2', kind: 'Host' },
          matchConstraints: {
            resourceRules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
            ],
          },
          validations: [{ expression: 'object.data.size() <= params.spec.port', message: 'too many' }],
        },
      })
      assert.equal(policy.status, 201, policy.text)
      const binding = await api.ask('POST', `${admission}/validatingadmissionpolicybindings`, {
        metadata: { name: 'few' },
        spec: {
          policyName: 'few',
          paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' },
          validationActions: ['Deny'],
        },
      })
      assert.equal(binding.status, 201, binding.text)
      const store = (name: string, data: object) =>
        api.ask('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name }, data })
      answer = withResponse({ result: { status: 'Failure', message: 'not yet' } })
      const early = await store('early', { a: '1' })
      assert.equal(early.status, 422, early.text)
      assert.match(early.json.message, /failed to configure binding: conversion webhook for .* failed: not yet/)
      answer = goodAnswer
      assert.equal((await store('few', { a: '1' })).status, 201)
      const many = await store('many', { a: '1', b: '2', c: '3', d: '4' })
      assert.match(many.json.message, /too many$/)
    }),
  )

  const subject = 'conversion webhook for example.com/v1, Kind=Host'
  const withObject = (change: (object: Any) => Any) => (body: Any) => {
    const good = goodAnswer(body)
    good.response.convertedObjects = good.response.convertedObjects.map(change)
    return good
  }
  const withMetadata = (change: object) =>
    withObject((object) => ({ ...object, metadata: { ...object.metadata, ...change } }))
  const withResponse = (change: object) => (body: Any) => {
    const good = goodAnswer(body)
    return { ...good, response: { ...good.response, ...change } }
  }
  const bad: readonly (readonly [why: string, answer: (body: Any) => Any, message: string | RegExp])[] = [
    [
      'of another kind',
      (body) => ({ ...goodAnswer(body), kind: 'Other' }),
      `${subject} failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got apiextensions.k8s.io/v1, Kind=Other`,
    ],
    ['without a response', ({ apiVersion, kind }) => ({ apiVersion, kind }), `${subject} failed: no response provided`],
    [
      'to another question',
      withResponse({ uid: 'other' }),
      /Kind=Host failed: expected response.uid="[-0-9a-f]+", got "other"$/,
    ],
    [
      'that says no',
      withResponse({ result: { status: 'Failure', message: 'not today' } }),
      `${subject} failed: not today`,
    ],
    [
      'that says nothing of success',
      withResponse({ result: undefined }),
      `${subject} failed: response.result.status was '', not 'Success'`,
    ],
    ['with too few objects', withResponse({ convertedObjects: [] }), `${subject} returned 0 objects, expected 1`],
    [
      'of another version',
      withObject((object) => ({ ...object, apiVersion: 'example.com/v3' })),
      `${subject} returned invalid object at index 0: invalid groupVersion (expected example.com/v2, received example.com/v3)`,
    ],
    [
      'about another kind',
      withObject((object) => ({ ...object, kind: 'Guest' })),
      `${subject} returned invalid object at index 0: invalid kind (expected Host, received Guest)`,
    ],
    [
      'with another name',
      withMetadata({ name: 'b' }),
      `${subject} returned invalid object: must have the same name: a != b`,
    ],
    [
      'in another namespace',
      withMetadata({ namespace: 'b' }),
      `${subject} returned invalid object: must have the same namespace: default != b`,
    ],
    [
      'of another object',
      withMetadata({ uid: 'b' }),
      /returned invalid object: must have the same UID: [-0-9a-f]+ != b$/,
    ],
    [
      'without metadata',
      withObject(({ metadata: _, ...object }) => object),
      `${subject} returned invalid object: must have the same name: a != `,
    ],
    [
      'with labels that are none',
      withMetadata({ labels: ['a'] }),
      `${subject} returned invalid metadata: invalid metadata.labels of type []interface {} in converted object`,
    ],
    [
      'with a label that is no text',
      withMetadata({ labels: { a: 1 } }),
      `${subject} returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object`,
    ],
    [
      'with a bad label',
      withMetadata({ labels: { a: '/' } }),
      /returned invalid metadata: metadata.labels: Invalid value: "\/": a valid label must be an empty string/,
    ],
  ]
  for (const [why, given, message] of bad) {
    test(
      `an answer ${why} is refused`,
      withServer(async (api) => {
        await create(api, v1('a', 'a:1'))
        answer = given
        for (const place of [url('v2', 'a'), url('v2')]) {
          const { status, json } = await api.ask('GET', place)
          assert.equal(status, 500)
          if (typeof message === 'string') assert.equal(json.message, message)
          else assert.match(json.message, message)
        }
      }),
    )
  }

  test('that is not there is told of, and what is stored as it is wanted can still be read', async () => {
    const api = await customServer({ webhooks: client })
    try {
      const away = definition()
      away.spec.conversion.webhook.clientConfig.url = 'https://127.0.0.1:1/convert'
      await api.define(away)
      await create(api, v1('a', 'a:1'))
      const { status, json } = await api.ask('GET', url('v2', 'a'))
      assert.equal(status, 500)
      const text =
        'failed: Post "https://127.0.0.1:1/convert?timeout=30s": dial tcp 127.0.0.1:1: connect: connection refused'
      assert.equal(json.message, `${subject} ${text}`)
      const write = await api.ask('POST', url('v2'), v2('b', 1))
      assert.equal(write.status, 500)
      assert.match(write.json.message, /^conversion webhook for example.com\/v2, Kind=Host failed: Post /)
      assert.equal((await api.ask('GET', url('v1', 'a'))).status, 200)
      // The definition goes with its objects, webhook or not.
      assert.equal((await api.ask('DELETE', `${definitionsUrl}/hosts.example.com`)).status, 200)
      await settled(api.custom)
      assert.equal((await api.ask('GET', `${definitionsUrl}/hosts.example.com`)).status, 404)
    } finally {
      await api.stop()
    }
  })
})

const mergePatch = { 'content-type': 'application/merge-patch+json' }
const applyPatch = { 'content-type': 'application/apply-patch+yaml' }
