// Our own cluster for the tests: a server over HTTPS with its store in memory, and two nodes that run no containers,
// each a process of its own, in a folder that goes with them.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Node } from '#api/core/node.ts'
import { HttpClient } from '#client/http.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import { realClock } from '#lib/clock.ts'
import { follow, freePort } from '#lib/testing.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const nodeNames = ['node-1', 'node-2']

export interface OwnCluster {
  readonly kubeconfig: string
  /** What the server's own parts have asked for so far and may not have: each of them lacks a right. */
  forbidden(): readonly string[]
  stop(): Promise<void>
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  return { child, ...follow(child, `pinnace ${args[0]}`) }
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

/** Records what controllers and scheduler ask for, and nothing of anybody else. */
const ownParts = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Metadata', userGroups: ['system:serviceaccounts:kube-system'] },
    { level: 'Metadata', users: ['system:kube-controller-manager', 'system:kube-scheduler'] },
    { level: 'None' },
  ],
}

/** Refused by the authorizer: that admission refuses, as in a namespace that goes, is part of the work. */
function forbiddenIn(auditLog: string): readonly string[] {
  const events = auditLog
    .split('\n')
    .filter((line) => line.includes('"authorization.k8s.io/decision":"forbid"'))
    .map((line) => JSON.parse(line))
  return [...new Set<string>(events.map(({ user, verb, requestURI }) => `${user.username}: ${verb} ${requestURI}`))]
}

export async function startOwnCluster(): Promise<OwnCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'pinnace-conformance-'))
  const children: ChildProcess[] = []
  // Whoever ends without stopping it leaves nothing behind.
  const abandon = (): void => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
  process.once('exit', abandon)
  const stop = async (): Promise<void> => {
    process.off('exit', abandon)
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
    const auditLog = join(dir, 'audit.log')
    const auditPolicy = join(dir, 'audit-policy.yaml')
    writeFileSync(auditPolicy, JSON.stringify(ownParts))
    const audit = ['--audit-policy-file', auditPolicy, '--audit-log-path', auditLog]
    const server = start(['server', '--data-dir', data, '--listen', listen, '--store', 'memory', ...audit])
    children.push(server.child)
    await server.ready
    const token = readFileSync(join(data, 'join-token'), 'utf8').trim()
    const agents = nodeNames.map((name) => {
      const place = ['--node-name', name, '--data-dir', join(dir, name), '--runtime', 'simulated']
      return start(['agent', '--server', `https://${listen}`, '--token', token, ...place])
    })
    children.push(...agents.map(({ child }) => child))
    const kubeconfig = join(data, 'admin.kubeconfig')
    await Promise.race([nodesReady(kubeconfig), ...agents.map(({ ended }) => ended)])
    return { kubeconfig, forbidden: () => forbiddenIn(readFileSync(auditLog, 'utf8')), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
