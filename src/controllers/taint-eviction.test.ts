import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Taint, Toleration } from '#api/core/taint.ts'
import { judge, tolerates } from './taint-eviction.ts'

const taint = (key: string, value = ''): Taint => ({ key, value, effect: 'NoExecute' })

const tolerations: readonly { name: string; toleration: Toleration; taint: Taint; want: boolean }[] = [
  { name: 'everything', toleration: { operator: 'Exists' }, taint: taint('a', 'x'), want: true },
  { name: 'a key', toleration: { key: 'a', operator: 'Exists' }, taint: taint('a', 'x'), want: true },
  { name: 'another key', toleration: { key: 'b', operator: 'Exists' }, taint: taint('a'), want: false },
  { name: 'a value', toleration: { key: 'a', operator: 'Equal', value: 'x' }, taint: taint('a', 'x'), want: true },
  { name: 'another value', toleration: { key: 'a', value: 'y' }, taint: taint('a', 'x'), want: false },
  { name: 'another effect', toleration: { operator: 'Exists', effect: 'NoSchedule' }, taint: taint('a'), want: false },
  {
    name: 'a greater number',
    toleration: { key: 'a', operator: 'Gt', value: '5' },
    taint: taint('a', '9'),
    want: true,
  },
  {
    name: 'a number that is no less',
    toleration: { key: 'a', operator: 'Lt', value: '5' },
    taint: taint('a', '9'),
    want: false,
  },
]
for (const { name, toleration, taint: one, want } of tolerations)
  test(`tolerates() ${name}: ${want}`, () => assert.equal(tolerates(toleration, one), want))

const since = () => 1000
const forSeconds = (tolerationSeconds: number, key?: string): Toleration => ({
  operator: 'Exists',
  tolerationSeconds,
  ...(key ? { key } : {}),
})
const verdicts = [
  { name: 'stays where nothing drives it out', tolerations: [], taints: [], want: { evict: 'never' } },
  { name: 'goes when it tolerates nothing', tolerations: [], taints: [taint('a')], want: { evict: 'now' } },
  {
    name: 'stays when it tolerates for ever',
    tolerations: [{ operator: 'Exists' as const }],
    taints: [taint('a')],
    want: { evict: 'never' },
  },
  {
    name: 'goes when its time is over',
    tolerations: [forSeconds(10)],
    taints: [taint('a')],
    want: { evict: 'later', atMs: 11_000 },
  },
  {
    name: 'has the shortest of its times',
    tolerations: [forSeconds(10), forSeconds(5)],
    taints: [taint('a')],
    want: { evict: 'later', atMs: 6000 },
  },
  { name: 'goes at once for zero seconds', tolerations: [forSeconds(0)], taints: [taint('a')], want: { evict: 'now' } },
  {
    name: 'goes when one of several taints is not tolerated',
    tolerations: [forSeconds(10, 'a')],
    taints: [taint('a'), taint('b')],
    want: { evict: 'now' },
  },
]
for (const { name, tolerations: own, taints, want } of verdicts)
  test(`judge(): a pod ${name}`, () => assert.deepEqual(judge(own, taints, since, 2000), want))
