import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useCelCheck } from '../cel-problems.ts'
import { changeProblems, made, problems } from '../testing.ts'
import { MutatingWebhookConfiguration } from './mutating-webhook-configuration.ts'
import { ValidatingWebhookConfiguration } from './validating-webhook-configuration.ts'

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
const good = {
  name: 'a.example.com',
  clientConfig: { service: { namespace: 'n', name: 's' } },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
}
const hook = (change: object = {}) => ({ webhooks: [{ ...good, ...change }] })

test('a webhook has what was left out', () => {
  const { webhooks = [] } = made(MutatingWebhookConfiguration, hook({ rules: [rule] }))
  assert.deepEqual(webhooks[0], {
    ...good,
    clientConfig: { service: { namespace: 'n', name: 's', port: 443 } },
    rules: [{ ...rule, scope: '*' }],
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
    reinvocationPolicy: 'Never',
  })
})

const rules = (change: object) => hook({ rules: [{ ...rule, ...change }] })
const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', hook({ rules: [rule] }), []],
  [
    'a short name',
    hook({ name: 'a.b' }),
    ['webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots'],
  ],
  ['a name of others', { webhooks: [good, good] }, ['webhooks[1].name: Duplicate value: "a.example.com"']],
  [
    'side effects',
    hook({ sideEffects: 'Some' }),
    ['webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
  ],
  [
    'side effects unsaid',
    hook({ sideEffects: undefined }),
    ['webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun'],
  ],
  [
    'too much time',
    hook({ timeoutSeconds: 31 }),
    ['webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
  ],
  [
    'no time',
    hook({ timeoutSeconds: 0 }),
    ['webhooks[0].timeoutSeconds: Invalid value: 0: the timeout value must be between 1 and 30 seconds'],
  ],
  [
    'no language',
    hook({ admissionReviewVersions: [] }),
    ['webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1'],
  ],
  [
    'a strange language',
    hook({ admissionReviewVersions: ['v9'] }),
    ['webhooks[0].admissionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1'],
  ],
  [
    'no way to it',
    hook({ clientConfig: {} }),
    ['webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
  ],
  [
    'a way that is none',
    hook({ clientConfig: { service: { path: 'x//y', port: 70000 } } }),
    [
      'webhooks[0].clientConfig.service.name: Required value',
      'webhooks[0].clientConfig.service.namespace: Required value',
      'webhooks[0].clientConfig.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive',
      'webhooks[0].clientConfig.service.path: Invalid value: "x//y": must start with a \'/\'',
      'webhooks[0].clientConfig.service.path: Invalid value: "x//y": segment[0] may not be empty',
      'webhooks[0].clientConfig.service.path: Invalid value: "x//y": segment[1] may not be empty',
    ],
  ],
  [
    'a policy of its own',
    hook({ failurePolicy: 'Maybe' }),
    ['webhooks[0].failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"'],
  ],
  [
    'empty rules',
    hook({ rules: [{}] }),
    [
      'webhooks[0].rules[0].operations: Required value',
      'webhooks[0].rules[0].apiGroups: Required value',
      'webhooks[0].rules[0].apiVersions: Required value',
      'webhooks[0].rules[0].resources: Required value',
    ],
  ],
  [
    'all and some operations',
    rules({ operations: ['*', 'CREATE'] }),
    [
      'webhooks[0].rules[0].operations: Invalid value: ["*","CREATE"]: if \'*\' is present, must not specify other operations',
    ],
  ],
  [
    'all and some parts',
    rules({ resources: ['pods/*', 'pods/log'] }),
    [
      'webhooks[0].rules[0].resources[1]: Invalid value: "pods/log": if \'pods/*\' is present, must not specify pods/log',
    ],
  ],
  [
    'all and some resources',
    rules({ resources: ['*', 'pods'] }),
    [
      'webhooks[0].rules[0].resources: Invalid value: ["*","pods"]: if \'*\' is present, must not specify other resources without subresources',
    ],
  ],
  [
    'conditions without sense',
    hook({
      matchConditions: [
        { name: 'a b', expression: ' ' },
        { name: 'x', expression: 'true' },
      ],
    }),
    [
      'webhooks[0].matchConditions[0].expression: Required value',
      "webhooks[0].matchConditions[0].name: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  ],
]
for (const [what, sent, expected] of wrong) {
  test(`webhooks with ${what} wrong`, () => {
    for (const kind of [ValidatingWebhookConfiguration, MutatingWebhookConfiguration]) {
      assert.deepEqual(problems(kind, sent), expected)
    }
  })
}

test('what the compiler says of a condition is told, but not again where nothing changes', () => {
  const sent = hook({ matchConditions: [{ name: 'x', expression: 'boom' }] })
  const end = useCelCheck((expression, { use }) => [`${use} ${expression}`])
  try {
    assert.deepEqual(problems(ValidatingWebhookConfiguration, sent), [
      'webhooks[0].matchConditions[0].expression: Invalid value: "boom": matchCondition boom',
    ])
    assert.deepEqual(changeProblems(ValidatingWebhookConfiguration, sent, sent), [])
  } finally {
    end()
  }
})

test('the table counts the webhooks', () => {
  const cells = ValidatingWebhookConfiguration.columns.map(({ value }) =>
    value(made(ValidatingWebhookConfiguration, hook()), 0),
  )
  assert.deepEqual(cells, ['a', 1, '<unknown>'])
})
