import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AnyKind } from '#api/kind.ts'
import type { Client } from '#client/client.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { type AccessRequest, type Asker, attributesFor, createAccess, onlyOwn } from './access.ts'

describe('attributesFor()', () => {
  for (const [method, verb, expected] of [
    ['GET', 'metrics', 'get metrics'],
    ['HEAD', 'stats', 'get stats'],
    ['GET', 'logs', 'get log'],
    ['GET', 'pods', 'get pods,proxy'],
    ['GET', 'runningpods', 'get pods,proxy'],
    ['GET', 'healthz', 'get healthz,proxy'],
    ['GET', 'configz', 'get configz,proxy'],
    ['POST', 'checkpoint', 'create checkpoint'],
    ['POST', 'exec', 'create proxy'],
    ['GET', 'containerLogs', 'get proxy'],
    ['PUT', 'podProxy', 'update proxy'],
    ['PATCH', 'podProxy', 'patch proxy'],
    ['DELETE', '', 'delete proxy'],
    ['GET', 'constructor', 'get proxy'],
    ['BREW', 'metrics', ' metrics'],
  ] as const) {
    test(`${method} /${verb} is ${expected}`, () => {
      const { verb: asked, subresources } = attributesFor({ method, verb })
      assert.equal(`${asked} ${subresources.join(',')}`, expected)
    })
  }
})

interface Answers {
  readonly users?: Readonly<Record<string, Asker>>
  /** `<user> <verb> <subresource>` */
  readonly allowed?: readonly string[]
  readonly fails?: boolean
}

function world({ users = {}, allowed = [], fails = false }: Answers) {
  const asked: string[] = []
  const create = async (kind: AnyKind, { spec }: { spec: object }, { signal }: { signal: AbortSignal }) => {
    const about = spec as { token?: string; user: string; resourceAttributes: Record<string, string> }
    const { verb, subresource, resource, name } = about.resourceAttributes ?? {}
    const what = kind.kind === 'TokenReview' ? about.token! : `${about.user} ${verb} ${subresource}`
    asked.push(what)
    if (fails) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    if (kind.kind !== 'TokenReview') {
      assert.deepEqual([resource, name], ['nodes', 'n1'])
      return { status: { allowed: allowed.includes(what) } }
    }
    const user = users[what]
    return { status: user ? { authenticated: true, user: { ...user, username: user.name } } : { user: {} } }
  }
  const clock = new VirtualClock()
  const client = { create } as unknown as Pick<Client, 'create'>
  const check = createAccess({ client, nodeName: 'n1', clock, log: silentLog })
  const outcome = (request: Partial<AccessRequest>): Promise<string> =>
    check({ method: 'GET', verb: 'metrics', certificate: undefined, authorization: undefined, ...request }).then(
      () => 'yes',
      ({ code, message }) => `${code} ${message}`,
    )
  return { asked, clock, outcome }
}

const asA = (token: string) => ({ authorization: `Bearer ${token}` })
const certificate = (name: string, ...groups: string[]) => ({ certificate: { name, groups } })
const prometheus = { name: 'system:serviceaccount:m:p', groups: ['system:authenticated'] }
const forbidden = (user: string, subresources = 'metrics') =>
  `403 Forbidden (user=${user}, verb=get, resource=nodes, subresource(s)=[${subresources}])`

test('whoever shows neither a good certificate nor a good token is not known', async () => {
  const { outcome, asked } = world({})
  assert.equal(await outcome({}), '401 Unauthorized')
  assert.equal(await outcome({ authorization: 'Basic abc' }), '401 Unauthorized')
  assert.deepEqual(asked, [])
  assert.equal(await outcome(asA('bad')), '401 Unauthorized')
  assert.deepEqual(asked, ['bad'])
})

test('a token may what its user may, and nothing else', async () => {
  const allowed = [`${prometheus.name} get metrics`]
  const { outcome } = world({ users: { good: prometheus }, allowed })
  assert.equal(await outcome(asA('good')), 'yes')
  assert.equal(await outcome({ ...asA('good'), verb: 'stats' }), forbidden(prometheus.name, 'stats'))
  assert.equal(await outcome({ ...asA('good'), verb: 'exec' }), forbidden(prometheus.name, 'proxy'))
})

test('what is finer than the proxy is also allowed with it', async () => {
  const { outcome, asked } = world({ allowed: ['eve get proxy'] })
  assert.equal(await outcome({ ...certificate('eve'), verb: 'pods' }), 'yes')
  assert.deepEqual(asked, ['eve get pods', 'eve get proxy'])
  assert.equal(await outcome(certificate('eve')), forbidden('eve'))
})

test('the API server is let in without being asked, and a node for the one thing that it needs', async () => {
  const { outcome, asked } = world({})
  assert.equal(await outcome(certificate('kube-apiserver', 'system:masters')), 'yes')
  assert.equal(await outcome({ ...certificate('n2', 'system:nodes'), verb: 'proxySettled' }), 'yes')
  assert.deepEqual(asked, [])
  assert.equal(await outcome(certificate('n2', 'system:nodes')), forbidden('n2'))
})

test('answers are remembered: tokens for two minutes, what is allowed for five, what is not for half a minute', async () => {
  const { outcome, asked, clock } = world({ users: { good: prometheus }, allowed: [`${prometheus.name} get metrics`] })
  const askedBy = async (request: Partial<AccessRequest>): Promise<number> => {
    asked.length = 0
    await outcome(request)
    return asked.length
  }
  await Promise.all([outcome(asA('good')), outcome(asA('good'))])
  assert.equal(asked.length, 2)
  assert.equal(await askedBy(asA('good')), 0)
  await clock.advance(121_000)
  assert.equal(await askedBy(asA('good')), 1)
  await clock.advance(119_000)
  assert.equal(await askedBy(asA('good')), 0)
  await clock.advance(62_000)
  assert.equal(await askedBy(asA('good')), 2)
  await askedBy(certificate('eve'))
  await clock.advance(29_000)
  assert.equal(await askedBy(certificate('eve')), 0)
  await clock.advance(2000)
  assert.equal(await askedBy(certificate('eve')), 1)
})

test('an API server that does not answer lets nobody in, is not waited for without end, and is asked again', async () => {
  const { outcome, clock, asked } = world({ fails: true })
  const [byToken, byCertificate] = [outcome(asA('good')), outcome(certificate('eve'))]
  await settle()
  await clock.advance(10_000)
  assert.equal(await byToken, '401 Unauthorized')
  assert.equal(
    await byCertificate,
    '500 Authorization error (user=eve, verb=get, resource=nodes, subresource(s)=[metrics])',
  )
  assert.equal(asked.length, 2)
  const again = outcome(certificate('eve'))
  await settle()
  assert.equal(asked.length, 3)
  await clock.advance(10_000)
  await again
})

test('an agent with nobody to ask serves only the API server and other nodes', async () => {
  const request = { method: 'GET', verb: 'metrics', authorization: 'Bearer good' }
  await onlyOwn({ ...request, ...certificate('a', 'system:masters') })
  await assert.rejects(onlyOwn({ ...request, ...certificate('n2', 'system:nodes') }), { code: 403 })
  await assert.rejects(onlyOwn({ ...request, certificate: undefined }), { code: 403 })
})
