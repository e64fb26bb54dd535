import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '#lib/log.ts'
import { parseScrape } from '#server/metrics-api/exposition.ts'
import { simulateAnnotation } from '../runtime/behaviour.ts'
import { settleAll, startTestNode, testPod } from '../testing.ts'
import { resourceMetrics } from './resource-metrics.ts'
import { Stats } from './stats.ts'
import { nanoCores, summary } from './summary.ts'

async function world() {
  const node = await startTestNode()
  let measured = 0
  const { runtime, clock } = node
  const stats = new Stats({
    kubelet: () => node.kubelet,
    runtime: {
      stats: () => {
        measured++
        return runtime.stats()
      },
    },
    nodeUsage: () => runtime.nodeUsage(),
    clock,
    log: silentLog,
  })
  const behaviour = { busy: { cpu: '1500m', memory: '64Mi' } }
  const containers = ['busy', 'idle'].map((name) => ({ name, image: 'app:1' }))
  await node.run(testPod('a', { containers }, { [simulateAnnotation]: JSON.stringify(behaviour) }))
  const options = { nodeName: 'n1', startedAtMs: clock.now(), onlyCpuAndMemory: false }
  return { ...node, stats, options, measured: () => measured }
}

test('nobody is asked twice within a moment, nor twice at a time, nor when nobody wants to know', async () => {
  const { stats, clock, measured, stop } = await world()
  await clock.advance(60_000)
  assert.equal(measured(), 0)
  await Promise.all([stats.sample(), stats.sample()])
  await stats.sample()
  assert.equal(measured(), 1)
  await clock.advance(500)
  await stats.sample()
  assert.equal(measured(), 2)
  await stop()
})

test('/metrics/resource tells of containers, pods and the node what they have used', async () => {
  const { stats, clock, stop } = await world()
  await clock.advance(10_000)
  const text = resourceMetrics(await stats.sample())
  const nowMs = clock.now()
  for (const line of [
    `container_cpu_usage_seconds_total{container="busy",namespace="default",pod="a"} 15 ${nowMs}`,
    `container_memory_working_set_bytes{container="busy",namespace="default",pod="a"} 67108864 ${nowMs}`,
    `container_start_time_seconds{container="idle",namespace="default",pod="a"} ${(nowMs - 10_000) / 1000}`,
    `pod_cpu_usage_seconds_total{namespace="default",pod="a"} 15.1 ${nowMs}`,
    `pod_memory_working_set_bytes{namespace="default",pod="a"} 75497472 ${nowMs}`,
    `node_cpu_usage_seconds_total 15.6 ${nowMs}`,
    '# TYPE node_cpu_usage_seconds_total counter',
    'resource_scrape_error 0',
    'scrape_error 0',
  ])
    assert.ok(text.split('\n').includes(line), `${line}\nis not in\n${text}`)
  const scrape = parseScrape(text, 0)
  assert.deepEqual([...scrape.pods.get('default/a')!.keys()], ['busy', 'idle'])
  assert.equal(scrape.node?.cpuSeconds, 15.6)
  await stop()
})

test('what cannot be measured is left out, and said', async () => {
  const { kubelet, runtime, clock, stop } = await world()
  const failing = new Stats({
    kubelet: () => kubelet,
    runtime: { stats: () => Promise.reject(new Error('the runtime is down')) },
    nodeUsage: () => runtime.nodeUsage(),
    clock,
    log: silentLog,
  })
  const text = resourceMetrics(await failing.sample())
  assert.match(text, /^resource_scrape_error 1$/m)
  assert.match(text, /^node_memory_working_set_bytes /m)
  assert.doesNotMatch(text, /container_/)
  await stop()
})

test('the first summary takes a second for its window, the next ones take the time since the last', async () => {
  const { stats, clock, options, stop } = await world()
  await clock.advance(5000)
  const signal = new AbortController().signal
  const first = stats.window(signal)
  await settleAll()
  await clock.advance(1000)
  const shown = summary(await first, options) as {
    node: { cpu: object }
    pods: { podRef: object; containers: { name: string; cpu: object; memory: object }[]; cpu: object }[]
  }
  const time = new Date(clock.now()).toISOString().replace('.000', '')
  assert.deepEqual(shown.node.cpu, { time, usageNanoCores: 1.56e9, usageCoreNanoSeconds: 9.36e9 })
  const [pod] = shown.pods
  assert.deepEqual(
    pod?.containers.map(({ name, cpu }) => [name, cpu]),
    [
      ['busy', { time, usageNanoCores: 1.5e9, usageCoreNanoSeconds: 9e9 }],
      ['idle', { time, usageNanoCores: 1e7, usageCoreNanoSeconds: 6e7 }],
    ],
  )
  assert.deepEqual(pod?.cpu, { time, usageNanoCores: 1.51e9, usageCoreNanoSeconds: 9.06e9 })
  await clock.advance(30_000)
  const { last, before } = await stats.window(signal)
  assert.equal(last.atMs - before.atMs, 30_000)
  await stop()
})

test('of two pods of a name only the later one is told of', async () => {
  const { kubelet, runtime, clock, stop } = await world()
  const [pod] = kubelet.pods()
  const earlier = { ...pod!, metadata: { ...pod!.metadata, uid: 'earlier' } }
  const stats = new Stats({
    kubelet: () => ({ pods: () => [earlier, pod!], worker: (namespace, name) => kubelet.worker(namespace, name) }),
    runtime,
    nodeUsage: () => runtime.nodeUsage(),
    clock,
    log: silentLog,
  })
  const { pods } = await stats.sample()
  assert.deepEqual(
    pods.map(({ containers }) => containers.length),
    [0, 2],
  )
  await stop()
})

test('nanoCores() is not told where counters cannot be compared', () => {
  const at = (timeMs: number, cpuUsageCoreNanos: number) => ({ timeMs, cpuUsageCoreNanos })
  assert.equal(nanoCores(at(2000, 5e8), at(1000, 0)), 5e8)
  assert.equal(nanoCores(at(2000, 5), undefined), undefined)
  assert.equal(nanoCores(at(2000, 5), at(2000, 0)), undefined)
  assert.equal(nanoCores(at(2000, 5), at(1000, 6)), undefined)
})

test('a node that has removed a container has not used less', async () => {
  const { runtime, clock, stop } = await world()
  await clock.advance(10_000)
  const before = await runtime.nodeUsage()
  for (const { id } of await runtime.listContainers()) await runtime.removeContainer(id)
  assert.equal((await runtime.nodeUsage()).cpuUsageCoreNanos, before.cpuUsageCoreNanos)
  await stop()
})
