import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deployment } from '#api/apps/deployment.ts'
import { seededRandom } from '#lib/random.ts'
import { type TestServer, testServer } from '../../fixture.ts'
import { ownershipOf } from '../../ownership.ts'
import type { AdmissionPlugin } from '../admission.ts'
import { admissionPlugins } from '../plugins.ts'
import { atomics } from './apply-configuration.ts'
import { deployment, deployments, group, made } from './testing.ts'

const rule = { operations: ['CREATE', 'UPDATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] }

const apply = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } })
const patch = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } })

async function put(server: TestServer, mutations: readonly object[], spec: object = {}, name = 'p'): Promise<void> {
  const { paramRef, ...rest } = spec as { paramRef?: object }
  await made(
    server.ask('POST', `${group}/mutatingadmissionpolicies`, {
      metadata: { name },
      spec: { matchConstraints: { resourceRules: [rule] }, reinvocationPolicy: 'Never', mutations, ...rest },
    }),
  )
  await made(
    server.ask('POST', `${group}/mutatingadmissionpolicybindings`, {
      metadata: { name: `${name}-b` },
      spec: { policyName: name, ...(paramRef ? { paramRef } : {}) },
    }),
  )
}

async function served(work: (server: TestServer) => Promise<void>, ...others: AdmissionPlugin[]): Promise<void> {
  const server = await testServer({
    parts: (store) => {
      const all = admissionPlugins({ store, random: seededRandom(2) })
      const at = all.findIndex(({ name }) => name === 'MutatingAdmissionPolicy') + 1
      return { admission: [...all.slice(0, at), ...others, ...all.slice(at)] }
    },
  })
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

const create = (server: TestServer, metadata: object = {}) =>
  server.ask('POST', deployments, deployment('d', 2, metadata))

test('a configuration is merged into what is written', () =>
  served(async (server) => {
    await put(server, [apply('Object{metadata: Object.metadata{annotations: {"mutated-by": "policy"}}}')])
    const { json } = await made(create(server, { annotations: { mine: 'yes' } }))
    assert.deepEqual(json.metadata.annotations, { mine: 'yes', 'mutated-by': 'policy' })
    assert.match(json.metadata.uid, /^[0-9a-f-]{36}$/)
    const changed = await server.ask('PUT', `${deployments}/d`, deployment('d', 2))
    assert.deepEqual(changed.json.metadata.annotations, { 'mutated-by': 'policy' })
    assert.equal(changed.json.metadata.uid, json.metadata.uid)
  }))

test('items of lists are merged by their keys, and defaults follow', () =>
  served(async (server) => {
    const container = 'Object.spec.template.spec.containers{name: "side", image: "y"}'
    const spec = `Object.spec.template.spec{containers: [${container}]}`
    await put(server, [apply(`Object{spec: Object.spec{template: Object.spec.template{spec: ${spec}}}}`)])
    const { json } = await made(create(server))
    const { containers } = json.spec.template.spec
    assert.deepEqual(
      containers.map(({ name, image, imagePullPolicy }: Record<string, string>) => [name, image, imagePullPolicy]),
      [
        ['c', 'x', 'Always'],
        ['side', 'y', 'Always'],
      ],
    )
  }))

test('a JSON patch changes what is written', () =>
  served(async (server) => {
    const operations = [
      'JSONPatch{op: "test", path: "/spec/replicas", value: 2}',
      'JSONPatch{op: "replace", path: "/spec/replicas", value: object.spec.replicas + 1}',
      'JSONPatch{op: "add", path: "/metadata/labels", value: {"a": "b"}}',
      'JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("example.com/x~y"), value: "z"}',
      'JSONPatch{op: "copy", from: "/metadata/labels", path: "/metadata/annotations"}',
      'JSONPatch{op: "add", path: "/spec/template/spec/tolerations", value: [Object.spec.template.spec.tolerations{key: "k", operator: "Exists"}]}',
    ]
    // A tilde may not be in a label's key, so the last part is taken back.
    const back = 'JSONPatch{op: "remove", path: "/metadata/labels/example.com~1x~0y"}'
    const alsoBack = 'JSONPatch{op: "remove", path: "/metadata/annotations/example.com~1x~0y"}'
    await put(server, [patch(`[${[...operations, back, alsoBack].join(', ')}]`)])
    const { json } = await made(create(server))
    assert.equal(json.spec.replicas, 3)
    assert.deepEqual(json.metadata.labels, { a: 'b' })
    assert.deepEqual(json.metadata.annotations, { a: 'b' })
    assert.deepEqual(json.spec.template.spec.tolerations, [{ key: 'k', operator: 'Exists' }])
  }))

test('a JSON patch whose test fails changes nothing', () =>
  served(async (server) => {
    const test = 'JSONPatch{op: "test", path: "/spec/replicas", value: 7}'
    await put(server, [patch(`[${test}, JSONPatch{op: "remove", path: "/spec/replicas"}]`)])
    assert.equal((await made(create(server))).json.spec.replicas, 2)
  }))

test('mutations see what those before them made, and policies go by their names', () =>
  served(async (server) => {
    const double = apply('Object{spec: Object.spec{replicas: object.spec.replicas * 2}}')
    const more = apply('Object{spec: Object.spec{replicas: object.spec.replicas + 1}}')
    await put(server, [more], {}, 'b')
    await put(server, [double, double], {}, 'a')
    assert.equal((await made(create(server))).json.spec.replicas, 9)
  }))

test('variables, conditions and parameters are there as for validation', () =>
  served(async (server) => {
    await made(
      server.ask('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'c' }, data: { team: 'red' } }),
    )
    const spec = {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      paramRef: { name: 'c', parameterNotFoundAction: 'Deny' },
      variables: [{ name: 'team', expression: 'params.data.team' }],
      matchConditions: [
        { name: 'new', expression: "!has(object.metadata.labels) || !('team' in object.metadata.labels)" },
      ],
    }
    await put(server, [apply('Object{metadata: Object.metadata{labels: {"team": variables.team}}}')], spec)
    assert.deepEqual((await made(create(server))).json.metadata.labels, { team: 'red' })
    const other = await made(server.ask('POST', deployments, deployment('e', 2, { labels: { team: 'blue' } })))
    assert.deepEqual(other.json.metadata.labels, { team: 'blue' })
  }))

const failures: readonly [string, object, string][] = [
  [
    'an error',
    apply('Object{spec: Object.spec{replicas: object.spec.nothing}}'),
    "expression 'Object{spec: Object.spec{replicas: object.spec.nothing}}' resulted in error: no such key: nothing",
  ],
  [
    'a message in the wrong place',
    apply('Object{spec: Object.status{replicas: 1}}'),
    'type mismatch: unexpected type name "Object.status", expected "Object.spec", which matches field name path from root Object type',
  ],
  [
    'a field that there is not',
    apply('Object{spec: Object.spec{size: 1}}'),
    'error applying patch: failed to convert patch object to typed object: .spec.size: field not declared in schema',
  ],
  [
    'what is owned as a whole',
    apply('Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {"a": "b"}}}}'),
    'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.selector',
  ],
  [
    'a path that there is not',
    patch('[JSONPatch{op: "replace", path: "/spec/nothing", value: 1}]'),
    'JSONPath: replace operation does not apply: doc is missing key: /spec/nothing: missing value',
  ],
]

for (const [what, mutation, why] of failures)
  test(`a mutation that cannot be refuses the request, or is left out: ${what}`, () =>
    served(async (server) => {
      await put(server, [mutation])
      const { status, json } = await create(server)
      const message = `policy 'p' with binding 'p-b' denied request: ${why}`
      assert.deepEqual([status, json.reason, json.message], [403, 'Invalid', message])
      assert.deepEqual(json.details, { name: 'd', group: 'apps', kind: 'deployments', causes: [{ message }] })
      const merge = { 'content-type': 'application/merge-patch+json' }
      const ignore = { spec: { failurePolicy: 'Ignore' } }
      await server.ask('PATCH', `${group}/mutatingadmissionpolicies/p`, ignore, merge)
      assert.equal((await made(create(server))).json.spec.replicas, 2)
    }))

for (const [what, operation, text] of [
  ['of another type', '{op: "replace", path: "/spec/replicas", value: "many"}', /cannot unmarshal string/],
  ['of no field', '{op: "add", path: "/spec/size", value: 1}', /: strict decoding error: unknown field "spec.size"$/],
] as const)
  test(`a patch that makes no object of the kind is an error of the server: a value ${what}`, () =>
    served(async (server) => {
      await put(server, [patch(`[JSONPatch${operation}]`)])
      const { status, json } = await create(server)
      assert.deepEqual([status, json.reason], [500, 'InternalError'])
      assert.match(json.message, text)
    }))

test('each mutation sees the defaults of what those before it have made', () =>
  served(async (server) => {
    const container = 'Object.spec.template.spec.containers{name: "side", image: "y"}'
    const spec = `Object.spec.template.spec{containers: [${container}]}`
    const add = apply(`Object{spec: Object.spec{template: Object.spec.template{spec: ${spec}}}}`)
    const policies = 'object.spec.template.spec.containers.map(c, c.imagePullPolicy).join("-")'
    await put(server, [add, apply(`Object{metadata: Object.metadata{labels: {"pull": ${policies}}}}`)])
    assert.deepEqual((await made(create(server))).json.metadata.labels, { pull: 'Always-Always' })
  }))

test('what the mutation makes is validated', () =>
  served(async (server) => {
    await put(server, [apply('Object{spec: Object.spec{replicas: -1}}')])
    const { status, json } = await create(server)
    assert.deepEqual([status, json.details.causes[0].field], [422, 'spec.replicas'])
  }))

/** Changes the object after the policies, as a webhook does. */
const webhook: AdmissionPlugin = {
  name: 'Test',
  handles: ({ kind }) => kind === Deployment,
  mutate: ({ object, reinvocation }) => {
    if (reinvocation?.round !== 0) return
    object!.spec.replicas += 10
    reinvocation.again()
  },
}

for (const [reinvocationPolicy, replicas] of [
  ['Never', 13],
  ['IfNeeded', 14],
] as const)
  test(`with reinvocation ${reinvocationPolicy}, what others change afterwards is ${reinvocationPolicy === 'Never' ? 'not ' : ''}seen`, () =>
    served(async (server) => {
      await put(server, [apply('Object{spec: Object.spec{replicas: object.spec.replicas + 1}}')], {
        reinvocationPolicy,
      })
      assert.equal((await made(create(server))).json.spec.replicas, replicas)
    }, webhook))

test('a policy that runs again sees what policies after it made', () =>
  served(async (server) => {
    const label = 'object.spec.replicas > 5 ? "large" : "small"'
    const labelled = apply(`Object{metadata: Object.metadata{labels: {"size": ${label}}}}`)
    await put(server, [labelled], { reinvocationPolicy: 'IfNeeded' }, 'a')
    await put(server, [apply('Object{spec: Object.spec{replicas: 9}}')], {}, 'b')
    assert.deepEqual((await made(create(server))).json.metadata.labels, { size: 'large' })
  }))

test('a scale is changed as a Scale', () =>
  served(async (server) => {
    await made(create(server))
    const matchConstraints = { resourceRules: [{ ...rule, resources: ['deployments/scale'] }] }
    await put(server, [apply('Object{spec: Object.spec{replicas: 4}}')], { matchConstraints })
    const scale = { metadata: { name: 'd' }, spec: { replicas: 7 } }
    const { status, json } = await server.ask('PUT', `${deployments}/d/scale`, scale)
    assert.deepEqual([status, json.spec.replicas], [200, 4])
  }))

test('an object is changed in the version of the rule, and stays what was asked for', () =>
  served(async (server) => {
    const hpa = { ...rule, apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'] }
    const matchConstraints = { resourceRules: [hpa] }
    await put(server, [apply('Object{spec: Object.spec{targetCPUUtilizationPercentage: 33}}')], { matchConstraints })
    const { json } = await made(
      server.ask('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
        metadata: { name: 'h' },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 2 },
      }),
    )
    assert.equal(json.apiVersion, 'autoscaling/v2')
    assert.equal(json.spec.metrics[0].resource.target.averageUtilization, 33)
  }))

test('deletions are not changed', () =>
  served(async (server) => {
    await made(create(server))
    await put(server, [patch('[JSONPatch{op: "remove", path: "/spec/nothing"}]')])
    assert.equal((await server.ask('DELETE', `${deployments}/d`)).status, 200)
  }))

const places: readonly [object, readonly string[]][] = [
  [{ metadata: { labels: { a: 'b' }, finalizers: ['x'] } }, []],
  [{ spec: { selector: { matchLabels: { a: 'b' } } } }, ['.spec.selector']],
  [
    { spec: { template: { spec: { containers: [{ name: 'c', ports: [{ containerPort: 1 }], args: ['a'] }] } } } },
    ['.spec.template.spec.containers[0].args'],
  ],
  [{ spec: { template: { spec: { nodeSelector: { a: 'b' } } } } }, ['.spec.template.spec.nodeSelector']],
]

for (const [value, paths] of places)
  test(`atomics() of ${JSON.stringify(value)}`, () => {
    assert.deepEqual(atomics(ownershipOf(Deployment), value), paths)
  })
