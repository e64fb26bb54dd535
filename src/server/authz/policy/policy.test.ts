// The default roles as they are made in a cluster, beside a text that a human can read: whoever changes a role changes
// the text too (UPDATE=1 writes it).

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { FieldErrors } from '#api/field-errors.ts'
import { ClusterRole } from '#api/rbac/cluster-role.ts'
import type { PolicyRule } from '#api/rbac/rule.ts'
import { ruleText, uncovered } from '../covers.ts'
import { allow, allowPaths, bind, group, user } from './notation.ts'
import { policies } from './policies.ts'
import { planBinding, planRole, wantedRole } from './reconcile.ts'

const roles = policies.flatMap((policy) => policy.roles)
const bindings = policies.flatMap((policy) => policy.bindings)
const place = ({ namespace, name }: { namespace: string; name: string }) =>
  namespace === '' ? name : `${namespace}/${name}`

function asText(): string {
  const lines: string[] = []
  for (const role of roles) {
    const labels = Object.keys(role.labels ?? {}).map((label) => ` [${label}]`)
    lines.push(`role ${place(role)}${labels.join('')}`)
    if (role.aggregates) lines.push(`  all of [${role.aggregates}]`)
    for (const rule of role.rules) lines.push(`  ${ruleText(rule)}`)
  }
  for (const binding of bindings) {
    const to = binding.subjects.map(({ kind, namespace, name }) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`)
    lines.push(
      `binding ${place(binding)}: ${binding.roleRef.kind} ${binding.roleRef.name} to ${to.join(', ') || 'nobody'}`,
    )
  }
  return `${lines.join('\n')}\n`
}

test('the roles and bindings are those of the text beside them', () => {
  const path = fileURLToPath(new URL('policy.golden.txt', import.meta.url))
  if (process.env.UPDATE) writeFileSync(path, asText())
  assert.equal(asText(), readFileSync(path, 'utf8'))
})

test('every role would be accepted, has a name of its own, and every binding has its role', () => {
  assert.equal(new Set(roles.map(place)).size, roles.length)
  assert.equal(new Set(bindings.map(place)).size, bindings.length)
  for (const role of roles) {
    const errors = new FieldErrors()
    ClusterRole.strategy.validate?.({ ...wantedRole(role), apiVersion: '', kind: '' }, errors)
    assert.deepEqual(errors.all, [], role.name)
  }
  const names = new Set(roles.map(place))
  for (const { namespace, roleRef } of bindings) {
    const role = { namespace: roleRef.kind === 'Role' ? namespace : '', name: roleRef.name }
    assert.ok(names.has(place(role)), roleRef.name)
  }
})

test('the anonymous may read how the server is, and nothing else', () => {
  const mine = bindings.filter(({ subjects }) => subjects.some(({ name }) => name === 'system:unauthenticated'))
  const rules = mine.flatMap(({ roleRef }) => roles.find(({ name }) => name === roleRef.name)!.rules)
  assert.deepEqual(rules, [allowPaths('get', '/healthz /livez /readyz /version /version/')])
})

describe('planRole()', () => {
  const role = {
    namespace: '',
    name: 'r',
    rules: [allow('get list', 'core', 'pods'), allow('get', 'apps', 'deployments')],
  }
  const { metadata } = wantedRole(role)

  test('makes what is missing', () => {
    assert.deepEqual(planRole(role, undefined), { action: 'create', object: { metadata, rules: role.rules } })
  })

  test('leaves a role alone that allows as much, or more, in other words', () => {
    const rules = [allow('get', 'core', 'pods'), allow('*', '*', '*')]
    assert.deepEqual(planRole(role, { metadata, rules }), { action: 'none' })
  })

  test('adds the rules that are missing and keeps the others', () => {
    const own = allow('delete', 'core', 'nodes')
    const rules = [own, allow('get', 'core', 'pods')]
    const plan = planRole(role, { metadata, rules })
    assert.deepEqual(plan, { action: 'patch', patch: { rules: [...rules, ...role.rules] } })
    const after = (plan as { patch: { rules: PolicyRule[] } }).patch.rules
    assert.deepEqual(uncovered(after, role.rules), [])
  })

  test('adds labels and annotations that are missing', () => {
    const { labels, annotations } = metadata
    const bare = { metadata: { labels: { mine: 'x' } }, rules: role.rules }
    assert.deepEqual(planRole(role, bare), { action: 'patch', patch: { metadata: { labels, annotations } } })
  })

  test('leaves a role alone whose annotation says so', () => {
    const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }
    assert.deepEqual(planRole(role, { metadata: { annotations }, rules: [] }), { action: 'none' })
  })

  test('gives a gathered role its selector, whatever its rules are', () => {
    const gathered = { namespace: '', name: 'g', rules: [], aggregates: 'a/b' }
    const selector = { matchLabels: { 'a/b': 'true' } }
    const other = { matchLabels: { c: 'd' } }
    const found = { metadata, rules: role.rules }
    assert.deepEqual(planRole(gathered, { ...found, aggregationRule: { clusterRoleSelectors: [other] } }), {
      action: 'patch',
      patch: { aggregationRule: { clusterRoleSelectors: [other, selector] } },
    })
    assert.deepEqual(planRole(gathered, { ...found, aggregationRule: { clusterRoleSelectors: [selector] } }), {
      action: 'none',
    })
  })
})

describe('planBinding()', () => {
  const binding = bind('r', [group('a'), user('b')])
  const { metadata } = wantedRole({ ...binding, rules: [] })

  test('adds the subjects that are missing and keeps the others', () => {
    const subjects = [user('own'), group('a')]
    assert.deepEqual(planBinding(binding, { metadata, roleRef: binding.roleRef, subjects }), {
      action: 'patch',
      patch: { subjects: [...subjects, user('b')] },
    })
  })

  test('makes a binding anew that is of another role, for all who have it', () => {
    const roleRef = { ...binding.roleRef, name: 'other' }
    assert.deepEqual(planBinding(binding, { metadata, roleRef, subjects: [user('own')] }), {
      action: 'replace',
      object: { metadata, roleRef: binding.roleRef, subjects: [user('own'), group('a'), user('b')] },
    })
  })

  test('leaves a binding alone that is as it should be, or whose annotation says so', () => {
    const { roleRef, subjects } = binding
    assert.deepEqual(planBinding(binding, { metadata, roleRef, subjects }), { action: 'none' })
    const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }
    assert.deepEqual(planBinding(binding, { metadata: { annotations }, roleRef, subjects: [] }), { action: 'none' })
  })
})
