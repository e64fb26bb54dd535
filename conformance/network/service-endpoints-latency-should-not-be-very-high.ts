// From when a service is made until it has endpoints passes little time, even if many are made together.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeBehind, makeService } from '../fixtures/services.ts'
import { podReady } from '../fixtures/workloads.ts'

const count = 100
const atOnce = 10

export const test = behaviour(
  { group: 'sig-network', name: 'Service endpoints latency should not be very high', since: '1.9' },
  async (t) => {
    await makeBehind(t, 'behind', 'behind')
    await podReady(t, 'behind')
    const watch = await t.watch(t.path('v1', 'endpoints'))
    const begun = new Map<string, number>()
    const tookMs: number[] = []
    const left = Array.from({ length: count }, (_, i) => `latency-${i}`)
    const make = async (): Promise<void> => {
      for (let name = left.pop(); name; name = left.pop()) {
        begun.set(name, t.clock.monotonic())
        await makeService(t, name, { selector: { app: 'behind' } })
      }
    }
    const making = Promise.all(Array.from({ length: atOnce }, make))
    const seen = new Set<string>()
    while (seen.size < count) {
      const { object } = await watch.next()
      const { name } = object.metadata
      if (!object.subsets?.length || seen.has(name)) continue
      seen.add(name)
      tookMs.push(t.clock.monotonic() - (begun.get(name) ?? 0))
    }
    await making
    tookMs.sort((a, b) => a - b)
    assert.ok((tookMs[count / 2] ?? 0) <= 20_000, `half of them in 20 s: ${tookMs[count / 2]}`)
    assert.ok((tookMs[count - 1] ?? 0) <= 50_000, `all of them in 50 s: ${tookMs[count - 1]}`)
  },
)
