import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClusterRole } from '#api/rbac/cluster-role.ts'
import type { PolicyRule } from '#api/rbac/rule.ts'
import { clusterRoleAggregation, plan } from './cluster-role-aggregation.ts'
import { startWorld } from './testing.ts'

const rule = (resource: string): PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources: [resource] })
const role = (
  name: string,
  labels: Record<string, string>,
  rules: readonly PolicyRule[],
  gathers?: string,
): ClusterRole =>
  ({
    metadata: { name, labels },
    rules: [...rules],
    ...(gathers ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [gathers]: 'true' } }] } } : {}),
  }) as ClusterRole

const a = role('a', { x: 'true' }, [rule('pods')])
const b = role('b', { x: 'true', y: 'true' }, [rule('pods'), rule('nodes')])
const c = role('c', { y: 'true' }, [rule('secrets')])

test('plan() puts the rules of all picked roles together, each once, in the order of their names', () => {
  assert.deepEqual(plan(role('g', {}, [], 'x'), [c, b, a]), [rule('pods'), rule('nodes')])
  assert.deepEqual(plan(role('g', {}, [], 'y'), [c, b, a]), [rule('pods'), rule('nodes'), rule('secrets')])
})

test('plan() changes nothing where nothing is missing, nor a role that gathers nothing', () => {
  assert.equal(plan(role('g', {}, [rule('pods'), rule('nodes')], 'x'), [a, b, c]), undefined)
  assert.equal(plan(role('g', {}, [rule('mine')]), [a, b, c]), undefined)
})

test('plan() takes away what nobody adds any more, and never gathers itself', () => {
  assert.deepEqual(
    plan(role('g', { z: 'true' }, [rule('mine')], 'z'), [role('g', { z: 'true' }, [rule('mine')], 'z')]),
    [],
  )
})

test('plan() takes every selector', () => {
  const both = role('g', {}, [])
  both.aggregationRule = { clusterRoleSelectors: [{ matchLabels: { x: 'true' } }, { matchLabels: { y: 'true' } }] }
  assert.deepEqual(plan(both, [a, c]), [rule('pods'), rule('secrets')])
})

test('a role follows those that it is made of, through roles that are gathered themselves', async () => {
  const world = await startWorld({ controllers: [clusterRoleAggregation] })
  const create = (one: ClusterRole) => world.client.create(ClusterRole, one)
  await create(role('top', {}, [], 'to-top'))
  await create(role('middle', { 'to-top': 'true' }, [], 'to-middle'))
  await create(role('leaf', { 'to-middle': 'true' }, [rule('pods')]))
  await world.settle()
  const rules = async () => (await world.get(ClusterRole, 'top'))?.rules
  assert.deepEqual(await rules(), [rule('pods')])
  await world.client.patch(ClusterRole, { name: 'leaf' }, { rules: [rule('nodes')] }, { type: 'merge' })
  await world.settle()
  assert.deepEqual(await rules(), [rule('nodes')])
  await world.client.delete(ClusterRole, { name: 'leaf' })
  await world.settle()
  assert.deepEqual(await rules(), [])
  const before = world.writes.length
  await world.advance(60_000)
  assert.equal(world.writes.length, before, 'an idle cluster is silent')
  await world.stop()
})
