// Prometheus itself reads what the server and the nodes tell of themselves, with a service account's token, as
// docs/metrics.md says. Where things are it is told, since Debian 12 builds it without Kubernetes.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { freePort } from '#lib/testing.ts'
import { eventually } from '../node/wait.ts'
import { clusterFor, isReal, missing, programAt } from './cluster.ts'

const skip = missing('prometheus', 'kubectl')

const scraper = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'prometheus', namespace: 'default' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'scrape' },
    rules: [
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'scrape' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'scrape' },
    subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: 'default' }],
  },
]

interface Target {
  readonly scrapePool: string
  readonly health: string
  readonly lastError: string
}

describe('prometheus', { skip, concurrency: 1, timeout: 240_000 }, () => {
  if (skip) return
  const cluster = clusterFor('scrape', { containers: true })
  let child: ChildProcess
  let url = ''
  let log = ''

  const get = async (path: string): Promise<unknown> => {
    const { data } = (await (await fetch(`${url}/api/v1${path}`)).json()) as { data: unknown }
    return data
  }
  /** The series that an expression finds, by their labels, with their values. */
  const series = async (query: string) => {
    const { result } = (await get(`/query?query=${encodeURIComponent(query)}`)) as {
      result: { metric: Record<string, string>; value: [number, string] }[]
    }
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
  }

  before(async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: scraper }
    await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(list) })
    const token = (await cluster.kubectl(['create', 'token', 'prometheus'])).trim()
    const [config, nodes] = await Promise.all(
      [
        ['config', 'view', '--raw', '--minify', '-o', 'json'],
        ['get', 'nodes', '-o', 'json'],
      ].map(async (args) => JSON.parse(await cluster.kubectl(args))),
    )
    const { server, 'certificate-authority-data': authority } = config.clusters[0].cluster
    const authorityFile = join(cluster.dir, 'ca.crt')
    writeFileSync(authorityFile, Buffer.from(authority, 'base64'))
    const agents = nodes.items.map(({ status }: (typeof nodes.items)[0]) => {
      const { address } = status.addresses.find(({ type }: { type: string }) => type === 'InternalIP')
      return `${address}:${status.daemonEndpoints.kubeletEndpoint.Port}`
    })
    const job = (name: string, path: string, targets: readonly string[]) => ({
      job_name: name,
      scrape_interval: '1s',
      scheme: 'https',
      metrics_path: path,
      authorization: { credentials: token },
      tls_config: { ca_file: authorityFile },
      static_configs: [{ targets }],
    })
    const file = join(cluster.dir, 'prometheus.json')
    const jobs = [
      job('server', '/metrics', [new URL(server).host]),
      ...(isReal ? [job('agents', '/metrics', agents), job('usage', '/metrics/resource', agents)] : []),
    ]
    writeFileSync(file, JSON.stringify({ scrape_configs: jobs }))
    const listen = `127.0.0.1:${await freePort()}`
    url = `http://${listen}`
    child = spawn(
      programAt('prometheus') as string,
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(cluster.dir, 'prometheus')}`,
        `--web.listen-address=${listen}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    child.stderr?.on('data', (chunk) => (log += chunk))
    await eventually(async () => assert.equal((await fetch(`${url}/-/ready`)).status, 200, log), 60_000)
  })
  after(async () => {
    if (child && child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit')
  })

  test('reads everything without an error', () =>
    eventually(async () => {
      const { activeTargets } = (await get('/targets')) as { activeTargets: readonly Target[] }
      assert.equal(activeTargets.length, isReal ? 3 : 1, log)
      for (const { scrapePool, health, lastError } of activeTargets)
        assert.deepEqual({ scrapePool, health, lastError }, { scrapePool, health: 'up', lastError: '' })
    }, 60_000))

  test('the server: how many requests it has answered, and how long that took', () =>
    eventually(async () => {
      const answered = await series('apiserver_request_total{resource="nodes",verb="LIST"}')
      assert.ok(answered.length > 0)
      const slow = await series(
        'histogram_quantile(0.99, sum by (le) (apiserver_request_duration_seconds_bucket{verb="LIST"}))',
      )
      assert.ok(Number(slow[0]?.value) > 0)
    }))

  test('nodes: what they and their pods use', { skip: isReal ? false : 'needs real nodes' }, () =>
    eventually(async () => {
      const [node] = await series('node_memory_working_set_bytes')
      assert.ok(Number(node?.value) > 1_000_000)
      const [cpu] = await series('rate(node_cpu_usage_seconds_total[10s])')
      assert.ok(Number(cpu?.value) > 0)
      assert.ok((await series('scrape_samples_scraped{job="agents"}'))[0]?.value)
    }),
  )
})
