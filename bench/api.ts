// The API server under load: what each request costs it, with the store on disk and with the one in memory. The
// client is this process, on the same machine, with 32 requests in flight on eight connections.

import { realClock } from '#lib/clock.ts'
import { type Bench, type Figure, median, quantile } from './figure.ts'
import { type Ask, Connection, type Measured, measure } from './load.ts'
import { configMap, deployment, pod, secret } from './objects.ts'
import { memoryMB, type ServerProcess, startServerProcess, temporaryFolder } from './server-process.ts'

const inFlight = 32
const connectionCount = 8
const rounds = 3
const pods = 3000

type Report = (figure: Figure) => void

interface Row {
  readonly name: string
  /** Operations in each round. */
  readonly count: number
  readonly inFlight?: number
  /** `i` counts over all rounds. */
  readonly ask: (i: number) => Ask
}

const configMaps = '/api/v1/namespaces/default/configmaps'
const secrets = '/api/v1/namespaces/default/secrets'
const podsPath = '/api/v1/namespaces/default/pods'

const create = (path: string, object: object): Ask => ({ method: 'POST', path, body: JSON.stringify(object) })

const patch = (path: string, type: string, body: object): Ask => ({
  method: 'PATCH',
  path,
  contentType: `application/${type}`,
  body: JSON.stringify(body),
})

const apply = (path: string, object: object): Ask => ({
  method: 'PATCH',
  path: `${path}?fieldManager=bench&force=true`,
  contentType: 'application/apply-patch+yaml',
  body: JSON.stringify(object),
})

/** In this order: later rows work on what earlier ones have made. */
const rows: readonly Row[] = [
  { name: 'create a ConfigMap of 1 KB', count: 1500, ask: (i) => create(configMaps, configMap(`c${i}`)) },
  { name: 'get it', count: 3000, ask: (i) => ({ method: 'GET', path: `${configMaps}/c${i % 1000}` }) },
  {
    name: 'merge-patch it',
    count: 1500,
    ask: (i) => patch(`${configMaps}/c${i % 1000}`, 'merge-patch+json', { data: { mode: `m${i}` } }),
  },
  { name: 'create a pod of 3 KB', count: pods / 3, ask: (i) => create(podsPath, pod(`p${i}`, `app-${i % 50}`)) },
  {
    name: 'strategic-merge-patch a pod',
    count: 1000,
    ask: (i) =>
      patch(`${podsPath}/p${i % pods}`, 'strategic-merge-patch+json', {
        metadata: { annotations: { round: `r${i}` } },
        spec: { containers: [{ name: 'sidecar', image: `sidecar:${i}` }] },
      }),
  },
  {
    name: 'server-side apply a ConfigMap',
    count: 1500,
    ask: (i) => {
      const name = `a${i % 500}`
      return apply(`${configMaps}/${name}`, { ...configMap(name), data: { ...configMap(name).data, mode: `m${i}` } })
    },
  },
  {
    name: 'server-side apply a Deployment',
    count: 600,
    ask: (i) => {
      const name = `d${i % 200}`
      return apply(`/apis/apps/v1/namespaces/default/deployments/${name}`, deployment(name, i))
    },
  },
  { name: 'list 3,000 pods', count: 40, inFlight: 4, ask: () => ({ method: 'GET', path: podsPath }) },
  {
    name: 'list 3,000 pods, selector that matches none',
    count: 300,
    ask: () => ({ method: 'GET', path: `${podsPath}?labelSelector=app%3Dnone` }),
  },
  {
    name: 'list 500 of 3,000 pods',
    count: 200,
    inFlight: 8,
    ask: () => ({ method: 'GET', path: `${podsPath}?limit=500` }),
  },
]

class Client {
  readonly #connections: readonly Connection[]
  #next = 0

  constructor({ url, credentials }: ServerProcess) {
    this.#connections = Array.from({ length: connectionCount }, () => new Connection(url, credentials))
  }

  readonly ask = (ask: Ask): Promise<number> => this.#connections[this.#next++ % connectionCount]!.ask(ask)

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

/** Lets the compiler see each kind of request first, on objects of their own that are gone afterwards. */
async function warmUp(server: ServerProcess, { ask }: Client): Promise<void> {
  const all = async (count: number, make: (i: number) => Ask) => {
    await measure(server, { count, inFlight }, (i) => ask(make(i)))
  }
  await all(300, (i) => create(configMaps, configMap(`warm${i}`)))
  await all(600, (i) => ({ method: 'GET', path: `${configMaps}/warm${i % 300}` }))
  await all(300, (i) => patch(`${configMaps}/warm${i}`, 'merge-patch+json', { data: { mode: 'x' } }))
  await all(300, (i) => create(podsPath, pod(`warm${i}`, 'warm')))
  await all(300, (i) =>
    patch(`${podsPath}/warm${i}`, 'strategic-merge-patch+json', { metadata: { annotations: { a: 'b' } } }),
  )
  await all(300, (i) => apply(`${configMaps}/warm${i}`, configMap(`warm${i}`)))
  await all(50, () => ({ method: 'GET', path: podsPath }))
  await all(300, (i) => ({ method: 'DELETE', path: `${podsPath}/warm${i}?gracePeriodSeconds=0` }))
  await all(300, (i) => ({ method: 'DELETE', path: `${configMaps}/warm${i}` }))
}

async function requests(server: ServerProcess, client: Client, report: Report): Promise<void> {
  for (const row of rows) {
    const measured: Measured[] = []
    for (let round = 0; round < rounds; round++) {
      const options = { count: row.count, inFlight: row.inFlight ?? inFlight }
      measured.push(await measure(server, options, (i) => client.ask(row.ask(round * row.count + i))))
    }
    const of = (value: (one: Measured) => number) => median(measured.map(value))
    report({ name: `${row.name}: server CPU`, value: of((one) => one.cpuMsEach), unit: 'ms' })
    report({ name: `${row.name}: rate`, value: of((one) => one.perSecond), unit: '1/s' })
    report({ name: `${row.name}: p99`, value: of((one) => quantile(one.latenciesMs, 0.99)), unit: 'ms' })
  }
}

/** In turn with ConfigMaps of the same size, so that both meet the same machine. On the disk they are encrypted. */
async function compareSecrets(server: ServerProcess, { ask }: Client, report: Report): Promise<void> {
  const count = 1000
  const cost = async (make: (i: number) => Ask) =>
    (await measure(server, { count, inFlight }, (i) => ask(make(i)))).cpuMsEach
  const created: number[] = []
  const read: number[] = []
  for (let round = 0; round <= 2 * rounds; round++) {
    const name = (i: number) => `s${round}-${i}`
    const plain = await cost((i) => create(configMaps, configMap(name(i))))
    const sealed = await cost((i) => create(secrets, secret(name(i))))
    const plainRead = await cost((i) => ({ method: 'GET', path: `${configMaps}/${name(i)}` }))
    const sealedRead = await cost((i) => ({ method: 'GET', path: `${secrets}/${name(i)}` }))
    // The first round is for the compiler.
    if (round === 0) continue
    created.push(sealed / plain)
    read.push(sealedRead / plainRead)
  }
  report({ name: 'create a Secret, against a ConfigMap: server CPU', value: median(created), unit: 'x' })
  report({ name: 'get a Secret, against a ConfigMap: server CPU', value: median(read), unit: 'x' })
}

const watchers = 200
const events = 200

/** Changes one ConfigMap again and again, one at a time, and waits until all watchers have heard of all changes. */
async function watch(server: ServerProcess, client: Client, connections: number, report: Report): Promise<void> {
  const open = Array.from({ length: connections }, () => new Connection(server.url, server.credentials))
  let heard = 0
  let wake = () => {}
  const path = '/api/v1/namespaces/watched/configmaps'
  const stops = await Promise.all(
    Array.from({ length: watchers }, (_, i) =>
      open[i % connections]!.watch(`${path}?watch=true`, (count) => {
        heard += count
        wake()
      }),
    ),
  )
  const deliver = async (i: number) => {
    const before = heard
    await client.ask(patch(`${path}/w`, 'merge-patch+json', { data: { mode: `w${connections}-${i}` } }))
    while (heard < before + watchers) await new Promise<void>((resolve) => (wake = resolve))
  }
  // The watch begins with what is there.
  while (heard < watchers) await new Promise<void>((resolve) => (wake = resolve))
  await measure(server, { count: 50, inFlight: 1 }, (i) => deliver(-1 - i))
  const rates: number[] = []
  const costs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const { cpuMsEach, perSecond } = await measure(server, { count: events, inFlight: 1 }, (i) =>
      deliver(round * events + i),
    )
    rates.push(perSecond * watchers)
    costs.push((1000 * cpuMsEach) / watchers)
  }
  for (const stop of stops) stop()
  for (const connection of open) connection.close()
  const name = `one event to ${watchers} watchers on ${connections} connection${connections === 1 ? '' : 's'}`
  report({ name: `${name}: server CPU per delivery`, value: median(costs), unit: 'us' })
  report({ name: `${name}: rate`, value: median(rates), unit: '1/s' })
}

async function withServer(
  options: { readonly store: 'sqlite' | 'memory'; readonly disable?: string },
  work: (server: ServerProcess, client: Client) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder()
  try {
    const server = await startServerProcess({ dataDir: folder.path, ...options })
    const client = new Client(server)
    try {
      await work(server, client)
    } finally {
      client.close()
      await server.stop()
    }
  } finally {
    folder.remove()
  }
}

const namespaceObjects = 8000

/** With the controllers, since they do it. */
async function deleteNamespace(server: ServerProcess, { ask }: Client, report: Report): Promise<void> {
  await ask(create('/api/v1/namespaces', { metadata: { name: 'full' } }))
  const path = '/api/v1/namespaces/full/configmaps'
  await measure(server, { count: namespaceObjects, inFlight }, (i) => ask(create(path, configMap(`c${i}`))))
  const connection = new Connection(server.url, server.credentials)
  const seen = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  const watching = connection.stream({
    method: 'GET',
    path: '/api/v1/namespaces?watch=true&fieldSelector=metadata.name%3Dfull',
  })
  watching.on('data', (chunk: Buffer) => {
    seen.resolve()
    if (chunk.includes('"type":"DELETED"')) gone.resolve()
  })
  await seen.promise
  const startedMs = realClock.monotonic()
  await ask({ method: 'DELETE', path: '/api/v1/namespaces/full' })
  await gone.promise
  connection.close()
  report({
    name: 'delete a namespace with 8,000 objects',
    value: (realClock.monotonic() - startedMs) / 1000,
    unit: 's',
  })
}

async function run(report: Report): Promise<void> {
  for (const store of ['sqlite', 'memory'] as const) {
    const reportAs: Report = (figure) => report({ ...figure, variant: store })
    await withServer({ store, disable: 'controllers,scheduler' }, async (server, client) => {
      // A process that has fallen idle gives memory back after ten seconds.
      await realClock.sleep(15_000)
      reportAs({ name: 'memory at start', value: memoryMB(server.pid).all, unit: 'MB' })
      await client.ask(create('/api/v1/namespaces', { metadata: { name: 'watched' } }))
      await client.ask(create('/api/v1/namespaces/watched/configmaps', configMap('w')))
      // A controller makes it, and pods are not taken without it.
      await client.ask(create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } }))
      await warmUp(server, client)
      await requests(server, client, reportAs)
      if (store === 'sqlite') await compareSecrets(server, client, reportAs)
      await watch(server, client, 1, reportAs)
      await watch(server, client, watchers, reportAs)
      reportAs({ name: 'memory under load, highest', value: memoryMB(server.pid).highest, unit: 'MB' })
    })
    await withServer({ store }, (server, client) => deleteNamespace(server, client, reportAs))
  }
}

export const api: Bench = {
  name: 'api',
  summary: 'what requests cost the API server',
  run,
}
