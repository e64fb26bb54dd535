import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FlowSchema } from '#api/flowcontrol/flow-schema.ts'
import { PriorityLevelConfiguration } from '#api/flowcontrol/priority-level-configuration.ts'
import { autoupdateAnnotation, bootstrapFlowControl, type Found, flowControl, plan, type Step } from './flow-control.ts'
import { startWorld } from './testing.ts'

const spec = { type: 'Limited', limited: { nominalConcurrencyShares: 5 } }
const other = { type: 'Limited', limited: { nominalConcurrencyShares: 6 } }
const found = (theirs: object, mark?: string, generation = 1): Found => ({
  metadata: { generation, ...(mark === undefined ? {} : { annotations: { [autoupdateAnnotation]: mark } }) },
  spec: theirs,
})

for (const [what, isMandatory, object, expected] of [
  ['is missing', false, undefined, 'create'],
  ['is as it should be', false, found(spec, 'true'), 'none'],
  ['is of an older version', false, found(other, 'true'), 'update'],
  ['has been taken over', false, found(other, 'false'), 'none'],
  ['is new and not marked', false, found(other), 'update'],
  ['has been changed and is not marked', false, found(other, undefined, 2), 'update'],
  ['is mandatory and taken over', true, found(other, 'false'), 'update'],
] as readonly (readonly [string, boolean, Found | undefined, Step])[]) {
  test(`plan() of an object that ${what}: ${expected}`, () => {
    assert.equal(plan({ spec, isMandatory }, object), expected)
  })
}

test('defaults are there from the start, come back when deleted, and stay as an administrator wants them', async () => {
  const world = await startWorld({ controllers: flowControl })
  await bootstrapFlowControl(world.client)
  await world.settle()
  const names = async (kind: typeof FlowSchema | typeof PriorityLevelConfiguration) =>
    (await world.list(kind)).map(({ metadata }) => metadata.name)
  assert.deepEqual(await names(PriorityLevelConfiguration), [
    ...['catch-all', 'exempt', 'global-default', 'leader-election', 'node-high', 'system', 'workload-high'],
    'workload-low',
  ])
  assert.equal((await names(FlowSchema)).length, 13)
  const dangling = async (name: string) =>
    (await world.get(FlowSchema, name))?.status.conditions?.find(({ type }) => type === 'Dangling')
  const { lastTransitionTime, ...condition } = (await dangling('probes'))!
  assert.deepEqual(condition, {
    type: 'Dangling',
    status: 'False',
    reason: 'Found',
    message: 'This FlowSchema references the PriorityLevelConfiguration object named "exempt" and it exists',
  })
  assert.ok(lastTransitionTime)

  await world.client.delete(PriorityLevelConfiguration, { name: 'catch-all' })
  await world.client.delete(FlowSchema, { name: 'service-accounts' })
  await world.settle()
  assert.ok(await world.get(PriorityLevelConfiguration, 'catch-all'))
  assert.ok(await world.get(FlowSchema, 'service-accounts'))

  const before = await world.get(FlowSchema, 'global-default')
  await world.client.patch(
    FlowSchema,
    { name: 'global-default' },
    { metadata: { annotations: { [autoupdateAnnotation]: 'false' } }, spec: { matchingPrecedence: 9800 } },
    { type: 'merge' },
  )
  await world.client.patch(
    FlowSchema,
    { name: 'system-nodes' },
    { spec: { matchingPrecedence: 600 } },
    { type: 'merge' },
  )
  await world.settle()
  const lends = { lendablePercent: 50, nominalConcurrencyShares: 7 }
  await world.client.patch(
    PriorityLevelConfiguration,
    { name: 'exempt' },
    { metadata: { annotations: { [autoupdateAnnotation]: 'false' } }, spec: { exempt: lends } },
    { type: 'merge' },
  )
  await world.settle()
  const exempt = await world.get(PriorityLevelConfiguration, 'exempt')
  assert.deepEqual(exempt?.spec.exempt, lends)
  assert.equal(exempt.metadata.annotations?.[autoupdateAnnotation], 'true')
  assert.equal(before?.spec.matchingPrecedence, 9900)
  assert.equal((await world.get(FlowSchema, 'global-default'))?.spec.matchingPrecedence, 9800)
  assert.equal((await world.get(FlowSchema, 'system-nodes'))?.spec.matchingPrecedence, 500)
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('a schema says that its level is missing, until it is there', async () => {
  const world = await startWorld({ controllers: flowControl })
  await world.client.create(FlowSchema, {
    metadata: { name: 'mine' },
    spec: { priorityLevelConfiguration: { name: 'later' }, matchingPrecedence: 50, rules: [] },
  })
  await world.settle()
  const condition = async () => (await world.get(FlowSchema, 'mine'))?.status.conditions?.[0]
  assert.equal((await condition())?.status, 'True')
  assert.match((await condition())?.message ?? '', /named "later" but there is no such object$/)
  await world.client.create(PriorityLevelConfiguration, {
    metadata: { name: 'later' },
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
  })
  await world.settle()
  assert.equal((await condition())?.status, 'False')
  await world.stop()
})
