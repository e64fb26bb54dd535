import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lease } from '#api/coordination/lease.ts'
import { Node } from '#api/core/node.ts'
import { ScriptedClient } from '#client/testing.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { heartbeats, waitForNodes } from './ready.ts'

class World {
  readonly clock = new VirtualClock()
  readonly client = new ScriptedClient()
  readonly updates: string[] = []

  report(name: string, ready: 'True' | 'False' | 'Unknown'): void {
    this.client.put(Node, { metadata: { name }, status: { conditions: [{ type: 'Ready', status: ready }] } })
    this.client.put(Lease, { metadata: { name, namespace: 'kube-node-lease' } })
  }

  /** Nothing while it waits, then the names of the nodes that are late. */
  async wait(names: readonly string[], started: readonly string[]): Promise<{ late?: readonly string[] }> {
    const { client, clock } = this
    const answer: { late?: readonly string[] } = {}
    const before = await heartbeats(client)
    const update = (detail: string) => this.updates.push(detail)
    const options = { client, clock, names, started: new Set(started), before, update, timeoutMs: 60_000 }
    void waitForNodes(options).then((late) => {
      answer.late = late
    })
    for (let turn = 0; turn < 5; turn++) await settle()
    return answer
  }

  async after(change: () => void): Promise<void> {
    change()
    for (let turn = 0; turn < 5; turn++) await settle()
  }
}

test('waitForNodes() of nodes that ran all the time takes their word', async () => {
  const world = new World()
  for (const name of ['a', 'b']) world.report(name, 'True')
  assert.deepEqual(await world.wait(['a', 'b'], []), { late: [] })
})

test('waitForNodes() does not believe what a node said before it was started again', async () => {
  const world = new World()
  for (const name of ['a', 'b']) world.report(name, 'True')
  const answer = await world.wait(['a', 'b'], ['b'])
  assert.deepEqual(answer, {})
  await world.after(() => world.report('b', 'True'))
  assert.deepEqual(answer, { late: [] })
  assert.equal(world.updates.at(-1), '2 of 2')
})

test('waitForNodes() waits for a node that reports but is not ready yet', async () => {
  const world = new World()
  world.report('a', 'True')
  const answer = await world.wait(['a'], ['a'])
  await world.after(() => world.report('a', 'False'))
  assert.deepEqual(answer, {})
  await world.after(() => world.report('a', 'True'))
  assert.deepEqual(answer, { late: [] })
})

test('waitForNodes() waits for nodes that the API has never heard of', async () => {
  const world = new World()
  const answer = await world.wait(['a', 'b'], ['a', 'b'])
  await world.after(() => world.report('a', 'True'))
  assert.deepEqual(answer, {})
  await world.after(() => world.report('b', 'True'))
  assert.deepEqual(answer, { late: [] })
})

test('waitForNodes() goes on when the server ends the watch', async () => {
  const world = new World()
  const answer = await world.wait(['a'], ['a'])
  await world.after(() => world.client.breakWatches())
  await world.after(() => world.report('a', 'True'))
  assert.deepEqual(answer, { late: [] })
})

test('waitForNodes() names those that are late, and leaves no timer and no watch behind', async () => {
  const world = new World()
  world.report('a', 'True')
  world.report('b', 'Unknown')
  const answer = await world.wait(['a', 'b'], [])
  await world.clock.advance(60_000)
  await world.after(() => {})
  assert.deepEqual(answer, { late: ['b'] })
  assert.equal(world.clock.pendingTimers, 0)
  assert.equal(world.client.watches.size, 0)
})
