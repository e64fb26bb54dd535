import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useCelCheck } from '../cel-problems.ts'
import type { AnyKind } from '../kind.ts'
import { encodeMessage } from '../protobuf.ts'
import { made, problems } from '../testing.ts'
import { MutatingAdmissionPolicy } from './mutating-admission-policy.ts'
import { MutatingAdmissionPolicyBinding } from './mutating-admission-policy-binding.ts'
import { NamedRuleWithOperations } from './rule.ts'
import { ValidatingAdmissionPolicy } from './validating-admission-policy.ts'
import { ValidatingAdmissionPolicyBinding } from './validating-admission-policy-binding.ts'

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
const constraints = { matchConstraints: { resourceRules: [rule] } }
const validating = (change: object = {}) => ({
  spec: { ...constraints, validations: [{ expression: 'true' }], ...change },
})
const mutation = { patchType: 'JSONPatch', jsonPatch: { expression: '[]' } }
const mutating = (change: object = {}) => ({
  spec: { ...constraints, mutations: [mutation], reinvocationPolicy: 'Never', ...change },
})

test('a policy has what was left out', () => {
  const { spec } = made(ValidatingAdmissionPolicy, validating())
  assert.equal(spec.failurePolicy, 'Fail')
  assert.deepEqual(spec.matchConstraints, {
    namespaceSelector: {},
    objectSelector: {},
    matchPolicy: 'Equivalent',
    resourceRules: [{ ...rule, scope: '*' }],
  })
})

const wrong: readonly (readonly [string, AnyKind, object, readonly string[]])[] = [
  ['nothing', ValidatingAdmissionPolicy, validating(), []],
  ['nothing', MutatingAdmissionPolicy, mutating(), []],
  [
    'everything',
    ValidatingAdmissionPolicy,
    {},
    [
      'spec.matchConstraints: Required value',
      'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
      'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
    ],
  ],
  [
    'everything',
    MutatingAdmissionPolicy,
    {},
    [
      'spec.matchConstraints: Required value',
      'spec.mutations: Required value: mutations must contain at least one item',
      'spec.reinvocationPolicy: Required value',
    ],
  ],
  [
    'a kind of parameters that is none',
    ValidatingAdmissionPolicy,
    validating({ paramKind: { apiVersion: 'a/b/c', kind: 'X_' } }),
    [
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      "spec.paramKind.kind: Invalid value: \"X_\": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [
    'variables without sense',
    ValidatingAdmissionPolicy,
    validating({ variables: [{ name: 'in', expression: '' }] }),
    [
      'spec.variables[0].name: Invalid value: "in": name is not a valid CEL identifier',
      'spec.variables[0].expression: Required value: expression is not specified',
    ],
  ],
  [
    'a message of two lines',
    ValidatingAdmissionPolicy,
    validating({ validations: [{ expression: 'true', message: 'a\nb', reason: 'Why' }] }),
    [
      'spec.validations[0].message: Invalid value: "a\\nb": must not contain line breaks',
      'spec.validations[0].reason: Unsupported value: "Why": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ],
  ],
  [
    'an annotation twice',
    ValidatingAdmissionPolicy,
    validating({ auditAnnotations: [{ key: 'k', valueExpression: '"x"' }, { key: 'k' }] }),
    [
      'spec.auditAnnotations[1].valueExpression: Required value: valueExpression is not specified',
      'spec.auditAnnotations[1].key: Duplicate value: "k"',
    ],
  ],
  [
    'a deletion',
    MutatingAdmissionPolicy,
    mutating({ matchConstraints: { resourceRules: [{ ...rule, operations: ['DELETE'] }] } }),
    [
      'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "CREATE", "UPDATE"',
    ],
  ],
  [
    'a change in the other form',
    MutatingAdmissionPolicy,
    mutating({ mutations: [{ patchType: 'ApplyConfiguration', jsonPatch: { expression: 'x' } }] }),
    [
      'spec.mutations[0].applyConfiguration: Required value: must be specified when patchType is ApplyConfiguration',
      'spec.mutations[0].jsonPatch: Invalid value: "{jsonPatch}": must not be specified when patchType is ApplyConfiguration',
    ],
  ],
  [
    'everything',
    ValidatingAdmissionPolicyBinding,
    {},
    [
      'spec.policyName: Required value',
      'spec.validationActions: Required value: at least one validation action is required',
    ],
  ],
  ['everything', MutatingAdmissionPolicyBinding, {}, ['spec.policyName: Required value']],
  [
    'too much said',
    ValidatingAdmissionPolicyBinding,
    { spec: { policyName: 'p', validationActions: ['Deny', 'Warn'] } },
    [
      'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    ],
  ],
  [
    'parameters of two sorts',
    MutatingAdmissionPolicyBinding,
    { spec: { policyName: 'p', paramRef: { name: 'n', selector: {}, parameterNotFoundAction: 'Perhaps' } } },
    [
      'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.parameterNotFoundAction: Unsupported value: "Perhaps": supported values: "Deny", "Allow"',
    ],
  ],
]
for (const [what, kind, sent, expected] of wrong) {
  test(`a ${kind.kind} with ${what} wrong`, () => {
    assert.deepEqual(problems(kind, sent), expected)
  })
}

test('every expression is shown to the compiler, with what it may speak of', () => {
  const seen: unknown[] = []
  const end = useCelCheck((expression, environment) => {
    const known =
      environment.use === 'variable'
        ? environment.index
        : 'variables' in environment
          ? environment.variables.length
          : undefined
    seen.push([expression, environment.use, known])
    return []
  })
  try {
    const variables = [
      { name: 'a', expression: 'va' },
      { name: 'b', expression: 'vb' },
    ]
    problems(
      ValidatingAdmissionPolicy,
      validating({
        variables,
        matchConditions: [{ name: 'm', expression: 'mc' }],
        validations: [{ expression: 've', messageExpression: 'me' }],
        auditAnnotations: [{ key: 'k', valueExpression: 'ae' }],
      }),
    )
    problems(MutatingAdmissionPolicy, mutating({ variables }))
  } finally {
    end()
  }
  assert.deepEqual(seen, [
    ['mc', 'matchCondition', undefined],
    ['va', 'variable', 0],
    ['vb', 'variable', 1],
    ['ve', 'validation', 2],
    ['me', 'message', 2],
    ['ae', 'auditAnnotation', 2],
    ['va', 'variable', 0],
    ['vb', 'variable', 1],
    ['[]', 'jsonPatch', 2],
  ])
})

test('the tables tell of parameters', () => {
  const row = (kind: AnyKind, sent: object) => {
    const object = made(kind, sent)
    return kind.columns.map(({ name, value }) => `${name}=${value(object, 0)}`).join(' ')
  }
  assert.equal(
    row(ValidatingAdmissionPolicy, validating({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } })),
    'Name=a Validations=1 ParamKind=v1/ConfigMap Age=<unknown>',
  )
  assert.equal(row(MutatingAdmissionPolicy, mutating()), 'Name=a Mutations=1 ParamKind=<unset> Age=<unknown>')
  const binding = (paramRef: object) => ({ spec: { policyName: 'p', paramRef } })
  assert.equal(
    row(ValidatingAdmissionPolicyBinding, binding({ name: 'n' })),
    'Name=a PolicyName=p ParamRef=*/n Age=<unknown>',
  )
  assert.equal(
    row(MutatingAdmissionPolicyBinding, binding({ selector: { matchLabels: { a: 'b' } } })),
    'Name=a PolicyName=p ParamRef=a=b Age=<unknown>',
  )
})

test('a rule in a rule in a rule is one message in another on the wire, as in Go', () => {
  const bytes = encodeMessage(NamedRuleWithOperations, {
    resourceNames: ['a'],
    operations: ['CREATE'],
    apiGroups: ['g'],
  })
  const wanted = ['0a0161', '120d', '0a06', Buffer.from('CREATE').toString('hex'), '1203', '0a0167']
  assert.equal(Buffer.from(bytes).toString('hex'), wanted.join(''))
})
