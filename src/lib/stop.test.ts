import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from './clock.ts'
import { Stop } from './stop.ts'

test('what was registered last stops first, children in their place', async () => {
  const order: string[] = []
  const stop = new Stop(new VirtualClock())
  stop.onStop('store', () => void order.push('store'))
  const server = stop.child('server')
  server.onStop('app', () => void order.push('app'))
  server.onStop('https', async () => void order.push('https'))
  stop.onStop('agent', () => void order.push('agent'))
  assert.deepEqual(await stop.stop(), [])
  assert.deepEqual(order, ['agent', 'https', 'app', 'store'])
  assert.equal(server.signal.aborted && stop.signal.aborted, true)
})

test('a part that fails or hangs is named, and the others still stop', async () => {
  const clock = new VirtualClock()
  const stop = new Stop(clock)
  let stopped = false
  stop.onStop('store', () => {
    stopped = true
  })
  const server = stop.child('server')
  server.onStop('https', () => new Promise(() => {}))
  server.onStop('app', () => {
    throw new Error('busy')
  })
  const result = stop.stop(5000)
  await clock.advance(5000)
  assert.deepEqual(await result, [
    { part: 'server/app', reason: 'busy' },
    { part: 'server/https', reason: 'did not stop in time' },
  ])
  assert.equal(stopped, true)
  assert.equal(clock.pendingTimers, 0)
})

test('a second stop() gives the same answer and stops nothing twice', async () => {
  const stop = new Stop(new VirtualClock())
  let count = 0
  stop.onStop('a', () => void count++)
  const [first, second] = await Promise.all([stop.stop(), stop.stop()])
  assert.equal(first, second)
  assert.equal(count, 1)
})

test('a child stopped alone, or a part taken back, is not stopped again', async () => {
  const stop = new Stop(new VirtualClock())
  let count = 0
  const child = stop.child('child')
  child.onStop('a', () => void count++)
  await child.stop()
  const forget = stop.onStop('b', () => void count++)
  forget()
  await stop.stop()
  assert.equal(count, 1)
})
