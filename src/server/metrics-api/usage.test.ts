import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Point, Scrape } from './exposition.ts'
import { figuresOf, usageOf } from './usage.ts'

const point = (timeMs: number, cpuSeconds: number, more: Partial<Point> = {}): Point => ({
  timeMs,
  cpuSeconds,
  memoryBytes: 100,
  ...more,
})

describe('usageOf()', () => {
  const cases: Record<
    string,
    [last: Point, before: Point | undefined, expected: [window: number, nano: number] | undefined]
  > = {
    'is what was added over the time between': [point(12_000, 6), point(2000, 1), [10_000, 500_000_000]],
    'may be nothing': [point(12_000, 1), point(2000, 1), [10_000, 0]],
    'of a container that has started since, counts from its start': [
      point(12_000, 1, { startMs: 10_000 }),
      undefined,
      [2000, 500_000_000],
    ],
    'of a container that has started anew, counts from that start': [
      point(12_000, 3, { startMs: 10_000 }),
      point(9000, 2, { startMs: 1000 }),
      [2000, 1_500_000_000],
    ],
    'of a counter that has fallen, counts from the start': [
      point(12_000, 1, { startMs: 8000 }),
      point(9000, 2, { startMs: 8000 }),
      [4000, 250_000_000],
    ],
    'takes starts that differ by little for the same': [
      point(12_000, 3, { startMs: 1400 }),
      point(10_000, 2, { startMs: 1000 }),
      [2000, 500_000_000],
    ],
    'of a node without a point before, is not known': [point(12_000, 1), undefined, undefined],
    'of a node whose counter has fallen, is not known': [point(12_000, 1), point(10_000, 2), undefined],
    'over next to no time, is not known': [point(10_100, 3), point(10_000, 2), undefined],
    'right after the start, is not known': [point(10_100, 3, { startMs: 10_000 }), undefined, undefined],
  }
  for (const [what, [last, before, expected]] of Object.entries(cases)) {
    test(what, () => {
      const usage = usageOf(last, before)
      assert.deepEqual(usage && [usage.windowMs, usage.cpuNanoCores], expected)
      if (usage) assert.deepEqual([usage.endMs, usage.memoryBytes], [last.timeMs, 100])
    })
  }
})

const scrape = (pods: Record<string, Record<string, Point>>): Scrape => ({
  node: undefined,
  pods: new Map(Object.entries(pods).map(([pod, containers]) => [pod, new Map(Object.entries(containers))])),
})

test('figuresOf() leaves out a pod of which a container is not known', () => {
  const before = scrape({ 'n/whole': { a: point(0, 0), b: point(0, 0) }, 'n/half': { a: point(0, 0) } })
  const last = scrape({
    'n/whole': { a: point(1000, 1), b: point(1000, 2) },
    'n/half': { a: point(1000, 1), b: point(1000, 1) },
    'n/ended': { a: point(1000, 1, { startMs: 0, memoryBytes: 0 }) },
    'n/empty': {},
  })
  assert.deepEqual([...figuresOf(last, before).pods.keys()], ['n/whole'])
})
