import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { type AddressInfo, createServer as createPlainServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import type { Pod } from '#api/core/pod.ts'
import { realClock } from '#lib/clock.ts'
import { createAuthority, issue, type KeyPair } from '#lib/pki.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { type KubeletHttp, serveKubeletHttp } from './server.ts'

const pod = { metadata: { namespace: 'n', name: 'p' }, spec: {}, status: { podIP: '127.0.0.1' } } as unknown as Pod

describe("the agent's own API", () => {
  const behind = createServer((asked, answer) => answer.end(`${asked.method} ${asked.url}`))
  let behindPort = 0
  let authority: KeyPair
  let agent: KubeletHttp
  const clients = new Map<string, KeyPair>()

  before(async () => {
    const nowMs = realClock.now()
    const lifetimeMs = 3_600_000
    authority = await createAuthority('cluster', nowMs)
    const serving = { commonName: 'agent', ips: ['127.0.0.1'], usages: ['server'], nowMs, lifetimeMs } as const
    for (const organization of ['system:masters', 'system:nodes']) {
      const subject = { commonName: 'client', organizations: [organization] }
      clients.set(organization, await issue(authority, { ...subject, usages: ['client'], nowMs, lifetimeMs }))
    }
    behind.listen(0, '127.0.0.1')
    await once(behind, 'listening')
    behindPort = (behind.address() as AddressInfo).port
    agent = await serveKubeletHttp({
      host: '127.0.0.1',
      port: 0,
      ...(await issue(authority, serving)),
      authorityPem: authority.certPem,
      runtime: {} as Runtime,
      pods: {
        pods: () => [pod],
        containerId: () => undefined,
        sandboxId: () => undefined,
        readLog: () => assert.fail('no log is read'),
      },
    })
  })
  after(async () => {
    await agent.stop()
    behind.closeAllConnections()
    behind.close()
  })

  const asked = (path: string, { organization = 'system:masters', upgrade = '' } = {}) => {
    const { certPem, keyPem } = clients.get(organization)!
    return request({
      host: '127.0.0.1',
      port: agent.port,
      path,
      agent: false,
      ca: authority.certPem,
      cert: certPem,
      key: keyPem,
      headers: upgrade === '' ? {} : { connection: 'Upgrade', upgrade },
    })
  }
  const ask = async (path: string, organization?: string): Promise<readonly [status: number, text: string]> => {
    const sent = asked(path, organization === undefined ? {} : { organization }).end()
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
    assert.deepEqual(await ask('/pods', 'system:nodes'), [403, 'Forbidden'])
    assert.deepEqual(await ask('/proxySettled?resourceVersion=1', 'system:nodes'), [200, 'ok'])
  })
})
