import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ValidatingAdmissionPolicy } from '#api/admissionregistration/validating-admission-policy.ts'
import { Deployment } from '#api/apps/deployment.ts'
import { HorizontalPodAutoscaler } from '#api/autoscaling/horizontal-pod-autoscaler.ts'
import { HorizontalPodAutoscaler as OldAutoscaler } from '#api/autoscaling/horizontal-pod-autoscaler-v1.ts'
import { Event as CoreEvent } from '#api/core/event.ts'
import { Namespace } from '#api/core/namespace.ts'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { Event } from '#api/events/event.ts'
import { builtIn } from '#api/kinds.ts'
import {
  type Constraints,
  equivalentsOf,
  isExempt,
  type MatchQuestion,
  matchesRules,
  type Rule,
} from './match-rules.ts'

const about = (question: Partial<MatchQuestion>): MatchQuestion => ({
  operation: 'CREATE',
  kind: Pod,
  subresource: '',
  namespace: 'a',
  name: 'x',
  object: {},
  old: undefined,
  namespaceLabels: () => ({}),
  equivalents: () => [],
  ...question,
})

const all: Rule = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }
const node = { kind: Node, namespace: '', name: 'n' }
const space = { kind: Namespace, namespace: 'a', name: 'a' }

const rules: readonly [what: string, rule: Partial<Rule>, question: Partial<MatchQuestion>, matches: boolean][] = [
  ['everything', {}, {}, true],
  ['the operation', { operations: ['CREATE', 'UPDATE'] }, { operation: 'UPDATE' }, true],
  ['another operation', { operations: ['CREATE', 'UPDATE'] }, { operation: 'DELETE' }, false],
  ['no operation at all', { operations: [] }, {}, false],
  ['the core group', { apiGroups: [''] }, {}, true],
  ['another group', { apiGroups: ['apps'] }, {}, false],
  ['one of the groups', { apiGroups: ['', 'apps'] }, { kind: Deployment }, true],
  ['another version', { apiVersions: ['v2'] }, {}, false],
  ['the resource', { resources: ['pods'] }, {}, true],
  ['the resource, not its part', { resources: ['pods'] }, { subresource: 'status' }, false],
  ['the part', { resources: ['pods/status'] }, { subresource: 'status' }, true],
  ['the part, not its resource', { resources: ['pods/status'] }, {}, false],
  ['all parts of it', { resources: ['pods/*'] }, { subresource: 'exec' }, true],
  ['all parts of it, and itself', { resources: ['pods/*'] }, {}, true],
  ['all parts of another', { resources: ['services/*'] }, { subresource: 'status' }, false],
  ['one part of everything', { resources: ['*/scale'] }, { kind: Deployment, subresource: 'scale' }, true],
  ['every resource, not its parts', { resources: ['*'] }, { subresource: 'status' }, false],
  ['every resource and part', { resources: ['*/*'] }, { subresource: 'status' }, true],
  ['every resource and part, without part', { resources: ['*/*'] }, {}, true],
  ['any scope', { scope: '*' }, node, true],
  ['in a namespace', { scope: 'Namespaced' }, {}, true],
  ['in a namespace, of the cluster', { scope: 'Namespaced' }, node, false],
  ['of the cluster', { scope: 'Cluster' }, node, true],
  ['of the cluster, in a namespace', { scope: 'Cluster' }, {}, false],
  ['a namespace is of the cluster', { scope: 'Cluster' }, space, true],
  ['a namespace is not in one', { scope: 'Namespaced' }, space, false],
  ['one of the names', { resourceNames: ['x', 'y'] }, {}, true],
  ['another name', { resourceNames: ['y'] }, {}, false],
  ['a name that is not known yet', { resourceNames: ['x'] }, { name: '' }, false],
]

for (const [what, rule, question, matches] of rules)
  test(`matchesRules() by rule: ${what}`, () => {
    assert.equal(matchesRules({ resourceRules: [{ ...all, ...rule }] }, about(question)) !== undefined, matches)
  })

const prod = { matchLabels: { env: 'prod' } }
const labelled = (env: string) => ({ metadata: { labels: { env } } })
const inProd = { namespaceLabels: () => ({ env: 'prod' }) }
const never = () => {
  throw new Error('asked')
}

const selectors: readonly [string, Constraints, Partial<MatchQuestion>, boolean][] = [
  ['no rules mean everything', {}, {}, true],
  ['one of two rules', { resourceRules: [{ ...all, resources: ['nodes'] }, all] }, {}, true],
  ['excluded', { excludeResourceRules: [{ ...all, resources: ['pods'] }] }, {}, false],
  ['something else excluded', { excludeResourceRules: [{ ...all, resources: ['nodes'] }] }, {}, true],
  ['excluded by name', { excludeResourceRules: [{ ...all, resourceNames: ['x'] }] }, {}, false],
  ['an empty selector asks nobody', { namespaceSelector: {} }, { namespaceLabels: never }, true],
  ['the labels of the namespace', { namespaceSelector: prod }, inProd, true],
  ['other labels of the namespace', { namespaceSelector: prod }, {}, false],
  ['of the cluster', { namespaceSelector: prod }, { ...node, namespaceLabels: never }, true],
  ['what a new namespace is', { namespaceSelector: prod }, { ...space, object: labelled('prod') }, true],
  [
    'what a namespace becomes',
    { namespaceSelector: prod },
    { ...space, ...inProd, operation: 'UPDATE', object: labelled('dev'), old: labelled('prod') },
    false,
  ],
  [
    'what a namespace was that goes',
    { namespaceSelector: prod },
    { ...space, ...inProd, operation: 'DELETE', object: undefined, old: labelled('prod') },
    true,
  ],
  ['the labels of the object', { objectSelector: prod }, { object: labelled('prod') }, true],
  ['other labels of the object', { objectSelector: prod }, { object: labelled('dev') }, false],
  ['its labels before', { objectSelector: prod }, { object: labelled('dev'), old: labelled('prod') }, true],
  ['its labels when it goes', { objectSelector: prod }, { object: undefined, old: labelled('prod') }, true],
  ['no object at all', { objectSelector: prod }, { object: undefined }, false],
  [
    'no object at all, whatever it may be called',
    { objectSelector: { matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] } },
    { object: undefined },
    false,
  ],
  [
    'nobody is asked where no rule matches',
    { resourceRules: [], excludeResourceRules: [all], namespaceSelector: prod },
    { namespaceLabels: never },
    false,
  ],
]

for (const [what, constraints, question, matches] of selectors)
  test(`matchesRules() by selector: ${what}`, () => {
    assert.equal(matchesRules(constraints, about(question)) !== undefined, matches)
  })

test('matchesRules() tells of a namespace that is not there', () => {
  assert.throws(() => matchesRules({ namespaceSelector: prod }, about({ namespaceLabels: never })), /asked/)
})

test('matchesRules() finds equivalents only where it may, and gives the kind of the rule', () => {
  const rule = { ...all, apiGroups: ['autoscaling'], apiVersions: ['v1'], resources: ['horizontalpodautoscalers'] }
  const question = about({
    kind: HorizontalPodAutoscaler,
    equivalents: () => equivalentsOf(builtIn, HorizontalPodAutoscaler, ''),
  })
  assert.equal(matchesRules({ resourceRules: [rule] }, question), undefined)
  assert.equal(matchesRules({ resourceRules: [rule], matchPolicy: 'Exact' }, question), undefined)
  assert.equal(matchesRules({ resourceRules: [rule], matchPolicy: 'Equivalent' }, question)?.kind, OldAutoscaler)
  const exact = { ...rule, apiVersions: ['v1', 'v2'] }
  assert.equal(
    matchesRules({ resourceRules: [exact], matchPolicy: 'Equivalent' }, question)?.kind,
    HorizontalPodAutoscaler,
  )
  const excluded = { excludeResourceRules: [rule], matchPolicy: 'Equivalent' } as const
  assert.equal(matchesRules(excluded, question), undefined)
})

test('equivalentsOf() knows what shows the same objects, in other groups too', () => {
  assert.deepEqual(equivalentsOf(builtIn, CoreEvent, ''), [Event])
  assert.deepEqual(equivalentsOf(builtIn, Event, ''), [CoreEvent])
  assert.deepEqual(equivalentsOf(builtIn, Pod, ''), [])
  assert.deepEqual(equivalentsOf(builtIn, HorizontalPodAutoscaler, 'scale'), [])
})

test('isExempt() leaves alone what says who is asked', () => {
  assert.equal(isExempt(ValidatingAdmissionPolicy), true)
  assert.equal(isExempt(Pod), false)
})
