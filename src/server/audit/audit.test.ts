// What is recorded of requests, against the whole server.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { StatusError } from '#api/status-error.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import type { Authenticate } from '../access.ts'
import { silentLog, testServer } from '../fixture.ts'
import type { Audit } from './entry.ts'
import { openLogFile } from './log-file.ts'
import type { AuditPolicy, Level } from './policy.ts'

// biome-ignore lint/suspicious/noExplicitAny: an event as it stands in the record
type Event = any

async function recording(policy: AuditPolicy, options: object = {}) {
  const events: Event[] = []
  const sink = {
    take: (make: () => object) => {
      events.push(JSON.parse(JSON.stringify(make())))
      return true
    },
  }
  const server = await testServer(options)
  const core = server.server.core as { audit: unknown }
  core.audit = { policy, sink }
  return { server, events }
}

const all = (level: Level): AuditPolicy => ({ rules: [{ level }] })

test('a request is recorded when it comes and when it is answered, by the name that the answer has', async () => {
  const { server, events } = await recording(all('Metadata'))
  const object = { metadata: { name: 'c' }, data: { a: 'b' } }
  const url = '/api/v1/namespaces/default/configmaps?fieldManager=me'
  const headers = { 'x-forwarded-for': '10.0.0.1, 10.0.0.2' }
  const { headers: answered } = await server.ask('POST', url, object, headers)
  assert.deepEqual(
    events.map(({ stage }) => stage),
    ['RequestReceived', 'ResponseComplete'],
  )
  const { auditID, requestReceivedTimestamp, stageTimestamp, ...event } = events[1]
  assert.equal(auditID, answered['audit-id'])
  assert.match(String(auditID), /^[0-9a-f-]{36}$/)
  assert.match(stageTimestamp, /^\d{4}-.*\.\d{6}Z$/)
  assert.ok(requestReceivedTimestamp <= stageTimestamp)
  assert.deepEqual(event, {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    stage: 'ResponseComplete',
    requestURI: url,
    verb: 'create',
    user: { username: 'admin', groups: ['system:masters'] },
    sourceIPs: ['10.0.0.1', '10.0.0.2'],
    userAgent: 'test/1',
    objectRef: { resource: 'configmaps', namespace: 'default', name: 'c', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 201 },
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
  })
  await server.stop()
})

test('the bodies are recorded as far as the level says, without managed fields if they are not wanted', async () => {
  const object = { metadata: { name: 'c' }, data: { a: 'b' } }
  const url = '/api/v1/namespaces/default/configmaps'
  const bodies = async (policy: AuditPolicy) => {
    const { server, events } = await recording(policy)
    await server.ask('POST', url, object)
    const { requestObject, responseObject } = events.at(-1)
    await server.stop()
    return { sent: requestObject, answered: responseObject }
  }
  assert.deepEqual(await bodies(all('Metadata')), { sent: undefined, answered: undefined })
  assert.deepEqual(await bodies(all('Request')), { sent: object, answered: undefined })
  const { sent, answered } = await bodies(all('RequestResponse'))
  assert.deepEqual(sent, object)
  assert.equal(answered.metadata.managedFields.length, 1)
  const without = await bodies({ ...all('RequestResponse'), omitManagedFields: true })
  assert.equal(without.answered.metadata.managedFields, undefined)
  assert.deepEqual(without.answered.data, { a: 'b' })
})

test('stages that are left out are not recorded, and nothing of level None', async () => {
  const quiet = await recording({ rules: [{ level: 'Metadata', omitStages: ['RequestReceived'] }] })
  await quiet.server.ask('GET', '/version')
  assert.deepEqual(
    quiet.events.map(({ stage }) => stage),
    ['ResponseComplete'],
  )
  await quiet.server.stop()
  const silent = await recording(all('None'))
  await silent.server.ask('GET', '/version')
  assert.deepEqual(silent.events, [])
  await silent.server.stop()
})

test('an error is recorded with its text, a refusal with its reason', async () => {
  const refusing = {
    authorize: () => ({ allowed: false, reason: 'because' }),
    namespaces: [],
  }
  const { server, events } = await recording(all('Metadata'), refusing)
  await server.ask('GET', '/api/v1/namespaces/default/configmaps/none')
  const { responseStatus, annotations } = events.at(-1)
  assert.deepEqual(annotations, { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': 'because' })
  assert.deepEqual([responseStatus.code, responseStatus.reason, responseStatus.status], [403, 'Forbidden', 'Failure'])
  assert.match(responseStatus.message, /because$/)
  await server.stop()
})

test('who could not say who he is is recorded by what he tried', async () => {
  const unknown = {
    authenticate: async () => {
      throw new StatusError(401, 'Unauthorized', 'Unauthorized')
    },
    namespaces: [],
  }
  const { server, events } = await recording(all('Metadata'), unknown)
  await server.ask('GET', '/api', undefined, { authorization: 'Bearer secret' })
  assert.equal(events.length, 1)
  const { stage, responseStatus } = events[0]
  assert.deepEqual(
    [stage, responseStatus.code, responseStatus.message],
    ['ResponseStarted', 401, 'Authentication failed, attempted: bearer'],
  )
  assert.equal(JSON.stringify(events).includes('secret'), false)
  await server.stop()
})

test('somebody who acts as somebody else is recorded as both', async () => {
  const { server, events } = await recording(all('Metadata'))
  await server.ask('GET', '/version', undefined, { 'impersonate-user': 'tom' })
  const { user, impersonatedUser } = events.at(-1)
  assert.equal(user.username, 'admin')
  assert.deepEqual(impersonatedUser, { username: 'tom', groups: ['system:authenticated'] })
  await server.stop()
})

test('a watch is recorded when it starts and when it ends', async () => {
  const { server, events } = await recording(all('Metadata'))
  const watch = await server.watch('/api/v1/namespaces/default/configmaps?watch=1')
  const stages = () => events.map(({ stage, verb }) => `${verb} ${stage}`)
  assert.deepEqual(stages(), ['watch RequestReceived', 'watch ResponseStarted'])
  await server.ask('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'c' } })
  await watch.next()
  await watch.stop()
  assert.equal(stages().at(-1), 'watch ResponseComplete')
  await server.stop()
})

test('a client may name its request, within reason', async () => {
  const server = await testServer()
  const named = async (id: string): Promise<unknown> =>
    (await server.ask('GET', '/version', undefined, { 'audit-id': id })).headers['audit-id']
  assert.equal(await named('my-request'), 'my-request')
  assert.notEqual(await named('x'.repeat(65)), 'x'.repeat(65))
  await server.stop()
})

test('the log file holds a line for each record, is put aside when it is large, and does not grow without end', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'audit-'))
  const clock = new VirtualClock()
  const path = join(dir, 'log', 'audit.log')
  const file = openLogFile({ path, maxSizeBytes: 100, maxBackups: 2, maxAgeMs: 0, clock, log: silentLog })
  for (let round = 0; round < 5; round++) {
    assert.equal(
      file.offer(() => ({ round, text: 'x'.repeat(60) })),
      true,
    )
    while (file.written <= round) await settle()
    await clock.advance(1000)
  }
  await file.close()
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).round, 4)
  const aside = readdirSync(join(dir, 'log')).filter((name) => name !== 'audit.log')
  assert.equal(aside.length, 2)
  for (const name of aside) assert.match(name, /^audit-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.log$/)
  assert.equal(
    file.offer(() => ({})),
    false,
    'a closed file takes nothing',
  )
  rmSync(dir, { recursive: true })
})

test('records that nobody can write are dropped, and nobody waits for them', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'audit-'))
  const options = { maxSizeBytes: 1e9, maxBackups: 0, maxAgeMs: 0, clock: new VirtualClock(), log: silentLog }
  const file = openLogFile({ path: join(dir, 'audit.log'), ...options })
  let taken = 0
  for (let i = 0; i < 10_500; i++) if (file.offer(() => ({ i }))) taken++
  assert.equal(taken, 10_000)
  assert.equal(file.dropped, 500)
  await file.close()
  assert.equal(file.written, 10_000)
  rmSync(dir, { recursive: true })
})

test('a request whose record is lost where it must not be is refused before anything is done', async () => {
  const { server } = await recording(all('Metadata'))
  const core = server.server.core as unknown as { audit: Audit }
  const url = '/api/v1/namespaces/default/configmaps'
  core.audit = { ...core.audit, sink: { take: async () => false } }
  const refused = await server.ask('POST', url, { metadata: { name: 'c' } })
  assert.deepEqual(
    [refused.status, refused.json.message],
    [500, 'Internal error occurred: failed to store audit event'],
  )
  core.audit = { ...core.audit, sink: { take: () => true } }
  assert.equal((await server.ask('GET', `${url}/c`)).status, 404)
})

test('an answer waits for its record where the sink wants that', async () => {
  const { server } = await recording(all('Metadata'))
  const core = server.server.core as unknown as { audit: Audit }
  const gates = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()]
  let taken = 0
  core.audit = { ...core.audit, sink: { take: () => gates[taken++]!.promise } }
  let status: number | undefined
  void server.ask('GET', '/api/v1/namespaces/default').then((answer) => {
    status = answer.status
  })
  await settle()
  assert.deepEqual([taken, status], [1, undefined])
  gates[0]!.resolve(true)
  await settle()
  assert.deepEqual([taken, status], [2, undefined])
  gates[1]!.resolve(false)
  await settle()
  assert.equal(status, 200)
})

test('how somebody has shown who he is stands in the record, of one who is refused too', async () => {
  const key = 'authentication.k8s.io/legacy-token'
  let isRefused = false
  const authenticate: Authenticate = async (_, notes) => {
    notes!.annotations[key] = 'me'
    notes!.warnings.push('not so')
    if (isRefused) throw new StatusError(401, 'Unauthorized', 'Unauthorized')
    return { name: 'me', groups: ['system:masters'] }
  }
  const { server, events } = await recording(all('Metadata'), { authenticate })
  events.length = 0
  const { headers } = await server.ask('GET', '/api/v1/namespaces/default')
  assert.equal(headers.warning?.toString(), '299 - "not so"')
  isRefused = true
  await server.ask('GET', '/api/v1/namespaces/default')
  assert.deepEqual(
    events.map(({ stage, annotations }) => [stage, annotations[key]]),
    [
      ['RequestReceived', 'me'],
      ['ResponseComplete', 'me'],
      ['ResponseStarted', 'me'],
    ],
  )
})
