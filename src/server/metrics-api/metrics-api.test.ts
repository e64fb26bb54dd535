import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { settle } from '#lib/clock.ts'
import type { KubeletAddress, KubeletAsk } from '../connect/kubelet.ts'
import { type Answer, type TestServer, testServer } from '../fixture.ts'
import { objectOf } from '../stored.ts'

const api = '/apis/metrics.k8s.io/v1beta1'

/** What an agent measures: half a core and 64Mi for the node, by each container a tenth of that. */
const measured = (nowMs: number, seconds: number, containers: readonly string[], core: number): string => {
  const ofContainer = containers.flatMap((container) => {
    const [namespace, pod, name] = container.split('/')
    const labels = `{container="${name}",namespace="${namespace}",pod="${pod}"}`
    return [
      `container_cpu_usage_seconds_total${labels} ${(core / 10) * seconds} ${nowMs}`,
      `container_memory_working_set_bytes${labels} ${6 * 2 ** 20} ${nowMs}`,
    ]
  })
  return [
    `node_cpu_usage_seconds_total ${core * seconds} ${nowMs}`,
    `node_memory_working_set_bytes ${64 * 2 ** 20} ${nowMs}`,
    ...ofContainer,
  ].join('\n')
}

interface World {
  readonly server: TestServer
  /** Hosts as they were asked. */
  readonly asked: string[]
  /** The agents' counters begin at zero. */
  restart(): void
  /** Lets time pass until the answer is there. */
  get(path: string, headers?: Record<string, string>): Promise<Answer>
}

let worlds: TestServer[] = []
afterEach(async () => {
  for (const server of worlds) await server.stop()
  worlds = []
})

async function world({ silent = [] as string[], core = 0.5 } = {}): Promise<World> {
  const asked: string[] = []
  // As if it had run for long before.
  let sinceMs = -100_000
  const containers: Record<string, string[]> = {
    '10.0.0.1': ['default/web/app', 'default/web/side', 'other/job/main'],
    '10.0.0.2': ['default/db/db'],
  }
  const server = await testServer({
    namespaces: ['default', 'other'],
    parts: (_, clock) => ({
      kubelets: {
        ask: async ({ host }: KubeletAddress, { path, signal }: KubeletAsk) => {
          asked.push(host)
          assert.equal(path, '/metrics/resource')
          if (silent.includes(host))
            await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
          const text = measured(clock.now(), (clock.monotonic() - sinceMs) / 1000, containers[host] ?? [], core)
          return { status: 200, headers: {}, body: [Buffer.from(text)] as unknown as AsyncIterable<Uint8Array> }
        },
      },
    }),
  })
  worlds.push(server)
  const make = async (path: string, body: object) => {
    const { status, json, text } = await server.ask('POST', path, body)
    assert.equal(status, 201, text)
    return json
  }
  const node = async (name: string, address: string) => {
    const made = await make('/api/v1/nodes', { metadata: { name, labels: { zone: name } } })
    const addresses = [{ type: 'InternalIP', address }]
    const status = { addresses, daemonEndpoints: { kubeletEndpoint: { Port: 10250 } } }
    await server.ask('PUT', `/api/v1/nodes/${name}/status`, { ...made, status })
  }
  const pod = async (namespace: string, name: string, nodeName: string, containers: string[], phase = 'Running') => {
    const path = `/api/v1/namespaces/${namespace}/pods`
    const spec = { nodeName, containers: containers.map((each) => ({ name: each, image: 'i' })) }
    const made = await make(path, { metadata: { name, labels: { app: name } }, spec })
    await server.ask('PUT', `${path}/${name}/status`, { ...made, status: { ...made.status, phase } })
  }
  await node('n1', '10.0.0.1')
  await node('n2', '10.0.0.2')
  await pod('default', 'web', 'n1', ['app', 'side'])
  await pod('default', 'db', 'n2', ['db'])
  await pod('default', 'waiting', 'n2', ['app'], 'Pending')
  await pod('other', 'job', 'n1', ['main'])
  return {
    server,
    asked,
    restart: () => {
      sinceMs = server.clock.monotonic()
    },
    get: async (path, headers) => {
      let answer: Answer | undefined
      const asking = server.ask('GET', path, undefined, headers).then((given) => {
        answer = given
      })
      // Each step ends one wait of the server's own.
      for (let i = 0; i < 20 && !answer; i++) {
        await settle()
        if (!answer) await server.clock.advance(500)
      }
      await asking
      return answer!
    },
  }
}

const names = ({ json, text }: Answer): string[] =>
  (json?.items ?? assert.fail(text)).map((item: { metadata: { name: string } }) => item.metadata.name)

test('a node shows what it has used over the window', async () => {
  const { get, server } = await world()
  const { status, json } = await get(`${api}/nodes/n1`)
  assert.equal(status, 200)
  const now = new Date(server.clock.now()).toISOString().replace(/\.\d+/, '')
  assert.deepEqual(json, {
    kind: 'NodeMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: { name: 'n1', creationTimestamp: now, labels: { zone: 'n1' } },
    timestamp: now,
    window: '1s',
    usage: { cpu: '500m', memory: '64Mi' },
  })
})

test('a pod shows each of its containers', async () => {
  const { get, asked } = await world()
  const { json } = await get(`${api}/namespaces/default/pods/web`)
  assert.deepEqual(json.metadata.labels, { app: 'web' })
  assert.equal(json.metadata.namespace, 'default')
  const usage = { cpu: '50m', memory: '6Mi' }
  assert.deepEqual(json.containers, [
    { name: 'app', usage },
    { name: 'side', usage },
  ])
  assert.deepEqual(new Set(asked), new Set(['10.0.0.1']), 'other nodes are not asked')
})

test('lists are of a namespace or of all, and selected by labels and names', async () => {
  const { get } = await world()
  const all = await get(`${api}/pods`)
  assert.equal(all.json.kind, 'PodMetricsList')
  assert.deepEqual(all.json.metadata, {})
  assert.deepEqual(names(all), ['db', 'web', 'job'])
  assert.deepEqual(names(await get(`${api}/namespaces/other/pods`)), ['job'])
  assert.deepEqual(names(await get(`${api}/pods?labelSelector=app%3Ddb`)), ['db'])
  assert.deepEqual(names(await get(`${api}/pods?fieldSelector=metadata.name%3Dweb`)), ['web'])
  assert.deepEqual(names(await get(`${api}/nodes`)), ['n1', 'n2'])
  assert.deepEqual(names(await get(`${api}/nodes?labelSelector=zone%3Dn2`)), ['n2'])
})

test('an answer is given again for some seconds; the next window begins where it ended', async () => {
  const { get, asked, server } = await world()
  await get(`${api}/nodes/n1`)
  await get(`${api}/namespaces/default/pods`)
  assert.deepEqual(
    asked.filter((host) => host === '10.0.0.1'),
    ['10.0.0.1', '10.0.0.1'],
  )
  await server.clock.advance(15_000)
  const { json } = await get(`${api}/nodes/n1`)
  assert.equal(asked.filter((host) => host === '10.0.0.1').length, 3)
  assert.match(json.window, /^1[56](\.\d+)?s$/)
  await server.clock.advance(95_000)
  assert.equal((await get(`${api}/nodes/n1`)).json.window, '1s')
})

test('many who ask at the same time ask a node once', async () => {
  const { get, asked } = await world()
  await Promise.all([get(`${api}/nodes`), get(`${api}/nodes`), get(`${api}/pods`)])
  assert.equal(asked.length, 4)
})

test('a node that does not answer is left out, with its pods, and not asked again at once', async () => {
  const { get, asked } = await world({ silent: ['10.0.0.2'] })
  assert.deepEqual(names(await get(`${api}/nodes`)), ['n1'])
  assert.deepEqual(names(await get(`${api}/pods`)), ['web', 'job'])
  assert.equal(asked.filter((host) => host === '10.0.0.2').length, 1)
  const { status, json } = await get(`${api}/nodes/n2`)
  assert.equal(status, 404)
  assert.equal(json.message, 'nodemetrics.metrics.k8s.io "n2" not found')
})

test('a node whose agent has moved is asked at once', async () => {
  const { get, server } = await world({ silent: ['10.0.0.2'] })
  assert.equal((await get(`${api}/nodes/n2`)).status, 404)
  const { json } = await server.ask('GET', '/api/v1/nodes/n2')
  const status = { ...json.status, addresses: [{ type: 'InternalIP', address: '10.0.0.3' }] }
  await server.ask('PUT', '/api/v1/nodes/n2/status', { ...json, status })
  assert.equal((await get(`${api}/nodes/n2`)).status, 200)
})

test('a node whose counters have begun anew is measured anew', async () => {
  const { get, restart, server } = await world()
  await get(`${api}/nodes/n1`)
  restart()
  await server.clock.advance(10_000)
  const { json } = await get(`${api}/nodes/n1`)
  assert.deepEqual([json.window, json.usage.cpu], ['1s', '500m'])
})

test('what is not there is not found, in the words of metrics-server', async () => {
  const { get } = await world()
  for (const [path, message] of [
    ['/nodes/n9', 'nodes "n9" not found'],
    ['/namespaces/default/pods/none', 'pods "none" not found'],
    ['/namespaces/default/pods/waiting', 'podmetrics.metrics.k8s.io "default/waiting" not found'],
    ['/namespaces/default/nodes', 'the server could not find the requested resource'],
    ['/services', 'the server could not find the requested resource'],
  ])
    assert.deepEqual([(await get(`${api}${path}`)).status, (await get(`${api}${path}`)).json.message], [404, message])
})

test('a program in the same process gets objects', async () => {
  const { server } = await world()
  const asking = server.server.handle({
    method: 'GET',
    path: `${api}/namespaces/default/pods`,
    query: new URLSearchParams('labelSelector=app=web'),
    headers: {},
    body: { type: 'none' },
    user: { name: 'a', groups: [] },
    signal: new AbortController().signal,
    raw: true,
  })
  await settle()
  await server.clock.advance(1000)
  const { body } = await asking
  assert.ok(body.type === 'list')
  const objects = body.items.map((stored) => objectOf(stored))
  assert.deepEqual(
    objects.map(({ kind, metadata, containers }) => [kind, metadata.name, containers.length]),
    [['PodMetrics', 'web', 2]],
  )
})

test('nothing can be written or watched', async () => {
  const { server } = await world()
  for (const [method, path] of [
    ['POST', '/nodes'],
    ['DELETE', '/nodes/n1'],
    ['GET', '/nodes?watch=true'],
  ] as const)
    assert.equal((await server.ask(method, `${api}${path}`, method === 'POST' ? {} : undefined)).status, 405, path)
})

test('tables have the columns of metrics-server', async () => {
  const { get } = await world()
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  const { json } = await get(`${api}/namespaces/default/pods`, { accept })
  assert.deepEqual(
    json.columnDefinitions.map(({ name, format }: { name: string; format: string }) => `${name} ${format}`),
    ['Name name', 'cpu quantity', 'memory quantity', 'Window duration'],
  )
  assert.deepEqual(
    json.rows.map(({ cells }: { cells: unknown }) => cells),
    [
      ['db', '50m', '6Mi', '1s'],
      ['web', '100m', '12Mi', '1s'],
    ],
  )
})

test('lists are also given as protobuf and as YAML', async () => {
  const { get } = await world()
  const accept = 'application/vnd.kubernetes.protobuf'
  const { status, headers, text } = await get(`${api}/nodes`, { accept })
  assert.deepEqual([status, headers['content-type']], [200, accept])
  assert.match(text, /^k8s\0[\s\S]*NodeMetricsList[\s\S]*64Mi/)
  assert.match((await get(`${api}/nodes/n2`, { accept: 'application/yaml' })).text, /^usage:\n {2}cpu: 500m$/m)
})

test('the group is discovered and described, after all that is built in', async () => {
  const { server } = await world()
  const { json } = await server.ask('GET', api)
  assert.deepEqual(
    json.resources.map(({ name, kind, namespaced, verbs }: Record<string, unknown>) => [name, kind, namespaced, verbs]),
    [
      ['nodes', 'NodeMetrics', false, ['get', 'list']],
      ['pods', 'PodMetrics', true, ['get', 'list']],
    ],
  )
  const { groups } = (await server.ask('GET', '/apis')).json
  assert.equal(groups.at(-1).name, 'metrics.k8s.io')
  const document = (await server.ask('GET', '/openapi/v3/apis/metrics.k8s.io/v1beta1')).json
  assert.ok(document.paths[`${api}/namespaces/{namespace}/pods/{name}`].get)
})
