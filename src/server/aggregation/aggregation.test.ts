import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { APIService } from '#api/apiregistration/api-service.ts'
import type { Service } from '#api/core/service.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { builtIn } from '#api/kinds.ts'
import { passed, serviceFinding, withAvailable } from './availability-rules.ts'
import { escapeHeaderKey, userHeaders } from './backend.ts'
import { mergeOpenApi, partBelow } from './merge-openapi.ts'
import { hasPriority, inOrder, registrationGroup } from './priorities.ts'
import { type Managed, nextStep, type Step } from './registration.ts'
import { aggregatedResources, parseResources } from './resources.ts'

test('every version that is built in has its place among the others', () => {
  const missing = builtIn
    .groupVersions()
    .filter(({ group, version }) => group !== registrationGroup && !hasPriority(group, version))
  assert.deepEqual(missing, [])
})

test('inOrder() puts the more important first, and newer versions before older', () => {
  const of = (group: string, version: string, first: number, second: number) => ({
    group,
    version,
    priority: { group: first, version: second },
  })
  const groups = inOrder([
    of('b', 'v1', 1000, 100),
    of('a', 'v1', 1000, 100),
    of('c', 'v1beta1', 10, 100),
    of('c', 'v1', 2000, 100),
    of('c', 'v2', 10, 99),
    of('c', 'v1alpha1', 10, 100),
  ])
  assert.deepEqual(
    groups.map(({ name, versions }) => [name, ...versions].join(' ')),
    ['c v1 v1beta1 v1alpha1 v2', 'a v1', 'b v1'],
  )
})

const existing = (managed: string | undefined, priority = 15): APIService =>
  ({
    metadata: {
      name: 'v1.apps',
      labels: managed === undefined ? {} : { 'kube-aggregator.kubernetes.io/automanaged': managed },
    },
    spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: priority },
    status: {},
  }) as APIService

const steps: readonly (readonly [
  what: string,
  current: APIService | undefined,
  wanted: Managed | undefined,
  atStart: boolean,
  synced: boolean,
  step: Step,
])[] = [
  ['nothing is there, nothing wanted', undefined, undefined, false, false, 'nothing'],
  ['a built-in one is missing at the start', undefined, 'onstart', false, false, 'create'],
  ['a built-in one has been deleted since', undefined, 'onstart', true, true, 'nothing'],
  ['that of a custom kind is missing', undefined, 'true', false, true, 'create'],
  ['it is as wanted', existing('onstart'), 'onstart', true, false, 'nothing'],
  ['it has another priority at the start', existing('onstart', 3), 'onstart', true, false, 'update'],
  ['it has another priority later', existing('onstart', 3), 'onstart', true, true, 'nothing'],
  ['that of a custom kind has another priority', existing('true', 3), 'true', false, true, 'update'],
  ['it has no label', existing(undefined, 3), 'true', true, false, 'nothing'],
  ['it is not wanted any more', existing('true'), undefined, false, true, 'delete'],
  ['a built-in one is not served any more', existing('onstart'), undefined, true, false, 'delete'],
  ['somebody made one that looks built in', existing('onstart'), undefined, false, false, 'nothing'],
]
for (const [what, current, managed, atStart, synced, step] of steps) {
  test(`an APIService when ${what}`, () => {
    const wanted = managed && { group: 'apps', version: 'v1', managed }
    assert.equal(nextStep({ current, wanted, atStart, synced }), step)
  })
}

test('an unnamed port, an ExternalName and endpoints that do not say whether they are ready', () => {
  const at = { namespace: 'n', name: 's', port: 443 }
  const service = { spec: { ports: [{ port: 443 }] } } as Service
  const slice = { endpoints: [{ addresses: ['1.1.1.1'] }], ports: [{ port: 1 }] } as EndpointSlice
  assert.equal(serviceFinding(at, service, [slice]), undefined)
  assert.equal(serviceFinding(at, { spec: { type: 'ExternalName', externalName: 'x' } } as Service, []), undefined)
  const named = { endpoints: slice.endpoints, ports: [{ name: 'https', port: 1 }] } as EndpointSlice
  assert.equal(serviceFinding(at, service, [named])?.reason, 'MissingEndpoints')
})

test('the time of a condition is that of its status', () => {
  const failed = { type: 'Available', status: 'False', reason: 'A', message: 'a', lastTransitionTime: 'then' }
  const again = withAvailable([failed], { status: 'False', reason: 'B', message: 'b' }, 'now')
  assert.deepEqual(again, [{ ...failed, reason: 'B', message: 'b' }])
  assert.deepEqual(withAvailable(again, passed, 'now'), [{ type: 'Available', ...passed, lastTransitionTime: 'now' }])
  assert.equal(withAvailable(again, { status: 'False', reason: 'B', message: 'b' }, 'now'), again)
})

test('headers carry any name and any key', () => {
  assert.equal(escapeHeaderKey('example.com/Ab%c ü'), 'example.com%2FAb%25c%20%C3%BC')
  const headers = userHeaders({ name: 'jürgen', uid: '7', groups: ['a', 'b'], extra: { 'x/y': ['1', '2'] } })
  assert.deepEqual(headers, {
    'X-Remote-User': Buffer.from('jürgen').toString('latin1'),
    'X-Remote-Uid': '7',
    'X-Remote-Group': ['a', 'b'],
    'X-Remote-Extra-x%2Fy': ['1', '2'],
  })
})

test('what is no list of resources is none, and what is no resource is left out', () => {
  const list = (value: unknown) => parseResources(Buffer.from(JSON.stringify(value)))
  for (const value of [null, 1, [], {}, { kind: 'APIResourceList' }, { kind: 'Status', resources: [] }])
    assert.equal(list(value), undefined)
  assert.equal(parseResources(Buffer.from('<html>')), undefined)
  const resources = [null, 3, {}, { name: 7 }, { name: 'a', verbs: 'get', shortNames: [1, 'x'] }]
  assert.deepEqual(
    list({ kind: 'APIResourceList', resources })?.map(({ name, verbs, shortNames }) => [name, verbs, shortNames]),
    [['a', [], ['x']]],
  )
})

test('a part whose resource is not served makes that up', () => {
  const [part = assert.fail()] =
    parseResources(
      Buffer.from(
        JSON.stringify({
          kind: 'APIResourceList',
          resources: [{ name: 'pods/x', namespaced: true, kind: 'X', group: 'o', version: 'v2', verbs: ['get'] }],
        }),
      ),
    ) ?? assert.fail()
  assert.deepEqual(aggregatedResources('g', 'v1', [part]), [
    {
      resource: 'pods',
      scope: 'Namespaced',
      singularResource: '',
      verbs: [],
      subresources: [{ subresource: 'x', responseKind: { group: 'o', version: 'v2', kind: 'X' }, verbs: ['get'] }],
    },
  ])
})

const reference = (name: string) => ({ $ref: `#/definitions/${name}` })

test('a definition that means the same is shared, another one gets another name', () => {
  const own = {
    paths: { '/api': {} },
    definitions: { Same: { type: 'object' }, Other: { type: 'string' }, Other_v2: { type: 'number' } },
  }
  const part = partBelow(
    {
      swagger: '2.0',
      paths: { '/apis/g/v1/as': { get: reference('A') }, '/apis/g/v10/as': { get: reference('Unused') } },
      definitions: {
        A: { properties: { same: reference('Same'), other: reference('Other'), self: reference('A') } },
        Same: { type: 'object' },
        Other: { type: 'boolean' },
        Unused: {},
      },
    },
    '/apis/g/v1',
  )
  const merged = mergeOpenApi(own, [part ?? assert.fail()])
  assert.deepEqual(Object.keys(merged.paths as object), ['/api', '/apis/g/v1/as'])
  assert.deepEqual(merged.definitions, {
    ...own.definitions,
    A: { properties: { same: reference('Same'), other: reference('Other_v3'), self: reference('A') } },
    Other_v3: { type: 'boolean' },
  })
})

test('what is no OpenAPI document of version 2 has no part in it', () => {
  for (const value of [null, 1, {}, { swagger: '3.0', paths: {} }, { swagger: '2.0' }, { swagger: '2.0', paths: 3 }])
    assert.equal(partBelow(value, '/apis/g/v1'), undefined)
  const odd = { swagger: '2.0', paths: { '/apis/g/v1/a': 3, '/apis/g/v1/b': reference('x') }, definitions: { x: 1 } }
  assert.deepEqual(partBelow(odd, '/apis/g/v1'), { paths: { '/apis/g/v1/b': reference('x') }, definitions: {} })
})
