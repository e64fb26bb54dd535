import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { type CustomServer, customServer, definitionsUrl, settled } from '../../custom/fixture.ts'
import { createWebhookClient, type WebhookClient } from '../../webhook/client.ts'
import { patchOf, startHook, type TestHook, yes } from './testing.ts'

const group = 'stable.example.com'
const url = (version: string) => `/apis/${group}/${version}/namespaces/default/items`
const merge = { 'content-type': 'application/merge-patch+json' }
const text = { type: 'object', additionalProperties: { type: 'string' } }
const version = (name: string, storage: boolean) => ({
  name,
  storage,
  served: true,
  schema: { openAPIV3Schema: { type: 'object', properties: { data: text } } },
})
const names = { plural: 'items', singular: 'item', kind: 'Item', listKind: 'ItemList' }
const definition = (versions: readonly object[], scope = 'Namespaced') => ({
  metadata: { name: `${names.plural}.${group}` },
  spec: { group, scope, names, versions },
})

describe('webhooks about custom resources', () => {
  let hook: TestHook
  let api: CustomServer
  let client: WebhookClient

  before(async () => {
    hook = await startHook()
    api = await customServer({
      parts: (_store, clock) => {
        client = createWebhookClient({ clock })
        return { webhooks: client }
      },
    })
    await api.define(definition([version('v1', true), version('v2', false)]))
  })
  after(async () => {
    client.close()
    hook.stop()
    await api.stop()
  })

  const sorts = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'] as const
  const at = (sort: string) => `/apis/admissionregistration.k8s.io/v1/${sort}`
  afterEach(async () => {
    for (const sort of sorts) await api.ask('DELETE', at(sort))
    hook.answer = yes
    hook.asked.length = 0
  })

  const create = (version: string, name: string, data: object) =>
    api.ask('POST', url(version), { apiVersion: `${group}/${version}`, kind: names.kind, metadata: { name }, data })

  const configure = async (sort: (typeof sorts)[number], rule: object) => {
    const { status, text } = await api.ask('POST', at(sort), {
      metadata: { name: 'c' },
      webhooks: [
        {
          name: 'custom.b.c',
          clientConfig: hook.at('/custom'),
          rules: [{ operations: ['*'], apiGroups: [group], apiVersions: ['v1'], resources: ['items'], ...rule }],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    })
    assert.equal(status, 201, text)
  }

  test('refuse that they are made, changed and deleted', async () => {
    await configure('validatingwebhookconfigurations', {})
    hook.answer = ({ operation, object, oldObject }) => ({
      allowed: (object ?? oldObject).data.offence === undefined,
      status: { message: `the ${operation} contains unwanted data` },
    })
    const made = await create('v1', 'bad', { offence: 'x' })
    assert.match(made.json.message, /^admission webhook "custom.b.c" denied the request: the CREATE contains/)
    assert.equal((await create('v1', 'good', { a: 'b' })).status, 201)
    const changed = await api.ask('PATCH', `${url('v1')}/good`, { data: { offence: 'x' } }, merge)
    assert.match(changed.json.message, /the UPDATE contains/)
    hook.answer = yes
    await api.ask('PATCH', `${url('v1')}/good`, { data: { offence: 'x' } }, merge)
    hook.answer = ({ operation, oldObject }) => ({
      allowed: oldObject.data.offence === undefined,
      status: { message: `the ${operation} contains unwanted data` },
    })
    assert.match((await api.ask('DELETE', `${url('v1')}/good`)).json.message, /the DELETE contains/)
    hook.answer = yes
    assert.equal((await api.ask('DELETE', `${url('v1')}/good`)).status, 200)
  })

  test('change them, and what their schema does not know is dropped', async () => {
    await configure('mutatingwebhookconfigurations', {})
    hook.answer = () =>
      patchOf([
        { op: 'add', path: '/data/mutated', value: 'yes' },
        { op: 'add', path: '/unknown', value: 'x' },
      ])
    const { json } = await create('v1', 'pruned', { a: 'b' })
    assert.deepEqual(json.data, { a: 'b', mutated: 'yes' })
    assert.equal(json.unknown, undefined)
  })

  test('are shown the version they know, whichever is asked for or stored', async () => {
    await create('v1', 'versions', { a: 'b' })
    const current = await api.ask('GET', `${definitionsUrl}/items.${group}`)
    const versions = [version('v1', false), version('v2', true)]
    await api.ask('PUT', `${definitionsUrl}/items.${group}`, {
      ...current.json,
      spec: { ...current.json.spec, versions },
    })
    await settled(api.custom)
    await configure('mutatingwebhookconfigurations', {})
    hook.answer = () => patchOf([{ op: 'add', path: '/data/mutated', value: 'yes' }])
    const { json, text } = await api.ask('PATCH', `${url('v2')}/versions`, { data: { c: 'd' } }, merge)
    assert.deepEqual([json.apiVersion, json.data], [`${group}/v2`, { a: 'b', c: 'd', mutated: 'yes' }], text)
    const { request } = hook.asked[0]!
    assert.deepEqual([request.object.apiVersion, request.oldObject.apiVersion], [`${group}/v1`, `${group}/v1`])
    assert.deepEqual([request.kind.version, request.requestKind.version], ['v1', 'v2'])
  })

  test('are shown what a conversion webhook makes of the objects, and what they change is converted back', async () => {
    const current = await api.ask('GET', `${definitionsUrl}/items.${group}`)
    const conversion = {
      strategy: 'Webhook',
      webhook: { clientConfig: hook.at('/convert'), conversionReviewVersions: ['v1'] },
    }
    const changed = await api.ask('PUT', `${definitionsUrl}/items.${group}`, {
      ...current.json,
      spec: { ...current.json.spec, conversion },
    })
    assert.equal(changed.status, 200, changed.text)
    await settled(api.custom)
    await configure('mutatingwebhookconfigurations', {})
    hook.answer = (request, path) => {
      if (path !== '/convert')
        return patchOf([{ op: 'add', path: '/data/mutated', value: request.object.data.version }])
      const { uid, desiredAPIVersion, objects } = request
      const convertedObjects = objects.map((object: { data: object }) => ({
        ...object,
        apiVersion: desiredAPIVersion,
        data: { ...object.data, version: desiredAPIVersion.split('/')[1] },
      }))
      const response = { uid, result: { status: 'Success' }, convertedObjects }
      return JSON.stringify({ kind: 'ConversionReview', apiVersion: 'apiextensions.k8s.io/v1', response })
    }
    const { json, text } = await create('v2', 'converted', { a: 'b' })
    assert.deepEqual(json.data, { a: 'b', mutated: 'v1', version: 'v2' }, text)
  })

  test('may refuse definitions', async () => {
    await configure('validatingwebhookconfigurations', {
      apiGroups: ['apiextensions.k8s.io'],
      apiVersions: ['*'],
      operations: ['CREATE'],
      resources: ['customresourcedefinitions'],
    })
    hook.answer = () => ({ allowed: false, status: { message: 'not this one' } })
    const { status, json } = await api.ask('POST', definitionsUrl, {
      metadata: { name: `others.${group}` },
      spec: { group, scope: 'Namespaced', names: { plural: 'others', kind: 'Other' }, versions: [version('v1', true)] },
    })
    assert.deepEqual([status, json.message], [400, 'admission webhook "custom.b.c" denied the request: not this one'])
  })
})
