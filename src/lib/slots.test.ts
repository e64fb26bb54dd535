import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from './clock.ts'
import { Slots } from './slots.ts'

test('no more than so many run at a time, the others in order, and a failure gives its slot back', async () => {
  const slots = new Slots(2)
  const begun: number[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const results = [0, 1, 2, 3].map((i) =>
    slots.run(async () => {
      begun.push(i)
      const end = Promise.withResolvers<void>()
      ends.push(end)
      await end.promise
      return i
    }),
  )
  await settle()
  assert.deepEqual(begun, [0, 1])
  ends[1]!.reject(new Error('no'))
  await assert.rejects(results[1]!, /no/)
  await settle()
  assert.deepEqual(begun, [0, 1, 2])
  ends[0]!.resolve()
  await settle()
  assert.deepEqual(begun, [0, 1, 2, 3])
  for (const end of ends) end.resolve()
  assert.deepEqual(await Promise.all([results[0], results[2], results[3]]), [0, 2, 3])
  await slots.run(async () => {})
})
