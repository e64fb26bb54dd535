import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Counters, Histograms } from './metric-families.ts'
import { Metrics } from './metrics.ts'

test('families are shown in the form of Prometheus, and not at all while they are empty', async () => {
  const metrics = new Metrics()
  const refusals = metrics.with(new Counters({ name: 'refusals_total', help: '[ALPHA] Refusals.' }))
  const durations = metrics.with(new Histograms({ name: 'seconds', help: 'How long.', limits: [0.1, 1] }))
  metrics.add({ name: 'size', help: 'How large.', values: () => [{ labels: {}, value: 7 }] })
  assert.equal(await metrics.text(), '# HELP size How large.\n# TYPE size gauge\nsize 7\n')
  refusals.add({ why: 'a "b"\n\\' })
  refusals.add({ why: 'c' }, 2)
  refusals.add({ why: 'c' })
  for (const seconds of [0.05, 0.1, 0.5, 3]) durations.observe({ of: 'x' }, seconds)
  assert.equal(
    await metrics.text(),
    `# HELP refusals_total [ALPHA] Refusals.
# TYPE refusals_total counter
refusals_total{why="a \\"b\\"\\n\\\\"} 1
refusals_total{why="c"} 3
# HELP seconds How long.
# TYPE seconds histogram
seconds_bucket{of="x",le="0.1"} 2
seconds_bucket{of="x",le="1"} 3
seconds_bucket{of="x",le="+Inf"} 4
seconds_sum{of="x"} 3.65
seconds_count{of="x"} 4
# HELP size How large.
# TYPE size gauge
size 7
`,
  )
})

test('a histogram without labels has none but its limits', async () => {
  const metrics = new Metrics()
  metrics.with(new Histograms({ name: 's', help: 'S.', limits: [1] })).observe({}, 2)
  assert.ok((await metrics.text()).endsWith('\ns_bucket{le="1"} 0\ns_bucket{le="+Inf"} 1\ns_sum 2\ns_count 1\n'))
})

test('whoever makes up labels does not fill the memory', async () => {
  const metrics = new Metrics()
  const counters = metrics.with(new Counters({ name: 'c', help: 'C.', maxSeries: 3 }))
  for (let i = 0; i < 10; i++) counters.add({ i: String(i) })
  assert.deepEqual((await metrics.text()).match(/i="\d+"/g), ['i="7"', 'i="8"', 'i="9"'])
})
