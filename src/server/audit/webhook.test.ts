import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { openAuditWebhook } from './webhook.ts'

interface Sent {
  readonly kind: string
  readonly apiVersion: string
  readonly items: readonly { readonly n: number }[]
}

function world(answer: () => Promise<unknown> = async () => undefined) {
  const clock = new VirtualClock()
  const sent: Sent[] = []
  const post = (body: object) => {
    sent.push(body as Sent)
    return answer()
  }
  const webhook = openAuditWebhook({ post, maxBatch: 3, maxWaitMs: 30_000, clock, log: silentLog })
  const offer = (...all: readonly number[]) => all.map((n) => webhook.offer(() => ({ n })))
  return { clock, webhook, offer, batches: () => sent.map(({ items }) => items.map(({ n }) => n)), sent }
}

test('a batch is sent when it is full', async () => {
  const { webhook, offer, batches, sent } = world()
  offer(1, 2)
  await settle()
  assert.deepEqual(batches(), [])
  offer(3)
  await settle()
  assert.deepEqual(batches(), [[1, 2, 3]])
  assert.deepEqual([sent[0]?.kind, sent[0]?.apiVersion], ['EventList', 'audit.k8s.io/v1'])
  assert.equal(webhook.written, 3)
  await webhook.close()
})

test('a batch that does not fill is sent after its time', async () => {
  const { clock, webhook, offer, batches } = world()
  offer(1)
  await clock.advance(29_000)
  offer(2)
  assert.deepEqual(batches(), [])
  await clock.advance(1_000)
  await settle()
  assert.deepEqual(batches(), [[1, 2]])
  await webhook.close()
})

test('what comes while a batch is on its way goes with the next', async () => {
  const gate = Promise.withResolvers<void>()
  const { clock, webhook, offer, batches } = world(() => gate.promise)
  offer(1, 2, 3)
  await settle()
  offer(4)
  gate.resolve()
  await settle()
  assert.deepEqual(batches(), [[1, 2, 3]])
  await clock.advance(30_000)
  await settle()
  assert.deepEqual(batches(), [[1, 2, 3], [4]])
  await webhook.close()
})

test('what the server does not take is dropped and counted, and the next is sent', async () => {
  const { webhook, offer, batches } = world(() => Promise.reject(new Error('no')))
  offer(1, 2, 3)
  await settle()
  offer(4, 5, 6)
  await settle()
  assert.equal(batches().length, 2)
  assert.deepEqual([webhook.written, webhook.dropped], [0, 6])
  await webhook.close()
})

test('nobody waits for a server that has not answered: there is an end to what it can be sent', async () => {
  const gate = Promise.withResolvers<void>()
  const { webhook, offer } = world(() => gate.promise)
  offer(1, 2, 3)
  await settle()
  const taken = offer(...Array.from({ length: 10_001 }, (_, n) => n))
  assert.equal(taken.filter((each) => each).length, 10_000)
  assert.equal(webhook.dropped, 1)
  gate.resolve()
  await webhook.close()
})

test('what somebody waits for is sent at once, and then in its turn', async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let asked = 0
  const { webhook, offer, batches } = world(() => gates[asked++]!.promise)
  const kept: unknown[] = []
  const keep = (n: number) => void webhook.keep(() => ({ n })).then((isKept) => kept.push([n, isKept]))
  keep(1)
  await settle()
  offer(2)
  keep(3)
  await settle()
  assert.deepEqual([batches(), kept], [[[1]], []])
  gates[0]!.resolve()
  await settle()
  assert.deepEqual([batches(), kept], [[[1], [2, 3]], [[1, true]]])
  gates[1]!.reject(new Error('no'))
  await settle()
  assert.deepEqual(kept, [
    [1, true],
    [3, false],
  ])
  await webhook.close()
})

test('close() sends what waits, and takes no more', async () => {
  const { webhook, offer, batches } = world()
  offer(1, 2)
  await webhook.close()
  assert.deepEqual(batches(), [[1, 2]])
  assert.deepEqual(offer(3), [false])
})
