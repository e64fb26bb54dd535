import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { after, before, describe, test } from 'node:test'
import packet, { type Packet } from 'dns-packet'
import { Namespace } from '#api/core/namespace.ts'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { createInformers } from '#client/informers.ts'
import { ScriptedClient } from '#client/testing.ts'
import { realClock, settle } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { randomInt, seededRandom } from '#lib/random.ts'
import { withLength } from './forward.ts'
import { readLifetime, readQuery } from './message.ts'
import { type Dns, startDns } from './server.ts'

const query = (name: string, type = 'A', more: object = {}): Buffer =>
  packet.encode({ type: 'query', id: 77, flags: 0x0100, questions: [{ name, type, class: 'IN' }], ...more })

const edns = (udpPayloadSize: number) => ({
  additionals: [{ type: 'OPT', name: '.', udpPayloadSize, flags: 0, options: [] }],
})

async function askUdp(port: number, message: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4')
  try {
    socket.send(message, port, '127.0.0.1')
    const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(5000) })
    return answer as Buffer
  } finally {
    socket.close()
  }
}

/** Sends all messages at once and reads as many answers. */
async function askTcp(port: number, ...messages: Buffer[]): Promise<Buffer[]> {
  const socket = connect({ host: '127.0.0.1', port })
  const answers: Buffer[] = []
  let received = Buffer.alloc(0)
  socket.write(Buffer.concat(messages.map(withLength)))
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      answers.push(received.subarray(2, 2 + received.readUInt16BE(0)))
      received = received.subarray(2 + received.readUInt16BE(0))
    }
    if (answers.length === messages.length) break
  }
  socket.destroy()
  return answers
}

const addresses = (answer: Packet): unknown[] =>
  answer.answers.filter(({ type }) => type === 'A').map(({ data }) => data)

/** An upstream resolver by UDP and TCP that answers by the name asked, and counts. */
async function startUpstream() {
  const asked: string[] = []
  const reply = (message: Buffer, overUdp: boolean): Buffer | undefined => {
    const decoded = packet.decode(message)
    const [question] = decoded.questions
    const name = question!.name
    asked.push(`${overUdp ? 'udp' : 'tcp'} ${question!.type} ${name}`)
    const response = { type: 'response', id: decoded.id, questions: decoded.questions }
    const address = { name, type: 'A', ttl: 60, data: '198.51.100.7' }
    if (name.startsWith('silent.')) return undefined
    if (name.startsWith('forged.')) return packet.encode({ ...response, id: decoded.id ^ 1, answers: [address] })
    if (name.startsWith('broken.')) return packet.encode({ ...response, flags: 2 })
    if (name.startsWith('short.')) return packet.encode({ ...response, answers: [{ ...address, ttl: 0 }] })
    if (name.startsWith('missing.')) {
      const data = { mname: 'a.', rname: 'b.', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 60 }
      const authorities = [{ name: 'example.org', type: 'SOA', ttl: 300, data }]
      return packet.encode({ ...response, flags: 3, authorities })
    }
    if (name.startsWith('large.')) {
      const answers = Array.from({ length: 60 }, (_, i) => ({ ...address, data: `198.51.100.${i}` }))
      return packet.encode(overUdp ? { ...response, flags: 0x0200 } : { ...response, answers })
    }
    return packet.encode({ ...response, answers: [address] })
  }
  const tcp: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      const answer = reply(chunk.subarray(2), false)
      if (answer) socket.write(withLength(answer))
    })
  })
  tcp.listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const { port } = tcp.address() as { port: number }
  const udp = createSocket('udp4', (message, from) => {
    const answer = reply(message, true)
    if (answer) udp.send(answer, from.port, from.address)
  })
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  return {
    asked,
    address: `127.0.0.1:${port}`,
    stop: () => {
      udp.close()
      tcp.close()
    },
  }
}

describe('the DNS server', () => {
  const client = new ScriptedClient()
  const random = seededRandom(5)
  const informers = createInformers({ client, clock: realClock, random, log: silentLog })
  let dns: Dns
  let upstream: Awaited<ReturnType<typeof startUpstream>>
  let port = 0

  const ask = async (name: string, type = 'A', more: object = {}) =>
    packet.decode(await askUdp(port, query(name, type, more)))

  before(async () => {
    const put = (name: string, spec: object) =>
      client.put(Service, { metadata: { name, namespace: 'default' }, spec, status: {} })
    const putSlice = (service: string, endpoints: object[]) => {
      const metadata = {
        name: `${service}-1`,
        namespace: 'default',
        labels: { 'kubernetes.io/service-name': service },
      }
      const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }]
      client.put(EndpointSlice, { metadata, addressType: 'IPv4', ports, endpoints })
    }
    client.put(Namespace, { metadata: { name: 'default' }, spec: {}, status: {} })
    put('web', { clusterIP: '10.96.0.1', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] })
    put('pets', { clusterIP: 'None', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] })
    put('many', { clusterIP: 'None', ports: [] })
    put('alias', { type: 'ExternalName', externalName: 'www.example.org' })
    put('inner', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' })
    put('circle', { type: 'ExternalName', externalName: 'circle.default.svc.cluster.local' })
    putSlice('pets', [
      { addresses: ['10.244.0.1'], hostname: 'cat', conditions: { ready: true } },
      { addresses: ['10.244.0.2'], conditions: { ready: true } },
      { addresses: ['10.244.0.3'], hostname: 'ill', conditions: { ready: false } },
    ])
    putSlice(
      'many',
      Array.from({ length: 100 }, (_, i) => ({ addresses: [`10.244.1.${i}`], conditions: {} })),
    )
    upstream = await startUpstream()
    dns = await startDns({
      informers,
      clock: realClock,
      random,
      log: silentLog,
      addresses: ['127.0.0.1'],
      port: 0,
      upstreams: [upstream.address],
      upstreamTimeoutMs: 300,
    })
    port = dns.ports[0]!
    await dns.synced
  })
  after(async () => {
    await dns?.stop()
    upstream?.stop()
    await informers.stop()
  })

  test('answers for services by UDP and by TCP, with authority', async () => {
    const answer = await ask('web.default.svc.cluster.local')
    assert.deepEqual([answer.id, answer.rcode, addresses(answer)], [77, 'NOERROR', ['10.96.0.1']])
    assert.equal(answer.flags & 0x0580, 0x0580)
    const [byTcp] = await askTcp(port, query('web.default.svc.cluster.local'))
    assert.deepEqual(addresses(packet.decode(byTcp!)), ['10.96.0.1'])
  })

  test('answers several questions on one TCP connection, in order', async () => {
    const names = ['web', 'nothing', 'pets'].map((name) => query(`${name}.default.svc.cluster.local`))
    const answers = (await askTcp(port, ...names)).map((answer) => packet.decode(answer))
    assert.deepEqual(
      answers.map(({ rcode }) => rcode),
      ['NOERROR', 'NXDOMAIN', 'NOERROR'],
    )
  })

  test('answers for headless services with ready endpoints only, by name and by address', async () => {
    assert.deepEqual(addresses(await ask('pets.default.svc.cluster.local')).sort(), ['10.244.0.1', '10.244.0.2'])
    assert.deepEqual(addresses(await ask('cat.pets.default.svc.cluster.local')), ['10.244.0.1'])
    assert.equal((await ask('ill.pets.default.svc.cluster.local')).rcode, 'NXDOMAIN')
    const pointers = (await ask('1.0.244.10.in-addr.arpa', 'PTR')).answers
    assert.deepEqual(
      pointers.map(({ data }) => data),
      ['cat.pets.default.svc.cluster.local'],
    )
    assert.equal((await ask('1.0.96.10.in-addr.arpa', 'PTR')).answers[0]!.data, 'web.default.svc.cluster.local')
  })

  test('follows changes at once', async () => {
    client.put(Service, {
      metadata: { name: 'late', namespace: 'default' },
      spec: { clusterIP: '10.96.0.77' },
      status: {},
    })
    for (let i = 0; i < 5; i++) await settle()
    assert.deepEqual(addresses(await ask('late.default.svc.cluster.local')), ['10.96.0.77'])
    client.remove(Service, { namespace: 'default', name: 'late' })
    for (let i = 0; i < 5; i++) await settle()
    assert.equal((await ask('late.default.svc.cluster.local')).rcode, 'NXDOMAIN')
  })

  test('turns addresses round, so that clients spread', async () => {
    const first = new Set<unknown>()
    for (let i = 0; i < 40; i++) first.add(addresses(await ask('pets.default.svc.cluster.local'))[0])
    assert.equal(first.size, 2)
  })

  test('cuts what does not fit and says so; by TCP and with EDNS there is more', async () => {
    const plain = await askUdp(port, query('many.default.svc.cluster.local'))
    assert.ok(plain.length <= 512)
    assert.equal(packet.decode(plain).flag_tc, true)
    assert.ok(packet.decode(plain).answers.length > 20)
    const wide = await askUdp(port, query('many.default.svc.cluster.local', 'A', edns(4096)))
    assert.equal(packet.decode(wide).answers.length, 100)
    const [byTcp] = await askTcp(port, query('many.default.svc.cluster.local'))
    assert.equal(packet.decode(byTcp!).answers.length, 100)
  })

  test('speaks EDNS only with who does', async () => {
    assert.equal((await ask('web.default.svc.cluster.local')).additionals.length, 0)
    const [opt] = (await ask('web.default.svc.cluster.local', 'A', edns(1232))).additionals
    assert.equal(opt!.type, 'OPT')
  })

  test('passes other names on, and keeps the answers', async () => {
    assert.deepEqual(addresses(await ask('one.example.org')), ['198.51.100.7'])
    const again = await ask('ONE.example.org')
    assert.deepEqual(addresses(again), ['198.51.100.7'])
    assert.equal(again.questions[0]!.name, 'ONE.example.org')
    assert.equal(upstream.asked.filter((line) => line.toLowerCase().endsWith(' a one.example.org')).length, 1)
    await ask('one.example.org', 'AAAA')
    assert.equal(upstream.asked.filter((line) => line.endsWith('AAAA one.example.org')).length, 1)
  })

  test('keeps that a name does not exist, but nothing that says it may not be kept', async () => {
    for (let i = 0; i < 2; i++) assert.equal((await ask('missing.example.org')).rcode, 'NXDOMAIN')
    assert.equal(upstream.asked.filter((line) => line.includes('missing.')).length, 1)
    for (let i = 0; i < 2; i++) await ask('short.example.org')
    assert.equal(upstream.asked.filter((line) => line.includes('short.')).length, 2)
  })

  test('asks once for what many ask at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ask('crowd.example.org')))
    assert.equal(upstream.asked.filter((line) => line.includes('crowd.')).length, 1)
  })

  test('asks the upstream by TCP when the client does', async () => {
    assert.equal((await ask('large.example.org')).flag_tc, true)
    const [answer] = await askTcp(port, query('large.example.org'))
    assert.equal(addresses(packet.decode(answer!)).length, 60)
  })

  test('says that it failed when the upstream is silent, fails, or somebody else answers', async () => {
    for (const name of ['silent', 'broken', 'forged'])
      assert.equal((await ask(`${name}.example.org`)).rcode, 'SERVFAIL', name)
  })

  test('follows an alias here and upstream, and stops in a circle', async () => {
    const outer = await ask('alias.default.svc.cluster.local')
    assert.deepEqual(
      outer.answers.map(({ type }) => type),
      ['CNAME', 'A'],
    )
    assert.deepEqual(addresses(outer), ['198.51.100.7'])
    assert.deepEqual(addresses(await ask('inner.default.svc.cluster.local')), ['10.96.0.1'])
    assert.equal((await ask('circle.default.svc.cluster.local')).rcode, 'NOERROR')
  })

  test('tells who asks wrongly', async () => {
    const rcode = async (message: Buffer) => packet.decode(await askUdp(port, message)).rcode
    assert.equal(await rcode(query('web.default.svc.cluster.local', 'A', { flags: 0x0800 })), 'NOTIMP')
    const questions = [{ name: 'version.bind', type: 'TXT', class: 'CH' }]
    assert.equal(await rcode(packet.encode({ type: 'query', id: 1, questions })), 'REFUSED')
    assert.equal(await rcode(Buffer.from('004d01000001000000000000ffff', 'hex')), 'FORMERR')
  })

  test('survives whatever it is sent', async () => {
    const chance = seededRandom(42)
    const socket = createSocket('udp4')
    for (let i = 0; i < 3000; i++) {
      let message = Buffer.from(chance.bytes(randomInt(chance, 80)))
      if (i % 2 === 0) {
        // Queries with some bytes wrong reach further than noise.
        message = Buffer.from(query('web.default.svc.cluster.local', 'A', edns(4096)))
        for (let k = 0; k < 4; k++) message[2 + randomInt(chance, message.length - 2)] = randomInt(chance, 256)
        message = message.subarray(0, randomInt(chance, message.length + 1))
      }
      socket.send(message, port, '127.0.0.1')
      if (i % 100 === 0) await settle()
    }
    const garbage = connect({ host: '127.0.0.1', port })
    garbage.on('error', () => {})
    garbage.write(Buffer.from(chance.bytes(5000)))
    await settle()
    garbage.destroy()
    assert.deepEqual(addresses(await ask('web.default.svc.cluster.local')), ['10.96.0.1'])
    socket.close()
  })

  test('counts', () => {
    const { queries, cluster, forwarded, fromCache, unreadable } = dns.counts()
    assert.ok(queries > 100 && cluster > 50 && forwarded > 5 && fromCache >= 2 && unreadable > 0)
  })
})

test('startDns() says that it does not know yet, instead of that a name does not exist', async () => {
  const client = new ScriptedClient()
  client.failures.push(...Array.from({ length: 50 }, () => new Error('not yet')))
  const informers = createInformers({ client, clock: realClock, random: seededRandom(1), log: silentLog })
  const dns = await startDns({
    informers,
    clock: realClock,
    log: silentLog,
    addresses: ['127.0.0.1'],
    port: 0,
    upstreams: [],
  })
  const answer = packet.decode(await askUdp(dns.ports[0]!, query('web.default.svc.cluster.local')))
  assert.equal(answer.rcode, 'SERVFAIL')
  await dns.stop()
  await informers.stop()
})

test('startDns() rejects when it cannot have the address', async () => {
  const taken = createServer()
  taken.listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const client = new ScriptedClient()
  const informers = createInformers({ client, clock: realClock, random: seededRandom(1), log: silentLog })
  const options = { informers, clock: realClock, log: silentLog, addresses: ['127.0.0.1'], port, upstreams: [] }
  await assert.rejects(startDns(options), /EADDRINUSE/)
  taken.close()
  await informers.stop()
})

test('readQuery() and readLifetime() take any bytes without throwing', () => {
  const chance = seededRandom(7)
  for (let i = 0; i < 5000; i++) {
    const bytes = Buffer.from(chance.bytes(randomInt(chance, 120)))
    readQuery(bytes)
    readLifetime(bytes)
  }
})
