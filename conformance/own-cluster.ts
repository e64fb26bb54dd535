// Our own cluster for the tests: a server over HTTPS with its store in memory, and two nodes that run no containers,
// each a process of its own, in a folder that goes with them.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Node } from '#api/core/node.ts'
import { HttpClient } from '#client/http.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import { realClock } from '#lib/clock.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const nodeNames = ['node-1', 'node-2']

export interface OwnCluster {
  readonly kubeconfig: string
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Started; what it says is kept for when it ends before it was to. */
function start(args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`pinnace ${args[0]} ended with ${code}:\n${said}`)))
  })
  ended.catch(() => {})
  const ready = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-10_000)
      if (said.includes('"Ready"')) resolve()
    })
  })
  return { child, ready: () => Promise.race([ready, ended]), ended }
}

async function nodesReady(kubeconfig: string): Promise<void> {
  const { server: url, credentials } = resolveContext(readFileSync(kubeconfig, 'utf8'), (path) =>
    readFileSync(path, 'utf8'),
  )
  const client = new HttpClient({ url, credentials: () => credentials, userAgent: 'conformance', clock: realClock })
  const controller = new AbortController()
  try {
    const { items, resourceVersion } = await client.list(Node)
    const ready = new Set<string>()
    const note = (node: Node): void => {
      const isReady = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
      if (isReady) ready.add(node.metadata.name ?? '')
    }
    for (const node of items) note(node)
    if (ready.size === nodeNames.length) return
    for await (const events of client.watch(Node, { resourceVersion, signal: controller.signal })) {
      for (const event of events) if (event.type !== 'BOOKMARK') note(event.object)
      if (ready.size === nodeNames.length) return
    }
  } finally {
    controller.abort()
    await client.close()
  }
}

export async function startOwnCluster(): Promise<OwnCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'pinnace-conformance-'))
  const children: ChildProcess[] = []
  const stop = async (): Promise<void> => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const listen = `127.0.0.1:${await freePort()}`
    const data = join(dir, 'server')
    const server = start(['server', '--data-dir', data, '--listen', listen, '--store', 'memory'])
    children.push(server.child)
    await server.ready()
    const token = readFileSync(join(data, 'join-token'), 'utf8').trim()
    const agents = nodeNames.map((name) => {
      const place = ['--node-name', name, '--data-dir', join(dir, name), '--runtime', 'simulated']
      return start(['agent', '--server', `https://${listen}`, '--token', token, ...place])
    })
    children.push(...agents.map(({ child }) => child))
    const kubeconfig = join(data, 'admin.kubeconfig')
    await Promise.race([nodesReady(kubeconfig), ...agents.map(({ ended }) => ended)])
    return { kubeconfig, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
