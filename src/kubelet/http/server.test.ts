import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { type AddressInfo, createServer as createPlainServer } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import type { Pod } from '#api/core/pod.ts'
import { realClock } from '#lib/clock.ts'
import { createAuthority, issue, type KeyPair } from '#lib/pki.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { mayAlways } from './access.ts'
import { RequestProblem } from './request-problem.ts'
import { type KubeletHttp, serveKubeletHttp } from './server.ts'

const pod = { metadata: { namespace: 'n', name: 'p' }, spec: {}, status: { podIP: '127.0.0.1' } } as unknown as Pod

/** Its address is made up, and nobody's. */
const made = (name: string) =>
  ({ metadata: { namespace: 'n', name }, spec: {}, status: { podIP: '127.0.0.1' } }) as unknown as Pod

const dial: NonNullable<Runtime['dial']> = (sandbox, port) => {
  if (sandbox === 'real') return undefined
  if (sandbox === 'silent') throw new Error('nothing listens')
  const [client, server] = duplexPair()
  server.once('data', () => server.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nmade up on ${port}`))
  return client
}

describe("the agent's own API", () => {
  const behind = createServer((asked, answer) => answer.end(`${asked.method} ${asked.url}`))
  let behindPort = 0
  let authority: KeyPair
  let agent: KubeletHttp
  const clients = new Map<string, KeyPair>()
  /** Who came that is not known by a certificate alone. */
  const known: string[] = []

  before(async () => {
    const nowMs = realClock.now()
    const lifetimeMs = 3_600_000
    authority = await createAuthority('cluster', nowMs)
    const serving = { commonName: 'agent', ips: ['127.0.0.1'], usages: ['server'], nowMs, lifetimeMs } as const
    for (const organization of ['system:masters', 'system:nodes']) {
      const subject = { commonName: 'client', organizations: [organization] }
      clients.set(organization, await issue(authority, { ...subject, usages: ['client'], nowMs, lifetimeMs }))
    }
    const stranger = { commonName: 'stranger', organizations: ['system:masters'], usages: ['client'] as const }
    clients.set('elsewhere', await issue(await createAuthority('other', nowMs), { ...stranger, nowMs, lifetimeMs }))
    behind.listen(0, '127.0.0.1')
    await once(behind, 'listening')
    behindPort = (behind.address() as AddressInfo).port
    agent = await serveKubeletHttp({
      host: '127.0.0.1',
      port: 0,
      ...(await issue(authority, serving)),
      authorityPem: authority.certPem,
      runtime: { dial } as Partial<Runtime> as Runtime,
      pods: {
        pods: () => [pod, made('talks'), made('silent')],
        containerId: () => undefined,
        sandboxId: (_, name) => (name === 'p' ? 'real' : name),
        readLog: () => assert.fail('no log is read'),
      },
      stats: {
        metrics: async () => 'own 1',
        resourceMetrics: async () => 'used 1',
        summary: async (query) => ({ brief: query.get('only_cpu_and_memory') }),
      },
      checkAccess: async (request) => {
        if (mayAlways(request)) return
        known.push(request.certificate?.name ?? request.authorization ?? 'nobody')
        if (request.authorization !== 'Bearer good' || request.verb === 'exec') throw new RequestProblem(403, 'no')
      },
    })
  })
  after(async () => {
    await agent.stop()
    behind.closeAllConnections()
    behind.close()
  })

  const asked = (path: string, { organization = 'system:masters', upgrade = '', token = '' } = {}) => {
    const { certPem: cert, keyPem: key } = clients.get(organization) ?? {}
    return request({
      host: '127.0.0.1',
      port: agent.port,
      path,
      agent: false,
      ca: authority.certPem,
      ...(cert && key ? { cert, key } : {}),
      headers: {
        ...(upgrade === '' ? {} : { connection: 'Upgrade', upgrade }),
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
    })
  }
  const ask = async (
    path: string,
    organization?: string,
    token?: string,
  ): Promise<readonly [status: number, text: string]> => {
    const sent = asked(path, {
      ...(organization === undefined ? {} : { organization }),
      ...(token ? { token } : {}),
    }).end()
    const [answer] = await once(sent, 'response')
    let text = ''
    for await (const chunk of answer) text += chunk
    return [answer.statusCode, text]
  }

  for (const [path, arrives] of [
    ['/a/b?c=d', '/a/b?c=d'],
    ['/a%3Fb%2Fc', '/a%3Fb%2Fc'],
    ['/../../../../../pods', '/../../../../../pods'],
    ['/%2e%2e/pods', '/%2e%2e/pods'],
  ]) {
    test(`a path behind a pod reaches it as it was sent: ${path}`, async () => {
      assert.deepEqual(await ask(`/podProxy/n/p/${behindPort}${path}`), [200, `GET ${arrives}`])
    })
  }

  test('a server behind a pod may end its lines with LF alone', async () => {
    const plain = createPlainServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nServer: plain\r\nContent-Type: text/plain\n\nhello'))
    }).listen(0, '127.0.0.1')
    await once(plain, 'listening')
    const { port } = plain.address() as AddressInfo
    assert.deepEqual(await ask(`/podProxy/n/p/${port}/`), [200, 'hello'])
    plain.close()
  })

  test('what stands behind an address that is made up is asked, not who else has the address', async () => {
    assert.deepEqual(await ask(`/podProxy/n/talks/${behindPort}/x`), [200, `made up on ${behindPort}`])
    const [status, text] = await ask(`/podProxy/n/silent/${behindPort}/x`)
    assert.deepEqual([status, text], [502, 'error trying to reach service: nothing listens'])
    const sent = asked(`/podTunnel/n/talks/${behindPort}`, { upgrade: 'tcp' }).end()
    const [, socket] = (await once(sent, 'upgrade')) as [unknown, Duplex]
    socket.write('GET / HTTP/1.1\r\n\r\n')
    let heard = ''
    for await (const chunk of socket) heard += chunk
    assert.match(heard, /made up on/)
  })

  test('a tunnel is a connection to a port of a pod', async () => {
    const sent = asked(`/podTunnel/n/p/${behindPort}`, { upgrade: 'tcp' }).end()
    const [answer, socket] = (await once(sent, 'upgrade')) as [{ statusCode: number }, Duplex]
    assert.equal(answer.statusCode, 101)
    socket.write('GET /through HTTP/1.1\r\nhost: p\r\nconnection: close\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += chunk
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*GET \/through/)
  })

  test('a tunnel to a pod of another node is refused with a reason', async () => {
    const sent = asked('/podTunnel/n/elsewhere/80', { upgrade: 'tcp' }).end()
    const [answer] = await once(sent, 'response')
    assert.equal(answer.statusCode, 404)
    answer.resume()
  })

  test('another node may only ask whether the proxy has caught up', async () => {
    assert.deepEqual(await ask('/pods', 'system:nodes'), [403, 'no'])
    assert.deepEqual(await ask('/proxySettled?resourceVersion=1', 'system:nodes'), [200, 'ok'])
  })

  test('who has no certificate may have a token', async () => {
    assert.deepEqual(await ask('/metrics/resource', 'nobody'), [403, 'no'])
    assert.deepEqual(await ask('/metrics/resource', 'nobody', 'good'), [200, 'used 1'])
    assert.deepEqual(await ask('/metrics', 'nobody', 'good'), [200, 'own 1'])
    assert.deepEqual(await ask('/stats/summary?only_cpu_and_memory=true', 'nobody', 'good'), [200, '{"brief":"true"}'])
    assert.equal((await ask('/metrics/other', 'nobody', 'good'))[0], 404)
    assert.equal((await ask('/stats', 'nobody', 'good'))[0], 404)
  })

  test('a certificate of another authority says nothing', async () => {
    known.length = 0
    assert.deepEqual(await ask('/pods', 'elsewhere'), [403, 'no'])
    assert.deepEqual(known, ['nobody'])
  })

  test('an upgrade is refused to who may not', async () => {
    const sent = asked('/exec/n/p/c', { organization: 'nobody', token: 'good', upgrade: 'SPDY/3.1' }).end()
    const [answer] = await once(sent, 'response')
    assert.equal(answer.statusCode, 403)
    answer.resume()
  })

  test('a token for the agent does not reach what stands behind a pod', async () => {
    const shows = createServer((req, res) => res.end(String(req.headers.authorization))).listen(0, '127.0.0.1')
    await once(shows, 'listening')
    const { port } = shows.address() as AddressInfo
    assert.deepEqual(await ask(`/podProxy/n/p/${port}/`, 'nobody', 'good'), [200, 'undefined'])
    shows.closeAllConnections()
    shows.close()
  })
})
