// What pods and nodes use, as kubectl top and a Prometheus in the cluster see it. The machine may be busy with other
// things, so that figures are compared with what the kernel says of the same process.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { before, describe, test } from 'node:test'
import type { Answer, Namespace, TestCluster } from './cluster.ts'
import { pod, shell } from './pods.ts'
import { eventually } from './wait.ts'

const busy = 'mark=mark-of-busy; while :; do :; done'
/** A shell's variable of 64 MB. */
const holding = 'x=$(head -c 67108864 /dev/zero | tr "\\0" x); touch /tmp/held; while :; do sleep 1; done'

const megabyte = 2 ** 20

function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** As a scraper that does not look at the certificate. */
const ask = (url: string, token: string): Promise<readonly [status: number, text: string]> =>
  new Promise((resolve, reject) => {
    const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
    const asked = request(url, { agent: false, rejectUnauthorized: false, headers, timeout: 10_000 }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += chunk))
      answer.on('error', reject)
      answer.on('end', () => resolve([answer.statusCode ?? 0, text]))
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', reject)
    asked.end()
  })

const quantity = (text: string): number => {
  const [, number, unit = ''] = /^(\d+)(\D*)$/.exec(text) ?? []
  return Number(number) * { n: 1e-9, u: 1e-6, m: 1e-3, '': 1, Ki: 1024, Mi: megabyte, Gi: 2 ** 30 }[unit]!
}

export const usage = (cluster: TestCluster) =>
  describe('usage', { concurrency: 1 }, () => {
    let ns: Namespace
    let nodeName = ''
    let agent = ''

    const cpuOf = async (): Promise<number> => {
      const metrics: Answer = JSON.parse(await ns.kubectl('get', 'podmetrics', 'busy', '-o', 'json'))
      return quantity(metrics.containers[0].usage.cpu)
    }

    before(async () => {
      ns = await cluster.namespace('usage')
      await ns.apply(
        pod('busy', [shell('loop', busy, { resources: { requests: { cpu: '1' } } })]),
        pod('holding', [shell('holds', holding), shell('idle', 'while :; do sleep 1; done')]),
      )
      await ns.ready('pod/busy', 'pod/holding')
      nodeName = (await ns.get('pod', 'busy')).spec.nodeName
      const { status }: Answer = JSON.parse(await cluster.kubectl(['get', 'node', nodeName, '-o', 'json']))
      agent = `https://${status.addresses[0].address}:${status.daemonEndpoints.kubeletEndpoint.Port}`
    })

    test('a busy loop has used what the kernel says, and shows as up to one core', async () => {
      const pid = cluster.processOf('mark-of-busy')
      await eventually(() => assert.ok(cpuSecondsOf(pid) > 2), 60_000)
      const counted = async (): Promise<number> => {
        const text = await cluster.kubectl(['get', '--raw', `/api/v1/nodes/${nodeName}/proxy/metrics/resource`])
        return Number(/^container_cpu_usage_seconds_total\{container="loop".* (\S+) \d+$/m.exec(text)?.[1])
      }
      const least = cpuSecondsOf(pid)
      const told = await counted()
      const most = cpuSecondsOf(pid)
      // An answer may be half a second old; and the container's start counts with the container, not the process.
      assert.ok(told > least - 1 && told < most + 2, `${told} is not between ${least} and ${most}`)
      await eventually(async () => {
        const cores = await cpuOf()
        assert.ok(cores > 0.2 && cores < 1.1, `${cores} cores`)
      })
    })

    test('kubectl top shows pods, their containers and nodes', async () => {
      await ns.sh('holding', 'while [ ! -e /tmp/held ]; do sleep 0.1; done', '-c', 'holds')
      const rows = await eventually(async () => {
        const text = await ns.kubectl('top', 'pods', '--containers', '--no-headers')
        const found = new Map(text.split('\n').map((line) => [line.split(/\s+/)[1], line.split(/\s+/)] as const))
        const held = quantity(found.get('holds')?.[3] ?? '0')
        assert.ok(held >= 62 * megabyte && held < 90 * megabyte, text)
        return found
      })
      assert.ok(quantity(rows.get('idle')![3]!) < 10 * megabyte)
      assert.match(await ns.kubectl('top', 'pod', 'holding'), /^NAME\s+CPU\(cores\)\s+MEMORY\(bytes\)\s+\nholding\s/)
      const nodes = await cluster.kubectl(['top', 'nodes', '--no-headers'])
      for (const { name } of cluster.nodes) assert.match(nodes, new RegExp(`^${name}\\s+\\d+m\\s+\\d+%\\s+\\d+Mi`, 'm'))
    })

    test('a node shows what it uses itself, not the machine', async () => {
      const memory: Answer = JSON.parse(
        await cluster.kubectl(['get', '--raw', `/api/v1/nodes/${nodeName}/proxy/stats/summary`]),
      )
      const { workingSetBytes } = memory.node.memory
      const total = Number(/^MemTotal:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024
      const free = Number(/^MemFree:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024
      assert.ok(workingSetBytes > 10 * megabyte && workingSetBytes < total - free, `${workingSetBytes} bytes`)
      const pods = memory.pods.map(({ podRef }: Answer) => podRef.name)
      assert.ok(pods.includes('busy'), pods.join(' '))
    })

    test('a service account that may see nodes/metrics scrapes the node, another is refused', async () => {
      for (const name of ['prometheus', 'other']) await ns.kubectl('create', 'serviceaccount', name)
      await cluster.kubectl(['create', 'clusterrole', 'usage-scraper', '--verb=get', '--resource=nodes/metrics'])
      const subject = '--serviceaccount=usage:prometheus'
      await cluster.kubectl(['create', 'clusterrolebinding', 'usage-scraper', '--clusterrole=usage-scraper', subject])
      const token = (await ns.kubectl('create', 'token', 'prometheus')).trim()
      const other = (await ns.kubectl('create', 'token', 'other')).trim()
      const [status, text] = await ask(`${agent}/metrics/resource`, token)
      assert.equal(status, 200, text)
      assert.match(text, /^container_memory_working_set_bytes\{container="loop",namespace="usage",pod="busy"\} \d/m)
      assert.match((await ask(`${agent}/metrics`, token))[1], /^kubelet_running_pods \d/m)
      const user = 'system:serviceaccount:usage'
      const forbidden = (name: string, subresource: string) =>
        `Forbidden (user=${user}:${name}, verb=get, resource=nodes, subresource(s)=[${subresource}])`
      assert.deepEqual(await ask(`${agent}/metrics/resource`, other), [403, forbidden('other', 'metrics')])
      assert.deepEqual(await ask(`${agent}/pods`, token), [403, forbidden('prometheus', 'pods proxy')])
      assert.deepEqual(await ask(`${agent}/metrics/resource`, 'made-up'), [401, 'Unauthorized'])
      assert.deepEqual(await ask(`${agent}/metrics/resource`, ''), [401, 'Unauthorized'])
      for (const kind of ['clusterrolebinding', 'clusterrole']) await cluster.kubectl(['delete', kind, 'usage-scraper'])
      await ns.delete()
    })
  })
