import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyKind } from '../kind.ts'
import { changeProblems, made, problems } from '../testing.ts'
import { FlowSchema } from './flow-schema.ts'
import { mandatoryLevels, mandatorySchemas } from './mandatory.ts'
import { PriorityLevelConfiguration } from './priority-level-configuration.ts'

const group = { kind: 'Group', group: { name: 'g' } }
const resourceRule = { verbs: ['get'], apiGroups: ['*'], resources: ['pods'], namespaces: ['default'] }
const rule = { subjects: [group], resourceRules: [resourceRule] }
const schema = (spec: object = {}) => ({ spec: { priorityLevelConfiguration: { name: 'l' }, rules: [rule], ...spec } })
const rules = (change: object) => schema({ rules: [{ ...rule, ...change }] })
const level = (limited: object = {}) => ({
  spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' }, ...limited } },
})
const queued = (queuing: object) => level({ limitResponse: { type: 'Queue', queuing } })

test('a schema and a level have what was left out', () => {
  assert.equal(made(FlowSchema, schema()).spec.matchingPrecedence, 1000)
  assert.deepEqual(made(PriorityLevelConfiguration, queued({})).spec.limited, {
    nominalConcurrencyShares: 30,
    lendablePercent: 0,
    limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
  })
  const metadata = { name: 'exempt' }
  const exempt = { metadata, spec: { type: 'Exempt', exempt: {} } }
  assert.deepEqual(made(PriorityLevelConfiguration, exempt).spec.exempt, {
    nominalConcurrencyShares: 0,
    lendablePercent: 0,
  })
})

const wrong: readonly (readonly [string, AnyKind, object, readonly string[]])[] = [
  ['nothing', FlowSchema, schema(), []],
  ['nothing', PriorityLevelConfiguration, level(), []],
  [
    'the first place',
    FlowSchema,
    schema({ matchingPrecedence: 1 }),
    ["spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"],
  ],
  [
    'a place behind all',
    FlowSchema,
    schema({ matchingPrecedence: 10_001 }),
    ['spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000'],
  ],
  [
    'no level',
    FlowSchema,
    schema({ priorityLevelConfiguration: {} }),
    ['spec.priorityLevelConfiguration.name: Required value: must reference a priority level'],
  ],
  [
    'an empty rule',
    FlowSchema,
    schema({ rules: [{}] }),
    [
      'spec.rules[0].subjects: Required value: subjects must contain at least one value',
      'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
    ],
  ],
  [
    'somebody of two sorts',
    FlowSchema,
    rules({
      subjects: [
        { ...group, user: { name: 'u' } },
        { kind: 'ServiceAccount', serviceAccount: { name: '*' } },
      ],
    }),
    [
      "spec.rules[0].subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'",
      'spec.rules[0].subjects[1].serviceAccount.namespace: Required value: must specify namespace for service account',
    ],
  ],
  [
    'nobody',
    FlowSchema,
    rules({ subjects: [{ kind: 'User' }, { kind: 'Robot' }] }),
    [
      "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
      'spec.rules[0].subjects[1].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"',
    ],
  ],
  [
    'verbs of its own',
    FlowSchema,
    rules({ resourceRules: [{ ...resourceRule, verbs: ['do'], namespaces: ['*', 'a'] }] }),
    [
      'spec.rules[0].resourceRules[0].verbs: Unsupported value: ["do"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"',
      'spec.rules[0].resourceRules[0].namespaces: Invalid value: ["*","a"]: if \'*\' is present, must not specify other namespaces',
    ],
  ],
  [
    'paths that are none',
    FlowSchema,
    rules({ nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['a', '/a*', '/a//b', '/ok/*'] }] }),
    [
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "a": must start with slash',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a*": wildcard can only do suffix matching',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/a//b": must not contain double slash',
    ],
  ],
  [
    'no limit',
    PriorityLevelConfiguration,
    { spec: { type: 'Exempt' } },
    ["spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'"],
  ],
  [
    'shares below nothing',
    PriorityLevelConfiguration,
    level({ nominalConcurrencyShares: -1, lendablePercent: 101, borrowingLimitPercent: -1 }),
    [
      'spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer',
      'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
      'spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer',
    ],
  ],
  [
    'more queues for a flow than there are',
    PriorityLevelConfiguration,
    queued({ queues: 4 }),
    ['spec.limited.limitResponse.queuing.handSize: Invalid value: 8: should not be greater than queues (4)'],
  ],
  [
    'more hands than a hash can tell',
    PriorityLevelConfiguration,
    queued({ queues: 512 }),
    [
      'spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60',
    ],
  ],
  [
    'nothing to wait in',
    PriorityLevelConfiguration,
    level({ limitResponse: { type: 'Queue' } }),
    ['spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited'],
  ],
]
for (const [what, kind, sent, expected] of wrong) {
  test(`a ${kind.kind} with ${what} wrong`, () => {
    assert.deepEqual(problems(kind, sent), expected)
  })
}

test('what every cluster has is good as it is, and no other way', () => {
  for (const [name, spec] of mandatorySchemas) {
    assert.deepEqual(problems(FlowSchema, { metadata: { name }, spec }), [])
    const changed = { ...spec, rules: [...(spec.rules ?? []), rule] }
    assert.match(
      problems(FlowSchema, { metadata: { name }, spec: changed }).join(),
      new RegExp(`spec of '${name}' must`),
    )
  }
  for (const [name, spec] of mandatoryLevels) {
    assert.deepEqual(problems(PriorityLevelConfiguration, { metadata: { name }, spec }), [])
  }
  const metadata = { name: 'catch-all' }
  assert.match(problems(PriorityLevelConfiguration, { metadata, ...level() }).join(), /must equal the fixed value$/)
  const lends = { metadata: { name: 'exempt' }, spec: { type: 'Exempt', exempt: { lendablePercent: 50 } } }
  assert.deepEqual(problems(PriorityLevelConfiguration, lends), [])
})

test('findings are told once', () => {
  const status = { conditions: [{ type: 'Dangling' }, { type: 'Dangling' }, {}] }
  assert.deepEqual(changeProblems(FlowSchema, schema(), { ...schema(), status }, 'status'), [
    'status.conditions[1].type: Duplicate value: "Dangling"',
    'status.conditions[2].type: Required value: must not be empty',
  ])
})

test('the tables are those of upstream', () => {
  const row = (kind: AnyKind, object: object) => kind.columns.map(({ value }) => value(object as never, 0))
  assert.deepEqual(row(FlowSchema, made(FlowSchema, schema())), ['a', 'l', 1000, '<none>', '<unknown>', '?'])
  assert.deepEqual(row(PriorityLevelConfiguration, made(PriorityLevelConfiguration, queued({}))), [
    'a',
    'Limited',
    30,
    64,
    8,
    50,
    '<unknown>',
  ])
})
