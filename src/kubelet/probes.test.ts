import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { realClock } from '#lib/clock.ts'
import { type ProbeTarget, runtimeProber } from './prober.ts'
import { count, portNumber, type Tally } from './probes.ts'

test('count() needs so many in a row', () => {
  const probe = { successThreshold: 2, failureThreshold: 3 }
  const run = (outcomes: string) => {
    let tally: Tally = { last: undefined, run: 0 }
    return [...outcomes].map((o) => {
      const counted = count(tally, o === '+' ? 'success' : 'failure', probe)
      tally = counted.tally
      return counted.verdict === undefined ? '.' : counted.verdict ? '+' : '-'
    })
  }
  assert.equal(run('++-+--+---+').join(''), '.+.......-.')
  assert.equal(run('----').join(''), '..--')
})

test('portNumber() knows numbers, names and numbers in quotes', () => {
  const container = { name: 'c', resources: {}, ports: [{ name: 'web', containerPort: 80 }] }
  assert.deepEqual(
    [8080, 'web', '81', 'none', undefined].map((port) => portNumber(port, container)),
    [8080, 80, 81, undefined, undefined],
  )
})

const context = { containerId: 'c', timeoutMs: 2000 }

const exec = {
  execSync: async (_id: string, command: readonly string[]) => {
    if (command[0] === 'slow') throw new Error('rpc error: command timed out')
    if (command[0] === 'broken') throw new Error('no such container')
    return { exitCode: command[0] === 'true' ? 0 : 1, stdout: Buffer.from('out'), stderr: Buffer.from('err') }
  },
}

test('a command is judged by its code', async () => {
  const prober = runtimeProber(realClock, exec)
  const cases: [string, string, string][] = [
    ['true', 'success', 'outerr'],
    ['false', 'failure', 'outerr'],
    ['slow', 'failure', 'command "slow" timed out'],
    ['broken', 'error', 'no such container'],
  ]
  for (const [command, result, output] of cases)
    assert.deepEqual(await prober.probe({ type: 'exec', command: [command] }, context), { result, output })
})

test('an HTTP server is judged by its status, and a port by whether it listens', async () => {
  const seen: string[] = []
  const server = createServer((req, res) => {
    seen.push(`${req.url} ${req.headers['user-agent']} ${req.headers['x-own']}`)
    if (req.url === '/hang') return
    if (req.url === '/moved') res.writeHead(302, { location: '/ok' })
    else if (req.url === '/away') res.writeHead(302, { location: 'http://elsewhere.invalid/' })
    else res.writeHead(req.url === '/ok' ? 200 : 500)
    res.end('body')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const prober = runtimeProber(realClock, exec)
  const target = (path: string): ProbeTarget => ({
    type: 'httpGet',
    scheme: 'http',
    host: '127.0.0.1',
    port,
    path,
    headers: [{ name: 'X-Own', value: 'yes' }],
  })
  assert.equal((await prober.probe(target('/ok'), context)).result, 'success')
  assert.equal(seen[0], '/ok kube-probe/1.37 yes')
  assert.equal((await prober.probe(target('/moved'), context)).result, 'success')
  assert.equal((await prober.probe(target('/away'), context)).result, 'success')
  assert.deepEqual(await prober.probe(target('/bad'), context), {
    result: 'failure',
    output: 'HTTP probe failed with statuscode: 500',
  })
  assert.deepEqual(await prober.probe(target('/hang'), { ...context, timeoutMs: 50 }), {
    result: 'failure',
    output: `Get "http://127.0.0.1:${port}/hang": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  })
  const tcp: ProbeTarget = { type: 'tcpSocket', host: '127.0.0.1', port }
  assert.equal((await prober.probe(tcp, context)).result, 'success')
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  assert.deepEqual(await prober.probe(tcp, context), {
    result: 'failure',
    output: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
  })
  assert.deepEqual(await prober.probe(target('/ok'), context), {
    result: 'failure',
    output: `Get "http://127.0.0.1:${port}/ok": dial tcp 127.0.0.1:${port}: connect: connection refused`,
  })
})
