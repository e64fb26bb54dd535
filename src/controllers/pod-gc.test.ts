import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pod } from '#api/core/pod.ts'
import { pod } from './fixtures.ts'
import { podGc, surplus } from './pod-gc.ts'
import { barePod, startWorld } from './testing.ts'

test('surplus() takes the oldest beyond the threshold, evicted ones first', () => {
  const evicted = pod('evicted', { created: 9, phase: 'Failed' })
  const ended = [
    pod('young', { created: 5, phase: 'Failed' }),
    pod('old', { created: 1, phase: 'Succeeded' }),
    { ...evicted, status: { ...evicted.status, reason: 'Evicted' } } as Pod,
  ]
  const names = (threshold: number) => surplus(ended, threshold).map(({ metadata }) => metadata.name)
  assert.deepEqual([names(1), names(3), names(0)], [['evicted', 'old'], [], []])
})

test('ended pods are kept up to the threshold, and no more', async () => {
  const world = await startWorld({ controllers: [podGc({ terminatedPodThreshold: 3 })] })
  for (let n = 0; n < 6; n++) {
    await world.client.create(Pod, barePod(`p${n}`))
    await world.setStatus(Pod, { namespace: 'default', name: `p${n}` }, (status) => ({ ...status, phase: 'Succeeded' }))
    await world.advance(1000)
  }
  assert.deepEqual(
    (await world.list(Pod)).map(({ metadata }) => metadata.name),
    ['p3', 'p4', 'p5'],
  )
  await world.stop()
})

test('pods of nodes that were gone before the start are found', async () => {
  const world = await startWorld({ controllers: [podGc()] })
  await world.client.create(Pod, barePod('p', { spec: { nodeName: 'ghost' } }))
  await world.settle()
  await world.advance(39_000)
  assert.ok(await world.get(Pod, 'p', 'default'))
  await world.advance(2_000)
  assert.equal(await world.get(Pod, 'p', 'default'), undefined)
  await world.stop()
})
