// Informers under random breaks: whatever happens on the way, in the end the copy equals the server, handlers have
// told the whole story, and no outage has caused more than a handful of lists.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConfigMap } from '#api/core/config-map.ts'
import { expired } from '#api/status-error.ts'
import { VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import { createInformers } from './informers.ts'
import { ScriptedClient } from './testing.ts'

type Step =
  | { readonly do: 'put' | 'remove'; readonly name: string }
  | { readonly do: 'break' | 'reset' | 'expire' | 'mute' | 'unmute' | 'refuse' | 'bookmark' }
  | { readonly do: 'wait'; readonly ms: number }

const name = fc.constantFrom('a', 'b', 'c', 'd')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('put', 'remove'), name }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('break', 'reset', 'expire', 'mute', 'unmute', 'refuse', 'bookmark') }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(0, 10, 1000, 40_000, 200_000) }) },
)

test('after any breaks an informer shows what the server has, and its handlers have been told all of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer(), async (steps, seed) => {
      const client = new ScriptedClient()
      const clock = new VirtualClock()
      const informers = createInformers({
        client,
        clock,
        random: seededRandom(seed),
        log: silentLog,
        silenceMs: 90_000,
      })
      const informer = informers.of(ConfigMap)
      const told = new Map<string, string | undefined>()
      informer.onChange((next, old) => {
        const key = (next ?? old)?.metadata.name ?? ''
        assert.equal(told.get(key), old?.metadata.resourceVersion, 'a handler is told from what it was told before')
        if (next) told.set(key, next.metadata.resourceVersion)
        else told.delete(key)
      })
      let outages = 1
      for (const each of steps) {
        if (each.do === 'expire' || each.do === 'refuse') outages++
        await play(each, client, clock)
      }
      client.muted = false
      client.failures.length = 0
      await clock.advance(400_000)
      const there = [...client.objects.values()].map(({ metadata }) => [metadata.name, metadata.resourceVersion]).sort()
      const shown = informer
        .list()
        .map(({ metadata }) => [metadata.name, metadata.resourceVersion])
        .sort()
      assert.deepEqual(shown, there)
      assert.deepEqual([...told].sort(), there)
      const lists = client.calls.filter((call) => call.startsWith('list')).length
      assert.ok(lists <= 2 * outages, `${lists} lists in ${outages} outages`)
      await informers.stop()
      assert.equal(clock.pendingTimers, 0)
    }),
    { numRuns: 300 },
  )
})

async function play(step: Step, client: ScriptedClient, clock: VirtualClock): Promise<void> {
  switch (step.do) {
    case 'put':
      client.put(ConfigMap, { metadata: { name: step.name, namespace: 'x' } })
      return
    case 'remove':
      if (client.objects.has(`configmaps/x/${step.name}`)) client.remove(ConfigMap, { namespace: 'x', name: step.name })
      return
    case 'break':
      return client.breakWatches()
    case 'reset':
      return client.breakWatches(new Error('connection reset'))
    case 'expire':
      return client.breakWatches(expired('too old resource version'))
    case 'mute':
      client.muted = true
      return
    case 'unmute':
      // What was missed comes with the next watch only: a server that loses events ends the watch.
      if (client.muted) client.breakWatches()
      client.muted = false
      return
    case 'refuse':
      client.failures.push(new Error('connection refused'))
      return
    case 'bookmark':
      if (!client.muted) client.bookmark(ConfigMap)
      return
    case 'wait':
      return clock.advance(step.ms)
  }
}
