import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#api/core/pod.ts'
import { pod, startMs } from './fixtures.ts'
import { firstToGo } from './scale-down.ts'

const nowMs = startMs + 100_000
const cost = (value: string) => ({ annotations: { 'controller.kubernetes.io/pod-deletion-cost': value } })

const cases: readonly { name: string; pods: readonly Pod[]; count?: number; want: string[] }[] = [
  {
    name: 'those that no node has yet',
    pods: [pod('a', { ready: 1 }), pod('b', { node: '', phase: 'Pending' })],
    want: ['b'],
  },
  { name: 'pending before running', pods: [pod('a'), pod('b', { phase: 'Pending' })], want: ['b'] },
  { name: 'unready before ready', pods: [pod('a', { ready: 1 }), pod('b')], want: ['b'] },
  {
    name: 'the cheaper to lose',
    pods: [pod('a', { ready: 1, ...cost('10') }), pod('b', { ready: 1, ...cost('-5') })],
    want: ['b'],
  },
  {
    name: 'an unreadable cost counts as zero',
    pods: [pod('a', { ready: 1, ...cost('+7') }), pod('b', { ready: 1, ...cost('5') })],
    want: ['a'],
  },
  {
    name: 'from the fuller node',
    pods: [pod('a', { ready: 1 }), pod('b', { ready: 1, node: 'n2' }), pod('c', { ready: 1, node: 'n2' })],
    want: ['b'],
  },
  { name: 'the more recently ready', pods: [pod('a', { ready: 1 }), pod('b', { ready: 95 })], want: ['b'] },
  { name: 'the more restarted', pods: [pod('a', { ready: 1 }), pod('b', { ready: 1, restarts: 3 })], want: ['b'] },
  { name: 'the younger', pods: [pod('a', { created: 1 }), pod('b', { created: 90 })], want: ['b'] },
  {
    name: 'by UID among pods of about the same age',
    pods: [pod('b', { ready: 12 }), pod('a', { ready: 10 })],
    want: ['a'],
  },
  { name: 'by name when all else is equal', pods: [pod('b'), pod('a')], want: ['a'] },
  { name: 'all, when all have to', pods: [pod('b'), pod('a')], count: 5, want: ['b', 'a'] },
]

for (const { name, pods, count = 1, want } of cases)
  test(`firstToGo() takes ${name}`, () =>
    assert.deepEqual(
      firstToGo(pods, pods, count, nowMs).map(({ metadata }) => metadata.name),
      want,
    ))
