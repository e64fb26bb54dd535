import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { type CustomServer, customServer, definitionsUrl, settled } from '../../custom/fixture.ts'

const group = 'stable.example.com'
const admission = '/apis/admissionregistration.k8s.io/v1'
const sorts = ['validatingadmissionpolic', 'mutatingadmissionpolic'] as const
const url = (version: string) => `/apis/${group}/${version}/namespaces/default/items`
const parts = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['id'],
  items: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, size: { type: 'integer' } } },
}
const spec = {
  type: 'object',
  properties: { size: { type: 'integer' }, color: { type: 'string', default: 'red' }, parts },
}
const version = (name: string, storage: boolean) => ({
  name,
  storage,
  served: true,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
})
const names = { plural: 'items', singular: 'item', kind: 'Item', listKind: 'ItemList' }
const limits = { plural: 'limits', singular: 'limit', kind: 'Limit', listKind: 'LimitList' }
const definition = (names: { readonly plural: string }, versions: readonly object[], scope = 'Namespaced') => ({
  metadata: { name: `${names.plural}.${group}` },
  spec: { group, scope, names, versions },
})
const rule = { operations: ['CREATE', 'UPDATE'], apiGroups: [group], apiVersions: ['v1'], resources: ['items'] }

describe('policies and custom resources', () => {
  let api: CustomServer

  before(async () => {
    api = await customServer()
    await api.define(definition(names, [version('v1', true), version('v2', false)]))
  })
  after(() => api.stop())
  afterEach(async () => {
    for (const sort of sorts) {
      await api.ask('DELETE', `${admission}/${sort}ies`)
      await api.ask('DELETE', `${admission}/${sort}ybindings`)
    }
    await api.ask('DELETE', url('v1'))
  })

  const put = async (sort: (typeof sorts)[number], spec: object, binding: object) => {
    const constrained = { matchConstraints: { resourceRules: [rule] }, ...spec }
    const policy = await api.ask('POST', `${admission}/${sort}ies`, { metadata: { name: 'p' }, spec: constrained })
    assert.equal(policy.status, 201, policy.text)
    const bound = { metadata: { name: 'b' }, spec: { policyName: 'p', ...binding } }
    const { status, text } = await api.ask('POST', `${admission}/${sort}ybindings`, bound)
    assert.equal(status, 201, text)
  }
  const deny = { validationActions: ['Deny'] }
  const create = (version: string, spec: object, name = 'x') =>
    api.ask('POST', url(version), {
      apiVersion: `${group}/${version}`,
      kind: 'Item',
      metadata: { name },
      spec,
    })

  test('a rule about one version is about all of them', async () => {
    const expression = `object.apiVersion == '${group}/v1' && request.kind.version == 'v1' && object.spec.size < 3`
    await put('validatingadmissionpolic', { validations: [{ expression }] }, deny)
    for (const one of ['v1', 'v2']) {
      const refused = await create(one, { size: 3 })
      assert.equal(refused.status, 422, refused.text)
      const { status, text } = await create(one, { size: 2 }, `x-${one}`)
      assert.equal(status, 201, text)
    }
  })

  test('a configuration is merged by the schema, whichever version is asked for', async () => {
    const expression = 'Object{spec: Object.spec{size: 7, parts: [Object.spec.parts{id: "b", size: 2}]}}'
    const mutations = [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }]
    await put('mutatingadmissionpolic', { mutations, reinvocationPolicy: 'Never' }, {})
    const { status, json, text } = await create('v2', { parts: [{ id: 'a' }, { id: 'b', size: 1 }] })
    assert.equal(status, 201, text)
    assert.equal(json.apiVersion, `${group}/v2`)
    assert.deepEqual(json.spec, { size: 7, color: 'red', parts: [{ id: 'a' }, { id: 'b', size: 2 }] })
  })

  test('what a patch puts where there is no field is pruned, and what it makes is validated', async () => {
    const expression = '[JSONPatch{op: "add", path: "/spec/other", value: 1}]'
    const mutations = [{ patchType: 'JSONPatch', jsonPatch: { expression } }]
    await put('mutatingadmissionpolic', { mutations, reinvocationPolicy: 'Never' }, {})
    const { status, json, text } = await create('v1', { size: 1 })
    assert.equal(status, 201, text)
    assert.deepEqual(json.spec, { size: 1, color: 'red' })
  })

  test('parameters may be of a kind that comes later, and goes', async () => {
    const policy = {
      paramKind: { apiVersion: `${group}/v1`, kind: 'Limit' },
      validations: [{ expression: 'object.spec.size <= params.spec.size' }],
    }
    await put('validatingadmissionpolic', policy, { ...deny, paramRef: { name: 'l', parameterNotFoundAction: 'Deny' } })
    const message = async () => (await create('v1', { size: 3 })).json.message
    assert.match(await message(), /failed to find resource referenced by paramKind: '.*, Kind=Limit'$/)
    await api.define(definition(limits, [version('v1', true)], 'Cluster'))
    assert.match(await message(), /no params found for policy binding with `Deny` parameterNotFoundAction$/)
    const limit = { apiVersion: `${group}/v1`, kind: 'Limit', metadata: { name: 'l' }, spec: { size: 2 } }
    assert.equal((await api.ask('POST', `/apis/${group}/v1/limits`, limit)).status, 201)
    assert.match(await message(), /failed expression: object.spec.size <= params.spec.size$/)
    assert.equal((await create('v1', { size: 2 })).status, 201)
    await api.ask('DELETE', `${definitionsUrl}/limits.${group}`)
    await settled(api.custom)
    assert.match((await create('v1', { size: 2 }, 'y')).json.message, /failed to find resource/)
  })
})
