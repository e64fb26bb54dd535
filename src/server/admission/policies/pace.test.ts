import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call } from '../../call.ts'
import { testServer } from '../../fixture.ts'
import { Pace } from './pace.ts'

test('others get their turn where it has taken long, and who has gone away is not served', async () => {
  const server = await testServer()
  try {
    const gone = new AbortController()
    const call = { core: server.server.core, request: { signal: gone.signal } } as unknown as Call
    const pace = new Pace(call)
    assert.equal(pace.isDue, false)
    await server.clock.advance(20)
    assert.equal(pace.isDue, true)
    await pace.giveWay()
    assert.equal(pace.isDue, false)
    gone.abort(new Error('gone'))
    await assert.rejects(pace.giveWay(), /gone/)
  } finally {
    await server.stop()
  }
})
