// A store as large as upstream's service level foresees: 150,000 pods on 1,500 nodes. They are put into the file as
// the server writes them, by its own encoding and through its own store; then a server starts on that file.

import { join } from 'node:path'
import { Pod } from '#api/core/pod.ts'
import { builtIn } from '#api/kinds.ts'
import { realClock } from '#lib/clock.ts'
import { createIndexer } from '#server/app.ts'
import { testServer } from '#server/fixture.ts'
import { Decoded } from '#server/stored.ts'
import { openSqliteStore } from '#store/sqlite.ts'
import { type Change, type Encoded, keyOf } from '#store/store.ts'
import type { Bench, Figure } from './figure.ts'
import { type Ask, Connection, measure } from './load.ts'
import { pod } from './objects.ts'
import { cpuMs, memoryMB, type ServerProcess, startServerProcess, temporaryFolder } from './server-process.ts'

const pods = 150_000
const namespaces = 30
const nodes = 1500
const apps = 1500
const overwritten = 20_000
const batch = 500

type Report = (figure: Figure) => void

const namespaceOf = (i: number): string => `load-${i % namespaces}`

/** Smaller than those of the other rows, since in the store it has its defaults and the owners of its fields, too. */
const smallPod = {
  ...pod('the-name', 'the-app'),
  spec: {
    nodeName: 'the-node',
    containers: [
      {
        name: 'app',
        image: 'registry.example.com/team/app:1.27.3',
        args: ['--listen', '0.0.0.0:8080'],
        ports: [{ name: 'http', containerPort: 8080 }],
        env: [{ name: 'LOG_LEVEL', value: 'info' }],
        resources: { requests: { cpu: '100m', memory: '128Mi' } },
        volumeMounts: [{ name: 'settings', mountPath: '/etc/settings' }],
      },
    ],
    volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
  },
}

/** What a server has made of such a pod: the text, in which the others differ in a few words. */
async function storedPod(): Promise<string> {
  const test = await testServer()
  try {
    const { status, text } = await test.ask('POST', '/api/v1/namespaces/default/pods', smallPod)
    if (status !== 201) throw new Error(text)
    return text
  } finally {
    await test.stop()
  }
}

const words = /the-name|the-app|the-node|"(?:namespace|uid|resourceVersion)":"[^"]*"/g

function podBytes(template: string, i: number, generation: number, revision: number): Buffer {
  return Buffer.from(
    template.replace(words, (word) => {
      if (word === 'the-name') return `p${i}`
      if (word === 'the-app') return `app-${i % apps}-${generation}`
      if (word === 'the-node') return `node-${i % nodes}`
      if (word.startsWith('"namespace"')) return `"namespace":"${namespaceOf(i)}"`
      if (word.startsWith('"resource')) return `"resourceVersion":"${revision}"`
      return `"uid":"00000000-0000-4000-8000-${String(i).padStart(12, '0')}"`
    }),
  )
}

/** The store writes the bytes; whoever opens it makes the index. */
const encoded = (bytes: Buffer): Encoded => ({ bytes, index: { labels: {}, fields: {} }, value: new Decoded(bytes) })

const secondsSince = (startedMs: number): number => (realClock.monotonic() - startedMs) / 1000

/** Fills the file; also measures how quickly what was overwritten is forgotten. */
async function fill(path: string, report: Report): Promise<void> {
  const template = await storedPod()
  if (Math.abs(template.length - 3000) > 150) throw new Error(`The pod has ${template.length} bytes`)
  const store = await openSqliteStore({ path, clock: realClock, indexer: createIndexer(builtIn) })
  const actor = { user: 'bench', client: 'bench' }
  const put = async (count: number, generation: number) => {
    for (let from = 0; from < count; from += batch) {
      const changes = Array.from({ length: Math.min(batch, count - from) }, (_, k): Change => {
        const i = from + k
        return {
          key: keyOf(Pod.resource, namespaceOf(i), `p${i}`),
          put: (revision) => encoded(podBytes(template, i, generation, revision)),
        }
      })
      await store.commit(changes, actor)
    }
  }
  const startedMs = realClock.monotonic()
  await put(pods, 0)
  report({ name: 'store: 150,000 pods written, 500 in a transaction', value: secondsSince(startedMs), unit: 's' })
  await put(overwritten, 1)
  const compactedMs = realClock.monotonic()
  await store.compact(store.revision)
  report({ name: 'store: 20,000 overwritten pods forgotten', value: secondsSince(compactedMs), unit: 's' })
  await store.close()
}

const podsPath = '/api/v1/pods'
const get = (path: string): Ask => ({ method: 'GET', path })

interface Row {
  readonly name: string
  readonly count: number
  readonly inFlight?: number
  readonly ask: (i: number) => Ask
}

const rows: readonly Row[] = [
  { name: 'list 500 of 150,000 pods', count: 200, inFlight: 8, ask: () => get(`${podsPath}?limit=500`) },
  {
    name: 'list 150,000 pods, selector that matches none',
    count: 500,
    ask: () => get(`${podsPath}?labelSelector=app%3Dnone`),
  },
  {
    name: 'list 100 of 150,000 pods, by label',
    count: 300,
    ask: (i) => get(`${podsPath}?labelSelector=app%3Dapp-${500 + (i % 1000)}-0`),
  },
  {
    name: 'list 100 of 150,000 pods, by spec.nodeName',
    count: 300,
    ask: (i) => get(`${podsPath}?fieldSelector=spec.nodeName%3Dnode-${i % nodes}`),
  },
  { name: 'get one of 150,000 pods', count: 2000, ask: (i) => get(`/api/v1/namespaces/${namespaceOf(i)}/pods/p${i}`) },
  {
    name: 'label one of 150,000 pods',
    count: 1000,
    ask: (i) => ({
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespaceOf(i)}/pods/p${i}`,
      contentType: 'application/merge-patch+json',
      body: JSON.stringify({ metadata: { labels: { touched: `t${i}` } } }),
    }),
  },
]

/** From a revision that a list has given, as every client goes on. */
async function watchStarts(server: ServerProcess, ask: Connection, report: Report): Promise<void> {
  const revision = await ask.revisionOf(`${podsPath}?limit=1`)
  const stops: (() => void)[] = []
  const measured = await measure(server, { count: 500, inFlight: 8 }, async (i) => {
    const selector = `fieldSelector=spec.nodeName%3Dnode-${i}`
    stops.push(await ask.watch(`${podsPath}?watch=true&resourceVersion=${revision}&${selector}`, () => {}))
  })
  for (const stop of stops) stop()
  report({ name: 'begin a watch of one node of 150,000 pods: server CPU', value: measured.cpuMsEach, unit: 'ms' })
}

async function serve(folder: string, report: Report): Promise<void> {
  const server = await startServerProcess({ dataDir: folder, disable: 'controllers,scheduler' })
  const connection = new Connection(server.url, server.credentials)
  const memory = (when: string) =>
    report({ name: `memory with 150,000 pods, ${when}`, value: memoryMB(server.pid).all, unit: 'MB' })
  try {
    report({ name: 'start to ready, 150,000 pods', value: server.startMs / 1000, unit: 's' })
    report({ name: 'start to ready, 150,000 pods: CPU', value: cpuMs(server.pid) / 1000, unit: 's' })
    memory('after the start')
    // Indexes are made meanwhile.
    await realClock.sleep(10_000)
    const askedMs = realClock.monotonic()
    await connection.ask(get(`${podsPath}?labelSelector=app%3Dnone`))
    report({ name: 'first list by a selector, 10 s after the start', value: secondsSince(askedMs), unit: 's' })
    for (let i = 0; i < namespaces; i++)
      await connection.ask({
        method: 'POST',
        path: '/api/v1/namespaces',
        body: JSON.stringify({ metadata: { name: namespaceOf(i) } }),
      })
    for (const { name, count, inFlight = 32, ask } of rows) {
      await measure(server, { count: Math.ceil(count / 4), inFlight }, (i) => connection.ask(ask(i)))
      const measured = await measure(server, { count, inFlight }, (i) => connection.ask(ask(i)))
      report({ name: `${name}: server CPU`, value: measured.cpuMsEach, unit: 'ms' })
    }
    await watchStarts(server, connection, report)
    memory('after all that')
    report({ name: 'memory with 150,000 pods, highest', value: memoryMB(server.pid).highest, unit: 'MB' })
  } finally {
    connection.close()
    await server.stop()
  }
}

export const scale: Bench = {
  name: 'scale',
  summary: 'a server with 150,000 pods of 3 KB',
  async run(report) {
    const folder = temporaryFolder()
    try {
      await fill(join(folder.path, 'store.db'), report)
      await serve(folder.path, report)
    } finally {
      folder.remove()
    }
  },
}
