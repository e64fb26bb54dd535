import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle, VirtualClock } from '#lib/clock.ts'
import { SimulatedImages } from './simulated-images.ts'

test('what is declared to be present is there, under its name, its tag and its id', () => {
  const images = new SimulatedImages(new VirtualClock(), { app: { present: true, sizeBytes: 7 }, other: {} })
  const [image, ...others] = images.list()
  assert.deepEqual(others, [])
  assert.deepEqual([image?.tags, image?.sizeBytes], [['app:latest'], 7])
  for (const name of ['app', 'app:latest', image!.id]) assert.equal(images.find(name), image, name)
  assert.equal(images.find('other'), undefined)
})

test('a pull takes its time, and what has been pulled can be removed', async () => {
  const clock = new VirtualClock()
  const images = new SimulatedImages(clock, { 'slow:1': { pullMs: 1000 } })
  const pulled = images.pull('slow:1')
  await clock.advance(999)
  assert.equal(images.find('slow:1'), undefined)
  await clock.advance(1)
  await settle()
  const id = await pulled
  assert.equal(images.find('slow:1')?.id, id)
  images.remove(id)
  assert.deepEqual(images.list(), [])
})

test('a pull that is to fail fails, and leaves nothing', async () => {
  const images = new SimulatedImages(new VirtualClock(), { 'gone:1': { pullError: 'not found' } })
  await assert.rejects(images.pull('gone:1'), /^Error: not found$/)
  assert.deepEqual(images.list(), [])
})
