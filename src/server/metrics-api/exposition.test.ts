import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseScrape, parseSeries } from './exposition.ts'

describe('parseSeries()', () => {
  const labelled = (entries: Record<string, string>) => new Map(Object.entries(entries))
  for (const [text, expected] of [
    ['up 1', { name: 'up', labels: labelled({}), value: 1, timeMs: undefined }],
    ['up 1.5e3 1700000000123', { name: 'up', labels: labelled({}), value: 1500, timeMs: 1700000000123 }],
    ['a:b{} -2', { name: 'a:b', labels: labelled({}), value: -2, timeMs: undefined }],
    ['m{a="1",b="x y"} 3', { name: 'm', labels: labelled({ a: '1', b: 'x y' }), value: 3, timeMs: undefined }],
    ['m{a="1",} 3', { name: 'm', labels: labelled({ a: '1' }), value: 3, timeMs: undefined }],
    [String.raw`m{a="\"}\\\n"} 3`, { name: 'm', labels: labelled({ a: '"}\\\n' }), value: 3, timeMs: undefined }],
    ['# HELP up Whether it is.', undefined],
    ['', undefined],
    ['m{a=1} 3', undefined],
    ['m{a="1" 3', undefined],
    ['m{a="1"b} 3', undefined],
    ['m three', undefined],
    ['m', undefined],
  ] as const) {
    test(JSON.stringify(text), () => assert.deepEqual(parseSeries(text), expected))
  }
})

const labels = (container: string) => `{container="${container}",namespace="n",pod="p"}`

test('parseScrape() reads the node and the containers, each at its own time', () => {
  const { node, pods } = parseScrape(
    [
      '# TYPE node_cpu_usage_seconds_total counter',
      'node_cpu_usage_seconds_total 12.5 1000',
      'node_memory_working_set_bytes 4096 1000',
      `container_cpu_usage_seconds_total${labels('a')} 1.25 2000`,
      `container_memory_working_set_bytes${labels('a')} 1e6 2000`,
      `container_start_time_seconds${labels('a')} 1.5`,
      `container_cpu_usage_seconds_total${labels('b')} 2`,
      `container_memory_working_set_bytes${labels('b')} 7`,
      `container_cpu_usage_seconds_total${labels('half')} 2`,
      `container_swap_usage_bytes${labels('other')} 2`,
      'resource_scrape_error 0',
    ].join('\n'),
    9000,
  )
  assert.deepEqual(node, { timeMs: 1000, cpuSeconds: 12.5, memoryBytes: 4096, startMs: undefined })
  assert.deepEqual(
    [...pods].map(([pod, containers]) => [pod, Object.fromEntries(containers)]),
    [
      [
        'n/p',
        {
          a: { timeMs: 2000, cpuSeconds: 1.25, memoryBytes: 1_000_000, startMs: 1500 },
          b: { timeMs: 9000, cpuSeconds: 2, memoryBytes: 7, startMs: undefined },
        },
      ],
    ],
  )
})

test('parseScrape() makes nothing of what is no exposition', () => {
  assert.deepEqual(parseScrape('<html>', 0), { node: undefined, pods: new Map() })
})
