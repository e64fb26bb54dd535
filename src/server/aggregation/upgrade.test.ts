import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { realClock } from '#lib/clock.ts'
import { type HttpsServer, serveHttps } from '../https.ts'
import { type AggregatedServer, aggregatedServer, flundersUrl, makePki } from './fixture.ts'

let api: AggregatedServer
let front: HttpsServer
before(async () => {
  const pki = await makePki()
  api = await aggregatedServer(pki)
  await api.register()
  const { server } = api
  const own = { ...pki.serving, clientAuthorityPem: pki.authority.certPem, clock: realClock }
  front = await serveHttps({ handle: server.handle, host: '127.0.0.1', port: 0, ...own })
})
after(async () => {
  await front.stop(0)
  await api.stop()
})

async function connection(): Promise<TLSSocket> {
  const socket = tlsConnect({ host: '127.0.0.1', port: front.address.port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  socket.setEncoding('utf8')
  return socket
}

async function readUntil(socket: TLSSocket, pattern: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (pattern.test(text)) return text
  }
  return text
}

const upgrade = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX-Remote-User: root\r\n\r\n`

test('a connection that is upgraded is relayed both ways, with who it is for', async () => {
  api.wardle.asked.length = 0
  const socket = await connection()
  socket.write(`${upgrade(`${flundersUrl}/a/exec?x=1`)}early `)
  assert.match(await readUntil(socket, /early /), /^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*early $/)
  socket.write('later')
  assert.equal(await readUntil(socket, /later/), 'later')
  socket.destroy()
  const [{ url, headers } = assert.fail()] = api.wardle.asked
  assert.deepEqual([url, headers['x-remote-user'], headers.upgrade], [`${flundersUrl}/a/exec?x=1`, ['admin'], ['echo']])
})

test('behind an upgrade that is refused no other request gets through', async () => {
  api.wardle.upgrades = false
  api.wardle.asked.length = 0
  const socket = await connection()
  const smuggled = `GET ${flundersUrl}/smuggled HTTP/1.1\r\nHost: x\r\nX-Remote-User: root\r\n\r\n`
  socket.write(upgrade(`${flundersUrl}/a/exec`) + smuggled)
  const answer = await readUntil(socket, /never/)
  assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*Connection: close\r\n\r\nno upgrades$/)
  assert.deepEqual(
    api.wardle.asked.map(({ url }) => url),
    [`${flundersUrl}/a/exec`],
  )
  socket.destroy()
  api.wardle.upgrades = true
})

test('a server that cannot be reached is said to the client', async () => {
  await api.wardle.stop()
  const socket = await connection()
  socket.write(upgrade(`${flundersUrl}/a/exec`))
  const answer = await readUntil(socket, /never/)
  assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*\r\n\r\nerror trying to reach service: /)
  socket.destroy()
})
