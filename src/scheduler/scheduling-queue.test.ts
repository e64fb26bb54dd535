import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import { VirtualClock } from '#lib/clock.ts'
import { node, type PodOptions, pod, snapshotOf } from './fixtures.ts'
import type { Plugin, Wake } from './framework.ts'
import { plugins } from './plugins/index.ts'
import { nodeResourcesFit } from './plugins/node-resources.ts'
import { type PodInfo, podInfo } from './pod-info.ts'
import { SchedulingQueue } from './scheduling-queue.ts'

const info = (name: string, options: PodOptions = {}): PodInfo => podInfo(pod(name, options))
const gated = { spec: { schedulingGates: [{ name: 'x.io/g' }] } }
const resources = new Set(['NodeResourcesFit'])

describe('the scheduling queue', () => {
  let clock: VirtualClock
  let queue: SchedulingQueue
  beforeEach(() => {
    clock = new VirtualClock()
    queue = new SchedulingQueue(clock, plugins, () => {})
  })
  afterEach(() => {
    queue.stop()
    assert.equal(clock.pendingTimers, 0)
  })

  const names = () => {
    const found: string[] = []
    for (let next = queue.take(); next; next = queue.take()) found.push(next.pod.metadata.name ?? '')
    return found
  }
  /** Takes what is there and refuses it. */
  const refuseAll = (by: ReadonlySet<string> = resources) => {
    for (let next = queue.take(); next; next = queue.take()) queue.refused(next.uid, by)
  }

  it('gives the most important first, and of equals the one that came first', () => {
    for (const [name, priority] of [
      ['a', 0],
      ['b', 10],
      ['c', 0],
      ['d', 10],
    ] as const)
      queue.add(info(name, { spec: { priority } }))
    assert.deepEqual(names(), ['b', 'd', 'a', 'c'])
  })

  it('gives a pod once until it is put back', () => {
    queue.add(info('a'))
    assert.equal(queue.take()?.uid, 'uid-a')
    queue.add(info('a'), true)
    assert.equal(queue.take(), undefined)
    queue.failed('uid-a')
    assert.equal(queue.counts().backoff, 1)
  })

  it('gives the newest version of a pod, also of one that was changed while it was tried', () => {
    queue.add(info('a'))
    queue.add(info('a', { labels: { v: '2' } }))
    assert.deepEqual(queue.take()?.labels, { v: '2' })
    queue.add(info('a', { labels: { v: '3' } }))
    queue.refused('uid-a', resources)
    queue.wake('node-added')
    assert.deepEqual(queue.take()?.labels, { v: '3' })
  })

  it('forgets a pod that is deleted, wherever it is', () => {
    queue.add(info('active'))
    queue.delete('uid-active')
    queue.add(info('tried'))
    queue.take()
    queue.delete('uid-tried')
    queue.refused('uid-tried', resources)
    queue.failed('uid-tried')
    queue.add(info('unschedulable'))
    refuseAll()
    queue.delete('uid-unschedulable')
    queue.add(info('backoff'))
    queue.take()
    queue.failed('uid-backoff')
    queue.delete('uid-backoff')
    queue.add(info('gated', gated))
    queue.delete('uid-gated')
    assert.deepEqual(queue.counts(), { active: 0, backoff: 0, unschedulable: 0, gated: 0 })
    assert.deepEqual(names(), [])
  })

  it('waits 1, 2, 4, 8 and then 10 seconds after misfits while others are to do', async () => {
    const waits: number[] = []
    queue.add(info('a'))
    for (let i = 0; i < 6; i++) {
      refuseAll()
      queue.wake('node-added')
      const startedMs = clock.now()
      while (queue.counts().active === 0) await clock.advance(100)
      waits.push(clock.now() - startedMs)
    }
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 10_000, 10_000])
  })

  it('takes one that backs off early when nothing else is to do, the most important first', () => {
    queue.add(info('low', { spec: { priority: 1 } }))
    queue.add(info('high', { spec: { priority: 2 } }))
    refuseAll()
    queue.wake('node-added')
    queue.add(info('new'))
    assert.equal(queue.counts().backoff, 2)
    assert.deepEqual(names(), ['new', 'high', 'low'])
  })

  it('waits 1, 2, 4, 8 and then 10 seconds after errors in any case, and starts anew after a misfit', async () => {
    const waits: number[] = []
    const fail = async () => {
      queue.failed(queue.take()?.uid ?? '')
      const startedMs = clock.now()
      while (!queue.isReady) await clock.advance(100)
      waits.push(clock.now() - startedMs)
    }
    queue.add(info('a'))
    for (let i = 0; i < 6; i++) await fail()
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 10_000, 10_000])
    refuseAll()
    queue.wake('node-added')
    await fail()
    assert.equal(waits.at(-1), 1000)
  })

  it('says when there is something to take', async () => {
    let calls = 0
    queue.stop()
    queue = new SchedulingQueue(clock, plugins, () => calls++)
    queue.add(info('a'))
    assert.equal(calls, 1)
    refuseAll()
    assert.equal(calls, 1)
    queue.wake('node-added')
    assert.equal(calls, 2)
    queue.failed(queue.take()?.uid ?? '')
    await clock.advance(10_000)
    assert.equal(calls, 3)
  })

  const cares: readonly (readonly [string, readonly Wake[]])[] = [
    ['NodeResourcesFit', ['node-added', 'node-resources', 'pod-removed', 'pod-shrunk']],
    ['TaintToleration', ['node-added', 'node-taints']],
    ['NodeUnschedulable', ['node-added', 'node-taints']],
    ['NodeAffinity', ['node-added', 'node-labels']],
    ['NodePorts', ['node-added', 'pod-removed']],
    ['PodTopologySpread', ['node-added', 'node-labels', 'node-taints', 'pod-added', 'pod-labels', 'pod-removed']],
    ['InterPodAffinity', ['node-added', 'node-labels', 'pod-added', 'pod-labels', 'pod-removed']],
  ]
  const changes: readonly Wake[] = [
    'node-added',
    'node-labels',
    'node-resources',
    'node-taints',
    'pod-added',
    'pod-labels',
    'pod-removed',
    'pod-shrunk',
  ]
  for (const [plugin, expected] of cares) {
    it(`wakes a pod that ${plugin} refused for what it cares about`, () => {
      const woken = changes.filter((change) => {
        queue.add(info(change))
        refuseAll(new Set([plugin]))
        queue.wake(change)
        const isWoken = queue.isReady
        queue.delete(`uid-${change}`)
        return isWoken
      })
      assert.deepEqual(woken, expected)
    })
  }

  it('wakes a pod that was refused by several for what any of them cares about', () => {
    queue.add(info('a'))
    refuseAll(new Set(['NodeResourcesFit', 'NodeAffinity']))
    queue.wake('node-taints')
    assert.equal(queue.isReady, false)
    queue.wake('node-labels')
    assert.equal(queue.isReady, true)
  })

  it('wakes a pod that nobody refused for anything', () => {
    queue.add(info('a'))
    refuseAll(new Set())
    queue.wake('pod-added')
    assert.equal(queue.isReady, true)
  })

  it('leaves a pod asleep that its plugin would refuse on that node still', () => {
    const snapshot = snapshotOf([node('n')], [pod('there', { nodeName: 'n', requests: { cpu: '3' } })])
    queue.add(info('small', { requests: { cpu: '1' } }))
    queue.add(info('large', { requests: { cpu: '2' } }))
    refuseAll()
    queue.wake('pod-removed', snapshot.node('n'))
    assert.deepEqual(names(), ['small'])
    queue.wake('pod-removed')
    assert.deepEqual(names(), ['large'])
  })

  it('wakes for a node that suits the plugin that refused, though another might not', () => {
    const taints = [{ key: 'a', effect: 'NoSchedule' as const }]
    const snapshot = snapshotOf([node('n', { taints })])
    queue.add(info('p'))
    refuseAll(resources)
    queue.wake('node-resources', snapshot.node('n'))
    assert.equal(queue.isReady, true)
  })

  it('tries a pod again after five minutes without any change', async () => {
    queue.add(info('a'))
    refuseAll()
    await clock.advance(60_000)
    queue.add(info('b'))
    refuseAll()
    await clock.advance(239_999)
    assert.equal(queue.counts().active, 0)
    await clock.advance(1)
    assert.deepEqual(names(), ['a'])
    await clock.advance(60_000)
    assert.deepEqual(names(), ['b'])
  })

  it('tries a changed pod again when the change may help', () => {
    queue.add(info('a'))
    refuseAll()
    queue.add(info('a'), false)
    assert.equal(queue.isReady, false)
    queue.add(info('a', { labels: { a: 'b' } }), true)
    assert.equal(queue.isReady, true)
  })

  it('holds a gated pod back from everything, and gives it at once when the gates are gone', async () => {
    queue.add(info('a', gated))
    for (const change of changes) queue.wake(change)
    await clock.advance(600_000)
    queue.add(info('a', gated), true)
    assert.deepEqual(names(), [])
    assert.equal(queue.counts().gated, 1)
    queue.add(info('a'), true)
    assert.deepEqual(queue.counts(), { active: 1, backoff: 0, unschedulable: 0, gated: 0 })
    assert.deepEqual(names(), ['a'])
  })

  it('loses no pod, whatever happens: each that was not deleted or done is given in the end', async () => {
    const uids = ['1', '2', '3', '4']
    const anyStep = fc.record({
      does: fc.constantFrom('add', 'gate', 'delete', 'refuse', 'fail', 'done', 'wake', 'wait'),
      name: fc.constantFrom(...uids),
      ms: fc.integer({ min: 0, max: 20_000 }),
      change: fc.constantFrom(...changes),
      plugin: fc.constantFrom<Plugin>(nodeResourcesFit, ...plugins),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 40, size: 'max' }), async (steps) => {
        const time = new VirtualClock()
        const tested = new SchedulingQueue(time, plugins, () => {})
        const there = new Set<string>()
        for (const { does, name, ms, change, plugin } of steps) {
          if (does === 'add' || does === 'gate') {
            if (does === 'gate' && there.has(name)) continue
            tested.add(info(name, does === 'gate' ? gated : {}), ms % 2 === 0)
            there.add(name)
          } else if (does === 'delete') {
            tested.delete(`uid-${name}`)
            there.delete(name)
          } else if (does === 'wake') tested.wake(change)
          else if (does === 'wait') await time.advance(ms)
          else {
            const taken = tested.take()
            if (!taken) continue
            if (does === 'refuse') tested.refused(taken.uid, new Set([plugin.name]))
            else if (does === 'fail') tested.failed(taken.uid)
            else {
              tested.done(taken.uid)
              there.delete(taken.pod.metadata.name ?? '')
            }
          }
        }
        // Gates go, five minutes pass: all that is left is ready.
        for (const name of there) tested.add(info(name))
        await time.advance(5 * 60_000 + 10_000)
        const given: string[] = []
        for (let next = tested.take(); next; next = tested.take()) given.push(next.pod.metadata.name ?? '')
        assert.deepEqual(given.sort(), [...there].sort())
        tested.stop()
        assert.equal(time.pendingTimers, 0)
      }),
      { numRuns: 100, seed: 1 },
    )
  })
})
