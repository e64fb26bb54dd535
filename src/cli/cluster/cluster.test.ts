import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { realClock } from '#lib/clock.ts'
import { run } from '#lib/exec.ts'
import { endOfServer, freePort, LocalCluster, PortTaken } from './cluster.ts'
import { inspectMachine } from './machine.ts'
import { clusterPaths } from './paths.ts'
import { planState } from './plan.ts'
import { readState } from './state.ts'

test('freePort() is the first that is free, from the one that is meant on', async () => {
  const free = async (port: number) => port === 6445 || port === 6447
  assert.equal(await freePort(undefined, free), 6445)
  assert.equal(await freePort(6446, free), 6447)
  await assert.rejects(freePort(6448, free), new Error('No port from 6448 to 6942 is free'))
})

test('endOfServer() tells a port that is taken from all else', () => {
  const taken = endOfServer('listen EADDRINUSE: address already in use 127.0.0.1:6443')
  assert.ok(taken instanceof PortTaken)
  assert.match(taken.message, /^The server ended: listen EADDRINUSE/)
  assert.ok(!(endOfServer('the disk is full') instanceof PortTaken))
})

/** Somebody else was faster, who takes connections and says nothing. */
async function takenPort(): Promise<{ letGo: () => void; port: number }> {
  const sockets = new Set<Socket>()
  for (let from: number | undefined; ; ) {
    const port = await freePort(from)
    const holder = createServer((socket) => sockets.add(socket.on('error', () => undefined)))
    try {
      holder.listen(port, '127.0.0.1')
      await once(holder, 'listening')
      const letGo = () => {
        holder.close()
        for (const socket of sockets) socket.destroy()
      }
      return { letGo, port }
    } catch {
      from = port + 1
    }
  }
}

test('the server of a new cluster takes the next port when its own was taken meanwhile, that of an old one says so', async (t) => {
  const { letGo, port } = await takenPort()
  t.after(letGo)
  const dir = mkdtempSync(join(tmpdir(), 'pinnace-test-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))

  const paths = clusterPaths(join(dir, 'cluster'))
  const tools = {
    paths,
    machine: inspectMachine(process.platform, process.getuid?.() ?? 0, process.env.PATH ?? ''),
    run,
    clock: realClock,
    program: join(import.meta.dirname, '../../../bin/pinnace'),
    arch: process.arch,
    version: '0.0.0',
  }
  const wanted = { name: 'taken', nodes: 1, simulated: true, kubeconfig: join(dir, 'kubeconfig') }
  const state = planState(undefined, wanted, { index: 255, port, before: { forwarding: true, namespaces: true } })
  const cluster = new LocalCluster(tools, state)
  await cluster.prepare()
  // The second time there is an address of the administrator's to try.
  for (let i = 0; i < 2; i++)
    await assert.rejects(cluster.startServer(false), (error) => {
      assert.ok(error instanceof PortTaken)
      assert.match(error.message, new RegExp(`^Port ${port}, which is the cluster's, is held by another process`))
      return true
    })
  try {
    assert.equal(await cluster.startServer(true), true)
    assert.ok(cluster.state.port > port)
    assert.equal(readState(paths)?.port, cluster.state.port)
    assert.equal(cluster.serverUrl, `https://127.0.0.1:${cluster.state.port}`)
  } finally {
    await cluster.remove()
  }
})
