import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyRule } from '#api/rbac/rule.ts'
import { compact, ruleText, uncovered } from './covers.ts'
import { allow, allowPaths } from './policy/notation.ts'

const missing = (owned: readonly PolicyRule[], wanted: readonly PolicyRule[]) =>
  compact(uncovered(owned, wanted)).map(ruleText)

const cases: readonly {
  readonly owned: readonly PolicyRule[]
  readonly wanted: readonly PolicyRule[]
  readonly missing: readonly string[]
}[] = [
  { owned: [allow('*', '*', '*')], wanted: [allow('get list', 'core apps', 'pods */scale')], missing: [] },
  {
    owned: [allow('get', 'core', 'pods')],
    wanted: [allow('get delete list', 'core', 'pods')],
    missing: ['{APIGroups:[""], Resources:["pods"], Verbs:["delete" "list"]}'],
  },
  {
    owned: [allow('get', 'core', 'pods'), allow('list', 'core', 'pods')],
    wanted: [allow('get list', 'core', 'pods')],
    missing: [],
  },
  {
    owned: [allow('get', 'core', 'configmaps', 'a')],
    wanted: [allow('get', 'core', 'configmaps', 'a b')],
    missing: ['{APIGroups:[""], Resources:["configmaps"], ResourceNames:["b"], Verbs:["get"]}'],
  },
  {
    owned: [allow('get', 'core', 'configmaps', 'a')],
    wanted: [allow('get', 'core', 'configmaps')],
    missing: ['{APIGroups:[""], Resources:["configmaps"], Verbs:["get"]}'],
  },
  { owned: [allow('get', 'core', 'configmaps')], wanted: [allow('get', 'core', 'configmaps', 'a')], missing: [] },
  { owned: [allow('get', '*', '*/scale')], wanted: [allow('get', 'apps', 'deployments/scale')], missing: [] },
  {
    owned: [allow('get', 'apps', 'deployments')],
    wanted: [allow('get', 'apps', 'deployments/scale')],
    missing: ['{APIGroups:["apps"], Resources:["deployments/scale"], Verbs:["get"]}'],
  },
  { owned: [allowPaths('get', '/apis/*')], wanted: [allowPaths('get', '/apis/apps /apis/apps/*')], missing: [] },
  {
    owned: [allowPaths('get', '/apis/*')],
    wanted: [allowPaths('get', '* /api')],
    missing: ['{NonResourceURLs:["*"], Verbs:["get"]}', '{NonResourceURLs:["/api"], Verbs:["get"]}'],
  },
]

test('uncovered() is what of the wanted rules the owned ones do not allow', () => {
  for (const { owned, wanted, missing: expected } of cases)
    assert.deepEqual(missing(owned, wanted), expected, JSON.stringify(wanted))
})
