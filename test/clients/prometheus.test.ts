// Prometheus' `kubernetes_sd_configs` finds out by itself what a cluster has, by the kubeconfig that kubectl uses:
// nodes, pods, services, endpoints, endpoint slices and ingresses, with their addresses and labels, and what changes.
// Debian 12 builds Prometheus without it: then it is VictoriaMetrics that reads the same file and gives the same answers.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { run } from '#lib/exec.ts'
import { freePort } from '#lib/testing.ts'
import { eventually } from '../node/wait.ts'
import { clusterFor, missing, programAt } from './cluster.ts'

interface Scraper {
  readonly program: string
  readonly flags: (config: string, data: string, listen: string) => readonly string[]
}

const prometheus: Scraper = {
  program: 'prometheus',
  flags: (config, data, listen) => [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=${listen}`,
  ],
}
const victoriaMetrics: Scraper = {
  program: 'victoria-metrics',
  flags: (config, data, listen) => [
    `-promscrape.config=${config}`,
    `-storageDataPath=${data}`,
    `-httpListenAddr=${listen}`,
    '-memory.allowedBytes=200MB',
    '-promscrape.kubernetesSDCheckInterval=1s',
    '-promscrape.suppressDuplicateScrapeTargetErrors',
  ],
}

/** Whether this Prometheus was built with support for Kubernetes. */
async function knowsKubernetes(): Promise<boolean> {
  const promtool = programAt('promtool')
  if (!programAt('prometheus') || !promtool) return false
  const dir = mkdtempSync(join(tmpdir(), 'pinnace-promtool-'))
  const file = join(dir, 'config.json')
  writeFileSync(
    file,
    JSON.stringify({ scrape_configs: [{ job_name: 'a', kubernetes_sd_configs: [{ role: 'node' }] }] }),
  )
  const { code } = await run(promtool, ['check', 'config', '--syntax-only', file])
  rmSync(dir, { recursive: true })
  return code === 0
}

const scraper = (await knowsKubernetes()) ? prometheus : victoriaMetrics
const skip = missing(scraper.program, 'kubectl')

const roles = ['node', 'pod', 'service', 'endpoints', 'endpointslice', 'ingress'] as const
type Role = (typeof roles)[number]

/** A thing that Prometheus has found. */
type Labels = Readonly<Record<string, string>>

const web = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web', tier: 'front' }, annotations: { 'prometheus.io/scrape': 'true' } },
      spec: { containers: [{ name: 'app', image: 'web:1', ports: [{ name: 'http', containerPort: 8000 }] }] },
    },
  },
})
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', labels: { team: 'blue' } },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
}
const backend = { service: { name: 'web', port: { name: 'http' } } }
const ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web' },
  spec: { rules: [{ host: 'web.example.com', http: { paths: [{ path: '/shop', pathType: 'Prefix', backend }] } }] },
}

describe(`kubernetes_sd_configs of ${scraper.program}`, { skip, concurrency: 1, timeout: 240_000 }, () => {
  if (skip) return
  const cluster = clusterFor('prom')
  let child: ChildProcess
  let url = ''
  let log = ''

  const apply = (...items: readonly object[]) =>
    cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })

  /** What a role has found in the namespace of the test. Nothing is scraped: there is nothing behind the addresses. */
  async function found(role: Role): Promise<readonly Labels[]> {
    const answer = await fetch(`${url}/api/v1/targets?state=active`)
    const { data } = (await answer.json()) as {
      data: { activeTargets: { scrapePool: string; discoveredLabels: Labels }[] }
    }
    return data.activeTargets
      .filter(({ scrapePool }) => scrapePool === role)
      .map(({ discoveredLabels }) => discoveredLabels)
      .filter((labels) => role === 'node' || labels.__meta_kubernetes_namespace === 'default')
  }

  const becomes = (role: Role, count: number, matching: (labels: Labels) => boolean = () => true) =>
    eventually(async () => {
      const all = await found(role)
      const those = all.filter(matching)
      assert.equal(those.length, count, JSON.stringify(all, null, 1) + log.slice(-2000))
      return those
    }, 60_000)

  before(async () => {
    await apply(web(2), service, ingress)
    await cluster.kubectl(['rollout', 'status', 'deploy/web', '--timeout=60s'])
    const file = join(cluster.dir, 'prometheus.json')
    const jobs = roles.map((role) => ({
      job_name: role,
      scrape_interval: '1h',
      kubernetes_sd_configs: [{ role, kubeconfig_file: cluster.kubeconfig }],
    }))
    // JSON is YAML as well.
    writeFileSync(file, JSON.stringify({ scrape_configs: jobs }))
    const listen = `127.0.0.1:${await freePort()}`
    url = `http://${listen}`
    const flags = scraper.flags(file, join(cluster.dir, 'data'), listen)
    child = spawn(programAt(scraper.program) as string, flags, { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr?.on('data', (chunk) => (log += chunk))
    await eventually(async () => assert.equal((await fetch(`${url}/api/v1/targets`)).status, 200, log.slice(-2000)))
  })
  after(async () => {
    if (child && child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit')
  })

  test('node: every node, at its address, with its labels', async () => {
    const nodes = await becomes('node', 2)
    assert.deepEqual(nodes.map((labels) => labels.__meta_kubernetes_node_name).sort(), [
      `${cluster.name}-1`,
      `${cluster.name}-2`,
    ])
    for (const labels of nodes) {
      assert.match(String(labels.__address__), /^[\d.]+:\d+$/)
      assert.equal(labels.__meta_kubernetes_node_label_kubernetes_io_os, 'linux')
      assert.ok(labels.__meta_kubernetes_node_address_InternalIP)
    }
  })

  test('pod: every port of every pod, with what the pod says of itself', async () => {
    for (const labels of await becomes('pod', 2)) {
      assert.match(String(labels.__address__), /^[\d.]+:8000$/)
      assert.equal(labels.__meta_kubernetes_pod_container_port_name, 'http')
      assert.equal(labels.__meta_kubernetes_pod_label_tier, 'front')
      assert.equal(labels.__meta_kubernetes_pod_annotation_prometheus_io_scrape, 'true')
      assert.equal(labels.__meta_kubernetes_pod_controller_kind, 'ReplicaSet')
      assert.equal(labels.__meta_kubernetes_pod_ready, 'true')
      assert.equal(labels.__meta_kubernetes_pod_phase, 'Running')
    }
  })

  test('service: every port of every service', async () => {
    const [labels] = await becomes('service', 1, (each) => each.__meta_kubernetes_service_name === 'web')
    assert.equal(labels?.__address__, 'web.default.svc:80')
    assert.equal(labels?.__meta_kubernetes_service_label_team, 'blue')
    assert.match(String(labels?.__meta_kubernetes_service_cluster_ip), /^10\.96\./)
  })

  for (const role of ['endpoints', 'endpointslice'] as const) {
    test(`${role}: every address behind the service, with its pod`, async () => {
      for (const labels of await becomes(role, 2, (each) => each.__meta_kubernetes_service_name === 'web')) {
        assert.match(String(labels.__address__), /^[\d.]+:8000$/)
        assert.match(String(labels.__meta_kubernetes_pod_name), /^web-/)
        assert.equal(labels[`__meta_kubernetes_${role === 'endpoints' ? 'endpoint' : role}_port_name`], 'http')
      }
    })
  }

  test('ingress: every path', async () => {
    const [labels] = await becomes('ingress', 1)
    assert.equal(labels?.__address__, 'web.example.com')
    assert.equal(labels?.__meta_kubernetes_ingress_path, '/shop')
  })

  test('changes are followed', async () => {
    await apply(web(4))
    for (const role of ['pod', 'endpoints', 'endpointslice'] as const)
      await becomes(role, 4, (labels) => labels.__meta_kubernetes_pod_label_app === 'web')
    await cluster.kubectl(['delete', 'service/web', 'ingress/web'])
    await becomes('ingress', 0)
    await becomes('service', 0, (labels) => labels.__meta_kubernetes_service_name === 'web')
    await becomes('endpointslice', 0, (labels) => labels.__meta_kubernetes_service_name === 'web')
  })

  test('it has found no fault with the server', () => {
    const faults = log
      .split('\n')
      .filter((line) => /level=(warn|error)|\t(warn|error)\t/.test(line) && /discovery|k8s|kubernetes/.test(line))
    assert.deepEqual(faults, [])
  })
})
