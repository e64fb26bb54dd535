import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { readAll } from './read-all.ts'

const limit = { longestBytes: 4, tooLong: () => new Error('too long') }

test('a stream that is no longer than it may be is read to its end', async () => {
  const stream = new PassThrough()
  for (const text of ['ab', 'cd']) stream.write(text)
  stream.end()
  assert.equal(String(await readAll(stream, limit)), 'abcd')
})

test('one that sends more is broken off', async () => {
  const stream = new PassThrough()
  for (const text of ['ab', 'cde']) stream.write(text)
  await assert.rejects(readAll(stream, limit), /too long/)
  assert.ok(stream.destroyed)
})
