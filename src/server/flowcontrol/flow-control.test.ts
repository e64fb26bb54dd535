import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '#lib/clock.ts'
import { type TestServer, testServer } from '../fixture.ts'
import type { UserInfo } from '../request.ts'
import { FlowControl } from './flow-control.ts'

const flows = '/apis/flowcontrol.apiserver.k8s.io/v1'

interface Held {
  /** Requests for a ConfigMap wait here, as they would for a webhook. */
  readonly waiting: (() => void)[]
  readonly server: TestServer
}

/** A server with two seats in all, in which writing takes until it is let go on. */
async function heldServer(totalSeats = 2, mostWaitingBytes = 1_000_000): Promise<Held> {
  const waiting: (() => void)[] = []
  const server = await testServer({
    authenticate: async ({ headers }): Promise<UserInfo> => {
      const name = headers['x-user'] ?? 'root'
      return { name, groups: ['system:authenticated', ...(name === 'root' ? ['system:masters'] : [])] }
    },
    authorize: ({ verb, resource }) =>
      verb === 'create' && resource === 'configmaps'
        ? new Promise((resolve) => void waiting.push(() => resolve({ allowed: true })))
        : { allowed: true },
    parts: (store, clock) => ({ fairness: new FlowControl({ store, clock, totalSeats, mostWaitingBytes }) }),
  })
  return { waiting, server }
}

const level = (name: string, limited: object) => ({
  metadata: { name },
  spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, borrowingLimitPercent: 0, ...limited } },
})
const queue = { type: 'Queue', queuing: { queues: 8, handSize: 1, queueLengthLimit: 2 } }
const rule = {
  subjects: [{ kind: 'Group', group: { name: 'system:authenticated' } }],
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
}
const schema = (name: string, priorityLevel: string) => ({
  metadata: { name },
  spec: {
    priorityLevelConfiguration: { name: priorityLevel },
    matchingPrecedence: 10,
    distinguisherMethod: { type: 'ByUser' },
    rules: [rule],
  },
})

async function configure({ server }: Held, limitResponse: object): Promise<{ schemaUid: string; levelUid: string }> {
  const made = await server.ask('POST', `${flows}/prioritylevelconfigurations`, level('narrow', { limitResponse }))
  assert.equal(made.status, 201, made.text)
  const schemaMade = await server.ask('POST', `${flows}/flowschemas`, schema('mine', 'narrow'))
  assert.equal(schemaMade.status, 201, schemaMade.text)
  await settle()
  return { schemaUid: schemaMade.json.metadata.uid, levelUid: made.json.metadata.uid }
}

const write = ({ server }: Held, user: string, name: string) =>
  server.ask('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name } }, { 'x-user': user })

test('every answer names the schema and the level that the request belonged to', async () => {
  const held = await heldServer()
  const { schemaUid, levelUid } = await configure(held, { type: 'Reject' })
  const found = await held.server.ask('GET', '/api/v1/namespaces/default', undefined, { 'x-user': 'jane' })
  assert.equal(found.status, 200)
  assert.equal(found.headers['x-kubernetes-pf-flowschema-uid'], schemaUid)
  assert.equal(found.headers['x-kubernetes-pf-prioritylevel-uid'], levelUid)
  const missing = await held.server.ask('GET', '/api/v1/namespaces/no', undefined, { 'x-user': 'jane' })
  assert.equal(missing.status, 404)
  assert.equal(missing.headers['x-kubernetes-pf-flowschema-uid'], schemaUid)
  await held.server.stop()
})

test('a level that rejects answers 429 at once, and an administrator always gets through', async () => {
  const held = await heldServer()
  await configure(held, { type: 'Reject' })
  const first = write(held, 'jane', 'a')
  await settle()
  const refused = await write(held, 'jane', 'b')
  assert.equal(refused.status, 429)
  assert.equal(refused.text, 'Too many requests, please try again later.\n')
  assert.equal(refused.headers['content-type'], 'text/plain; charset=utf-8')
  assert.equal(refused.headers['retry-after'], '1')
  assert.equal((await held.server.ask('GET', '/api/v1/pods')).status, 200)
  held.waiting.shift()?.()
  assert.equal((await first).status, 201)
  await held.server.stop()
})

test('requests wait for their turn, are refused when the queue is full, and one at a time goes on', async () => {
  const held = await heldServer()
  await configure(held, queue)
  const answers: string[] = []
  const ask = async (name: string) => answers.push(`${name} ${(await write(held, 'jane', name)).status}`)
  const all = ['a', 'b', 'c', 'd'].map(ask)
  await settle()
  assert.deepEqual(answers, ['d 429'])
  assert.equal(held.waiting.length, 1)
  for (let i = 0; i < 3; i++) {
    held.waiting.shift()?.()
    await settle()
  }
  await Promise.all(all)
  assert.deepEqual(answers, ['d 429', 'a 201', 'b 201', 'c 201'])
  await held.server.stop()
})

test('bodies that wait are too much at some point, and small ones still may', async () => {
  const held = await heldServer(2, 100)
  await configure(held, queue)
  const ask = (name: string) => write(held, 'jane', name)
  const first = ask('a')
  await settle()
  assert.equal((await ask('b'.repeat(90))).status, 429)
  const second = ask('b')
  await settle()
  for (let i = 0; i < 2; i++) {
    held.waiting.shift()?.()
    await settle()
  }
  assert.deepEqual([(await first).status, (await second).status], [201, 201])
  const third = ask('c')
  await settle()
  held.waiting.shift()?.()
  assert.equal((await third).status, 201)
  await held.server.stop()
})

test('who waits too long is refused; who goes away leaves the queue', async () => {
  const held = await heldServer()
  await configure(held, queue)
  const first = write(held, 'jane', 'a')
  const second = write(held, 'jane', 'b')
  await settle()
  await held.server.clock.advance(14_999)
  const levels = () => held.server.ask('GET', '/debug/api_priority_and_fairness/dump_priority_levels')
  assert.match((await levels()).text, /^narrow, +1, +false, +false, +1, +1, /m)
  await held.server.clock.advance(1)
  assert.equal((await second).status, 429)
  const gone = new AbortController()
  const third = held.server.server.handle({
    method: 'POST',
    path: '/api/v1/namespaces/default/configmaps',
    query: new URLSearchParams(),
    headers: { 'x-user': 'jane', 'content-type': 'application/json' },
    body: { type: 'bytes', bytes: Buffer.from('{"metadata":{"name":"c"}}') },
    signal: gone.signal,
  })
  await settle()
  gone.abort()
  assert.equal((await third).status, 429)
  held.waiting.shift()?.()
  assert.equal((await first).status, 201)
  assert.match((await levels()).text, /^narrow, +0, +true, +false, +0, +0, +\d+, +0, +1, +1$/m)
  await held.server.stop()
})

test('a watch holds its seat until what was there has been sent', async () => {
  const held = await heldServer()
  await configure(held, { type: 'Reject' })
  const url = '/api/v1/namespaces?watch=true'
  const open = async () => {
    const { response } = await held.server.ask('GET', url, undefined, { 'x-user': 'jane' })
    if (response.body.type !== 'stream') return response.status
    return response.body.batches[Symbol.asyncIterator]()
  }
  const first = await open()
  assert.ok(typeof first !== 'number')
  assert.equal(await open(), 429)
  assert.equal((await first.next()).done, false)
  const pending = first.next()
  const second = await open()
  assert.ok(typeof second !== 'number')
  await first.return?.()
  await pending
  await second.return?.()
  // Nobody reads this one: its seat comes back all the same.
  assert.ok(typeof (await open()) !== 'number')
  assert.equal(await open(), 429)
  await held.server.clock.advance(60_000)
  assert.ok(typeof (await open()) !== 'number')
  await held.server.stop()
})

test('what waits can be seen, and is counted', async () => {
  const held = await heldServer()
  await configure(held, queue)
  const all = ['a', 'b', 'c', 'd'].map((name) => write(held, 'jane', name))
  await settle()
  const dump = async (what: string) => (await held.server.ask('GET', `/debug/api_priority_and_fairness/${what}`)).text
  assert.match(await dump('dump_queues'), /^narrow, +\d, +2, +1, +1, +[\d.]+ss, +2, +2, +0.00000000ss$/m)
  assert.match(await dump('dump_queues'), /^exempt, +<none>, /m)
  assert.match(await dump('dump_requests'), /^narrow, +mine, +\d, +0, +jane, +2030-01-01T00:00:00.000Z, +1, +0, +0ms$/m)
  assert.match(
    await dump('dump_requests?includeRequestDetails=1'),
    /, +jane, +create, +\/api\/v1\/namespaces\/default\/configmaps, +default, +, +v1, +configmaps, +$/m,
  )
  assert.equal((await held.server.ask('GET', '/debug/pprof')).status, 404)
  const metrics = (await held.server.ask('GET', '/metrics')).text
  const labels = 'priority_level="narrow",flow_schema="mine"'
  for (const line of [
    `apiserver_flowcontrol_rejected_requests_total{${labels},reason="queue-full"} 1`,
    `apiserver_flowcontrol_current_inqueue_requests{${labels}} 2`,
    `apiserver_flowcontrol_current_executing_requests{${labels}} 1`,
    'apiserver_flowcontrol_nominal_limit_seats{priority_level="narrow"} 1',
    `apiserver_flowcontrol_request_wait_duration_seconds_bucket{${labels},execute="true",le="0"} 1`,
  ])
    assert.ok(metrics.includes(`${line}\n`), line)
  for (let i = 0; i < 3; i++) {
    held.waiting.shift()?.()
    await settle()
  }
  await Promise.all(all)
  await held.server.stop()
})

test('one client that floods does not keep ten others waiting', async () => {
  const held = await heldServer(20)
  await configure(held, { type: 'Queue', queuing: { queues: 64, handSize: 4, queueLengthLimit: 100 } })
  const order: string[] = []
  const ask = async (user: string, name: string) => {
    await write(held, user, name)
    order.push(user)
  }
  const all = Array.from({ length: 300 }, (_, i) => ask('elephant', `elephant-${i}`))
  await settle()
  for (let i = 0; i < 10; i++) all.push(ask(`mouse-${i}`, `mouse-${i}`))
  await settle()
  while (held.waiting.length > 0) {
    // Each write takes some time: fairness is about the time that seats are held.
    await held.server.clock.advance(10)
    for (const go of held.waiting.splice(0)) go()
    await settle()
  }
  await Promise.all(all)
  assert.equal(order.length, 310)
  const lastMouse = order.findLastIndex((user) => user.startsWith('mouse'))
  // Behind the three hundred, they would have been the last; now each waits for a few of each queue.
  assert.ok(lastMouse < 60, `the last mouse was number ${lastMouse}`)
  await held.server.stop()
})
