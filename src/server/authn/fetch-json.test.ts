import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { realClock } from '#lib/clock.ts'
import { createAuthority, issue } from '#lib/pki.ts'
import { fetchJson } from './fetch-json.ts'

describe('fetchJson()', () => {
  let server: Server
  let url = ''
  let fetch: ReturnType<typeof fetchJson>
  before(async () => {
    const nowMs = realClock.now()
    const authority = await createAuthority('issuers', nowMs)
    const lifetimeMs = 1e7
    const certificate = {
      commonName: 'i',
      dnsNames: [],
      ips: ['127.0.0.1'],
      usages: ['server'],
      nowMs,
      lifetimeMs,
    } as const
    const { certPem: cert, keyPem: key } = await issue(authority, certificate)
    server = createServer({ cert, key }, ({ url }, response) => {
      response.statusCode = url === '/missing' ? 404 : 200
      response.end(url === '/long' ? 'x'.repeat(2 * 1024 * 1024) : url === '/text' ? 'text' : '{"a":1}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    fetch = fetchJson(authority.certPem)
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  test('gives what stands there', async () => assert.deepEqual(await fetch(`${url}/`), { a: 1 }))
  for (const [path, why] of [
    ['missing', 'answered 404'],
    ['text', 'is no JSON'],
    ['long', 'is longer than 1048576 bytes'],
  ])
    test(`tells that it ${why}`, () => assert.rejects(fetch(`${url}/${path}`), { message: `${url}/${path} ${why}` }))
  test('believes nobody whom its authority does not vouch for', () => assert.rejects(fetchJson(undefined)(`${url}/`)))
})
