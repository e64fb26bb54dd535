import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FreeOnMachine, planState, type WantedCluster } from './plan.ts'
import type { ClusterState } from './state.ts'

const wanted: WantedCluster = { name: 'test', nodes: undefined, simulated: false, kubeconfig: '/k/config' }
const free: FreeOnMachine = { index: 4, port: 6447, before: { forwarding: true, namespaces: false } }
const namesOf = ({ nodes }: ClusterState) => nodes.map(({ name, position }) => `${name}@${position}`)

test('planState() makes three nodes unless told otherwise, with what is free on the machine', () => {
  const state = planState(undefined, wanted, free)
  assert.deepEqual(namesOf(state), ['test-1@1', 'test-2@2', 'test-3@3'])
  assert.deepEqual([state.index, state.port, state.simulated], [4, 6447, false])
  assert.deepEqual(state.before, free.before)
})

for (const [had, asked, has] of [
  [0, 1, 1],
  [0, 5, 5],
  [3, undefined, 3],
  [1, undefined, 1],
  [3, 5, 5],
  [3, 1, 3],
] as const) {
  test(`planState() of ${had} nodes, asked for ${asked ?? 'no number'}, has ${has}`, () => {
    const known = had === 0 ? undefined : planState(undefined, { ...wanted, nodes: had }, free)
    const state = planState(known, { ...wanted, nodes: asked }, known ? undefined : free)
    assert.equal(state.nodes.length, has)
    assert.deepEqual(state.nodes.slice(0, had), known?.nodes ?? [])
  })
}

test('planState() keeps what a cluster has of the machine, and its flags unless others are given', () => {
  const known = planState(undefined, { ...wanted, serverFlags: ['--log-level=debug'] }, free)
  const kept = planState(known, wanted, undefined)
  assert.deepEqual([kept.index, kept.port, kept.serverFlags], [4, 6447, ['--log-level=debug']])
  assert.deepEqual(planState(known, { ...wanted, serverFlags: [] }, undefined).serverFlags, [])
})

test('planState() remembers every kubeconfig that got the context, so that all can be cleaned', () => {
  const first = planState(undefined, wanted, free)
  const second = planState(first, { ...wanted, kubeconfig: '/other' }, undefined)
  const third = planState(second, wanted, undefined)
  assert.deepEqual([first.kubeconfig, first.earlierKubeconfigs], ['/k/config', []])
  assert.deepEqual([second.kubeconfig, second.earlierKubeconfigs], ['/other', ['/k/config']])
  assert.deepEqual([third.kubeconfig, third.earlierKubeconfigs], ['/k/config', ['/other']])
})

test('planState() of a new cluster without anything free is a bug that shows', () => {
  assert.throws(() => planState(undefined, wanted, undefined), /Nothing is known/)
})
