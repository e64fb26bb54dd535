import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ValidatingAdmissionPolicy } from '#api/admissionregistration/validating-admission-policy.ts'
import { widgetKind } from '#api/custom/testing.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import { kinds as every } from '#api/kinds.ts'
import { plan, policyStatus } from './policy-status.ts'
import { kindsOf, typeWarnings } from './policy-types.ts'
import { startWorld } from './testing.ts'

const rule = (rule: object = {}) => ({
  operations: ['CREATE'],
  apiGroups: ['apps'],
  apiVersions: ['v1'],
  resources: ['deployments'],
  ...rule,
})

const policy = (spec: object, rules: readonly object[] = [rule()], status?: object): ValidatingAdmissionPolicy =>
  ({
    metadata: { name: 'p', generation: 1 },
    spec: { matchConstraints: { resourceRules: rules }, ...spec },
    ...(status ? { status } : {}),
  }) as unknown as ValidatingAdmissionPolicy

const kinds = new KindRegistry([
  ...every,
  widgetKind({
    type: 'object',
    properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
  }),
])

const found: readonly [string, object, readonly object[], readonly [string, RegExp][]][] = [
  ['nothing', { validations: [{ expression: 'object.spec.replicas > 1' }] }, [rule()], []],
  [
    'a wrong type, and a wrong type in a message',
    { validations: [{ expression: "object.spec.replicas > '1'", messageExpression: "'x' + object.spec.replicas" }] },
    [rule()],
    [
      [
        'spec.validations[0].expression',
        /^apps\/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '\(int, string\)'\n \| object.spec.replicas > '1'\n \| \.{21}\^\n$/,
      ],
      ['spec.validations[0].messageExpression', /found no matching overload for '_\+_' applied to '\(string, int\)'/],
    ],
  ],
  [
    'a field that one of two kinds does not have',
    { validations: [{ expression: 'true' }, { expression: 'object.spec.replicas > 1' }] },
    [rule({ resources: ['deployments', 'daemonsets'] })],
    [['spec.validations[1].expression', /^apps\/v1, Kind=DaemonSet: ERROR: <input>:1:12: undefined field 'replicas'/]],
  ],
  [
    'variables, parameters and what else there is',
    {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      variables: [{ name: 'n', expression: 'object.spec.replicas' }],
      validations: [
        { expression: "variables.n > int(params.data['max']) && request.namespace == object.metadata.namespace" },
        { expression: "variables.n == 'x'" },
        { expression: 'params.nothing == 1' },
        { expression: "authorizer.group('').resource('pods').check('get').allowed() && namespaceObject != null" },
      ],
    },
    [rule()],
    [
      ['spec.validations[1].expression', /no matching overload for '_==_'/],
      ['spec.validations[2].expression', /undefined field 'nothing'/],
    ],
  ],
  [
    'a custom kind',
    { validations: [{ expression: 'object.spec.size > 1' }, { expression: 'object.spec.weight > 1' }] },
    [rule({ apiGroups: ['example.com'], resources: ['widgets'] })],
    [['spec.validations[1].expression', /^example.com\/v1, Kind=Widget: ERROR: .*undefined field 'weight'/]],
  ],
  ['wildcards cannot be told', { validations: [{ expression: 'object.nothing' }] }, [rule({ apiGroups: ['*'] })], []],
]

for (const [what, spec, rules, warnings] of found)
  test(`typeWarnings() finds ${what}`, () => {
    const result = typeWarnings(policy(spec, rules), kinds)
    assert.deepEqual(
      result.map(({ fieldRef }) => fieldRef),
      warnings.map(([fieldRef]) => fieldRef),
    )
    result.forEach(({ warning }, i) => {
      assert.match(warning, warnings[i]![1])
    })
  })

test('kindsOf() takes neither parts of resources nor more kinds than ten', () => {
  const resources = ['pods', 'pods/status', 'nodes', 'services', 'secrets', 'configmaps', 'endpoints', 'events']
  const more = ['namespaces', 'limitranges', 'persistentvolumes', 'persistentvolumeclaims']
  const core = { apiGroups: [''], resources: [...resources, ...more] }
  assert.equal(kindsOf(policy({}, [rule(core)]), kinds).length, 10)
  assert.deepEqual(
    kindsOf(policy({}, [rule({ apiGroups: [''], resources: ['pods', 'pods/status', 'nothing'] })]), kinds).map(
      ({ kind }) => kind,
    ),
    ['Pod'],
  )
})

test('typeWarnings() ends where nobody reads on', () => {
  const validations = Array.from({ length: 5000 }, () => ({ expression: 'object.nothing == 1' }))
  const warnings = typeWarnings(policy({ validations }), kinds)
  assert.ok(warnings.length > 100 && JSON.stringify(warnings).length < 200_000)
})

test('plan() has nothing to do for a generation that it has seen', () => {
  const spec = { validations: [{ expression: 'true' }] }
  assert.deepEqual(plan(policy(spec), kinds), { observedGeneration: 1, typeChecking: {} })
  assert.equal(plan(policy(spec, [rule()], { observedGeneration: 1 }), kinds), undefined)
})

test('the status follows the policy', async () => {
  const world = await startWorld({ controllers: [policyStatus(kinds)] })
  try {
    await world.client.create(ValidatingAdmissionPolicy, policy({ validations: [{ expression: 'object.nothing' }] }))
    await world.settle()
    const status = async () => (await world.get(ValidatingAdmissionPolicy, 'p'))?.status
    assert.equal((await status())?.observedGeneration, 1)
    assert.equal((await status())?.typeChecking?.expressionWarnings?.length, 1)
    const spec = { validations: [{ expression: 'object.spec.replicas > 1' }] }
    await world.client.patch(ValidatingAdmissionPolicy, { name: 'p' }, { spec }, { type: 'merge' })
    await world.settle()
    assert.deepEqual(await status(), { observedGeneration: 2, typeChecking: {} })
    assert.deepEqual(world.complaints, [])
  } finally {
    await world.stop()
  }
})
