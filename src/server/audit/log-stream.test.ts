import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLogStream } from './log-stream.ts'

test('records that come together are written together, a line each, and what waits is written at the end', async () => {
  const texts: string[] = []
  const stream = openLogStream((text) => texts.push(text))
  stream.offer(() => ({ a: 1 }))
  stream.offer(() => ({ b: 'x\ny' }))
  assert.deepEqual(texts, [])
  await Promise.resolve()
  assert.deepEqual(texts, ['{"a":1}\n{"b":"x\\ny"}\n'])
  stream.offer(() => ({ c: 3 }))
  await stream.close()
  assert.equal(texts[1], '{"c":3}\n')
  assert.equal(
    stream.offer(() => ({})),
    false,
  )
  assert.deepEqual([stream.written, stream.dropped], [3, 1])
})
