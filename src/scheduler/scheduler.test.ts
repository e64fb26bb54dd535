import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { Namespace } from '#api/core/namespace.ts'
import { Pod } from '#api/core/pod.ts'
import { conflict, StatusError } from '#api/status-error.ts'
import { startWorld, type World } from './testing.ts'

const big = { requests: { cpu: '3' } }

describe('the scheduler, over the real server', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(async () => {
    await world.stop()
    assert.equal(world.clock.pendingTimers, 0, 'no timer is left')
  })

  const bindTo = (name: string, node: string) =>
    world.client.createSubresource(Pod, { namespace: 'a', name }, 'binding', { target: { kind: 'Node', name: node } })

  it('puts the pods of one owner onto different nodes', async () => {
    for (const name of ['n1', 'n2', 'n3']) await world.addNode(name)
    for (const name of ['p1', 'p2', 'p3']) await world.addPod(name, { owner: 'rs', labels: { app: 'web' } })
    const placement = await world.placement()
    assert.deepEqual([...new Set(Object.values(placement))].sort(), ['n1', 'n2', 'n3'])
  })

  it('says on the pod and in an event that it is bound', async () => {
    await world.addNode('n1')
    await world.addPod('p')
    const condition = await world.condition('p')
    assert.equal(condition?.status, 'True')
    const expected = { about: 'p', type: 'Normal', reason: 'Scheduled', text: 'Successfully assigned a/p to n1' }
    assert.deepEqual(world.events, [expected])
  })

  it('leaves a pod that is too large Pending, and says why in condition, event and verdicts', async () => {
    await world.addNode('n1')
    await world.addNode('n2', { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] })
    const { metadata } = await world.addPod('p', { requests: { cpu: '100' } })
    const message =
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). ' +
      'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.'
    const { lastTransitionTime, observedGeneration, ...condition } = (await world.condition('p')) ?? {}
    assert.deepEqual(condition, {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
    })
    assert.equal(lastTransitionTime, '2030-01-01T00:00:00Z')
    assert.equal(observedGeneration, metadata.generation)
    assert.deepEqual(world.events, [{ about: 'p', type: 'Warning', reason: 'FailedScheduling', text: message }])
    assert.deepEqual(
      world.scheduler.verdicts(metadata.uid ?? '')?.map(({ node, plugin }) => [node, plugin]),
      [
        ['n1', 'NodeResourcesFit'],
        ['n2', 'TaintToleration'],
        ['n2', 'NodeResourcesFit'],
      ],
    )
    assert.equal((await world.pod('p')).status.phase, 'Pending')
  })

  it('keeps the time since when a pod waits, whatever the reason', async () => {
    await world.addPod('p', big)
    assert.equal((await world.condition('p'))?.message, 'no nodes available to schedule pods')
    await world.advance(60_000)
    await world.addNode('n1', { allocatable: { cpu: '1' } })
    const condition = await world.condition('p')
    assert.match(String(condition?.message), /^0\/1 nodes are available: 1 Insufficient cpu/)
    assert.equal(condition?.lastTransitionTime, '2030-01-01T00:00:00Z')
  })

  const rescues: readonly (readonly [string, (world: World) => Promise<unknown>])[] = [
    ['a node is added', (w) => w.addNode('n2')],
    ['a pod is removed', (w) => w.removePod('other')],
    ['a node grows', (w) => w.changeNode('n1', { status: { allocatable: { cpu: '8' } } })],
    [
      'a pod ends',
      (w) =>
        w.client.patch(
          Pod,
          { namespace: 'a', name: 'other' },
          { status: { phase: 'Succeeded' } },
          {
            type: 'merge',
            subresource: 'status',
          },
        ),
    ],
  ]
  for (const [what, rescue] of rescues) {
    it(`tries a pod again when ${what}`, async () => {
      await world.addNode('n1')
      await world.addPod('other', big)
      await world.addPod('p', big)
      assert.equal((await world.placement()).p, undefined)
      await rescue(world)
      await world.advance(10_000)
      assert.notEqual((await world.placement()).p, undefined)
      assert.equal((await world.condition('p'))?.status, 'True')
    })
  }

  it('tries a pod again when a taint is taken away or a node uncordoned, but not for a heartbeat', async () => {
    await world.addNode('n1', { taints: [{ key: 'a', effect: 'NoSchedule' }], unschedulable: true })
    await world.addPod('p')
    const tries = () => world.events.filter(({ reason }) => reason === 'FailedScheduling').length
    assert.equal(tries(), 1)
    await world.changeNode('n1', { metadata: { annotations: { beat: '1' } } })
    await world.advance(60_000)
    assert.equal(tries(), 1)
    await world.changeNode('n1', { spec: { unschedulable: false } })
    await world.advance(10_000)
    assert.equal((await world.placement()).p, undefined)
    await world.changeNode('n1', { spec: { taints: [] } })
    await world.advance(10_000)
    assert.equal((await world.placement()).p, 'n1')
  })

  it('wakes at once when it has nothing else to do, and looks again after five minutes in any case', async () => {
    await world.addNode('n1', { allocatable: { cpu: '1' } })
    await world.addPod('p', big)
    const tries = () => world.events.filter(({ reason }) => reason === 'FailedScheduling').length
    await world.advance(299_000)
    assert.equal(tries(), 1)
    await world.advance(2_000)
    assert.equal(tries(), 2)
    await world.addNode('n2')
    assert.equal((await world.placement()).p, 'n2')
  })

  it('keeps a gated pod out, silently, until its last gate is taken away', async () => {
    await world.addNode('n1')
    await world.addPod('p', { spec: { schedulingGates: [{ name: 'x.io/a' }, { name: 'x.io/b' }] } })
    await world.advance(600_000)
    assert.deepEqual(world.scheduler.counts(), { active: 0, backoff: 0, unschedulable: 0, gated: 1 })
    assert.deepEqual(world.events, [])
    const condition = await world.condition('p')
    assert.equal(condition?.reason, 'SchedulingGated')
    assert.equal(condition?.message, 'Scheduling is blocked due to non-empty scheduling gates')
    const open = async (schedulingGates: object[]) => {
      const patch = [{ op: 'replace', path: '/spec/schedulingGates', value: schedulingGates }]
      await world.client.patch(Pod, { namespace: 'a', name: 'p' }, patch, { type: 'json' })
      await world.settle()
    }
    await open([{ name: 'x.io/b' }])
    assert.equal((await world.placement()).p, undefined)
    await open([])
    assert.equal((await world.placement()).p, 'n1')
  })

  it('leaves pods of other schedulers, bound pods and pods that are being deleted alone', async () => {
    await world.addPod('other', { spec: { schedulerName: 'mine' } })
    await world.addPod('bound', { nodeName: 'n1' })
    await world.addPod('leaving', { spec: {} })
    await world.client.patch(
      Pod,
      { namespace: 'a', name: 'leaving' },
      { metadata: { finalizers: ['x.io/f'] } },
      {
        type: 'merge',
      },
    )
    await world.client.delete(Pod, { namespace: 'a', name: 'leaving' })
    await world.addNode('n1')
    await world.advance(20_000)
    assert.deepEqual(await world.placement(), { other: undefined, bound: 'n1', leaving: undefined })
    assert.deepEqual(world.scheduler.counts(), { active: 0, backoff: 0, unschedulable: 0, gated: 0 })
    await world.client.patch(
      Pod,
      { namespace: 'a', name: 'leaving' },
      { metadata: { finalizers: null } },
      {
        type: 'merge',
      },
    )
  })

  it('gives the more important of two waiting pods the last place', async () => {
    await world.addPod('low', { ...big, spec: { priority: 1 } })
    await world.addPod('high', { ...big, spec: { priority: 10 } })
    await world.addNode('n1')
    await world.advance(10_000)
    assert.deepEqual(await world.placement(), { low: undefined, high: 'n1' })
  })

  it('does not count an assumed pod twice, whether its event or the answer to its bind comes first', async () => {
    await world.addNode('n1', { allocatable: { pods: '3' } })
    const answers: (() => void)[] = []
    world.onBind = async (name, next) => {
      if (name !== 'event-first') return next()
      const answer = await next()
      await new Promise<void>((resolve) => answers.push(resolve))
      return answer
    }
    await world.addPod('event-first')
    await world.addPod('answer-first')
    assert.deepEqual(await world.placement(), { 'event-first': 'n1', 'answer-first': 'n1' })
    await world.addPod('third')
    for (const answer of answers) answer()
    await world.settle()
    assert.equal((await world.placement()).third, 'n1')
    await world.addPod('fourth')
    assert.match(String((await world.condition('fourth'))?.message), /1 Too many pods/)
    await world.removePod('event-first')
    await world.advance(10_000)
    assert.equal((await world.placement()).fourth, 'n1')
  })

  it('counts a pod that is being bound: the next one goes elsewhere', async () => {
    await world.addNode('n1')
    await world.addNode('n2')
    const held: (() => void)[] = []
    world.onBind = async (_name, next) => {
      await new Promise<void>((resolve) => held.push(resolve))
      return next()
    }
    await world.addPod('p1', big)
    await world.addPod('p2', big)
    await world.addPod('p3', big)
    for (const go of held) go()
    await world.settle()
    const { p1, p2, p3 } = await world.placement()
    assert.deepEqual([p1, p2].sort(), ['n1', 'n2'])
    assert.equal(p3, undefined)
  })

  for (const [what, wait] of [
    ['before the API has said so', false],
    ['after the API has said so', true],
  ] as const) {
    it(`yields to another scheduler that was quicker, when it learns that ${what}`, async () => {
      await world.addNode('n1')
      await world.addNode('n2', { taints: [{ key: 'a', effect: 'NoSchedule' }] })
      world.onBind = async (name, next) => {
        if (name !== 'p') return next()
        await bindTo('p', 'n2')
        if (wait) await world.settle()
        return next()
      }
      await world.addPod('p', big)
      await world.addPod('q', big)
      await world.advance(10_000)
      assert.deepEqual(await world.placement(), { p: 'n2', q: 'n1' })
      assert.equal((await world.condition('p'))?.status, 'True')
      assert.deepEqual(world.scheduler.counts(), { active: 0, backoff: 0, unschedulable: 0, gated: 0 })
      await world.changeNode('n2', { spec: { taints: [] } })
      await world.addPod('r', big)
      assert.match(String((await world.condition('r'))?.message), /2 Insufficient cpu/)
    })
  }

  it('tries again with growing pauses when binds fail, and gives the room back meanwhile', async () => {
    await world.addNode('n1')
    const triedAtMs: number[] = []
    let failures = 4
    world.onBind = async (name, next) => {
      if (name !== 'p') return next()
      triedAtMs.push(world.clock.monotonic())
      if (failures-- > 0) throw new StatusError(500, 'InternalError', 'the disk is full', {})
      return next()
    }
    await world.addPod('p')
    const condition = await world.condition('p')
    assert.equal(condition?.reason, 'SchedulerError')
    assert.equal(condition?.message, 'running Bind plugin "DefaultBinder": the disk is full')
    await world.addPod('q', { requests: { cpu: '4' } })
    assert.equal((await world.placement()).q, 'n1')
    await world.advance(60_000)
    assert.deepEqual(triedAtMs, [0, 1000, 3000, 7000, 15_000])
    assert.equal((await world.placement()).p, 'n1')
  })

  it('does not lose a pod over a conflict that was about nothing', async () => {
    await world.addNode('n1')
    let isFirst = true
    world.onBind = async (name, next) => {
      if (!isFirst) return next()
      isFirst = false
      throw conflict(Pod, name, 'the object has been modified')
    }
    await world.addPod('p')
    assert.equal((await world.placement()).p, undefined)
    await world.advance(1_000)
    assert.equal((await world.placement()).p, 'n1')
  })

  it('gives up waiting for an answer after half a minute, and tries again', async () => {
    await world.addNode('n1')
    let isFirst = true
    world.onBind = (_name, next) => {
      if (!isFirst) return next()
      isFirst = false
      return new Promise(() => {})
    }
    await world.addPod('p', big)
    await world.addPod('q', big)
    await world.advance(29_000)
    assert.deepEqual(await world.placement(), { p: undefined, q: undefined })
    await world.advance(20_000)
    const placed = Object.values(await world.placement()).filter((name) => name === 'n1')
    assert.equal(placed.length, 1)
  })

  it('believes the pod, not the broken connection, about whether it was bound', async () => {
    await world.addNode('n1')
    world.onBind = async (name, next) => {
      await next()
      if (name === 'p') throw new Error('connection reset')
    }
    await world.addPod('p', big)
    await world.addPod('q', big)
    await world.advance(10_000)
    assert.deepEqual(await world.placement(), { p: 'n1', q: undefined })
    assert.deepEqual(
      world.events.map(({ about, reason }) => [about, reason]),
      [
        ['p', 'Scheduled'],
        ['q', 'FailedScheduling'],
      ],
    )
  })

  it('forgets a pod that is deleted while it is bound', async () => {
    await world.addNode('n1')
    world.onBind = async (name, next) => {
      if (name === 'p') await world.client.delete(Pod, { namespace: 'a', name }, { gracePeriodSeconds: 0 })
      return next()
    }
    await world.addPod('p', big)
    await world.addPod('q', big)
    await world.advance(10_000)
    assert.deepEqual(await world.placement(), { q: 'n1' })
    assert.deepEqual(world.scheduler.counts(), { active: 0, backoff: 0, unschedulable: 0, gated: 0 })
    assert.deepEqual(
      world.events.map(({ about, reason }) => [about, reason]),
      [['q', 'Scheduled']],
    )
  })

  it('tries again with the version that a pod has by then when a bind fails', async () => {
    await world.addNode('n1')
    let attempts = 0
    world.onBind = async (name, next) => {
      if (++attempts > 2) return next()
      if (attempts === 2) {
        const tolerations = [{ key: 'a', operator: 'Exists' as const }]
        await world.client.patch(Pod, { namespace: 'a', name }, { spec: { tolerations } }, { type: 'merge' })
        await world.changeNode('n1', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })
      }
      throw new StatusError(500, 'InternalError', 'no', {})
    }
    await world.addPod('p')
    await world.advance(1_000)
    await world.advance(2_000)
    assert.equal((await world.placement()).p, 'n1')
  })

  it('tries a pod again when one that it wants to be near has been placed', async () => {
    await world.addNode('n1')
    const podAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } },
      ],
    }
    await world.addPod('p', { spec: { affinity: { podAffinity } } })
    assert.match(String((await world.condition('p'))?.message), /1 node\(s\) didn't match pod affinity rules/)
    await world.addPod('db', { labels: { app: 'db' } })
    assert.equal((await world.placement()).p, 'n1')
  })

  it('takes up where the last one left off after a restart', async () => {
    await world.addNode('n1')
    await world.addPod('p1', big)
    await world.addPod('p2', big)
    await world.stopScheduler()
    await world.addPod('p3', { requests: { cpu: '1' } })
    await world.startScheduler()
    assert.deepEqual(await world.placement(), { p1: 'n1', p2: undefined, p3: 'n1' })
    await world.removePod('p1')
    await world.advance(10_000)
    assert.equal((await world.placement()).p2, 'n1')
  })

  it('counts pods on a node that went and came back', async () => {
    await world.addNode('n1')
    await world.addPod('p1', big)
    await world.removeNode('n1')
    await world.addPod('p2', big)
    assert.equal((await world.condition('p2'))?.message, 'no nodes available to schedule pods')
    await world.addNode('n1')
    await world.advance(10_000)
    assert.equal((await world.placement()).p2, undefined)
    assert.match(String((await world.condition('p2'))?.message), /1 Insufficient cpu/)
  })

  it('takes the nominated node when the pod fits there', async () => {
    await world.stopScheduler()
    for (const name of ['n1', 'n2', 'n3']) await world.addNode(name)
    for (const [name, nominatedNodeName] of [
      ['p', 'n3'],
      ['q', 'none-such'],
    ] as const) {
      await world.addPod(name)
      const patch = { status: { nominatedNodeName } }
      await world.client.patch(Pod, { namespace: 'a', name }, patch, { type: 'merge', subresource: 'status' })
    }
    await world.startScheduler()
    const { p, q } = await world.placement()
    assert.equal(p, 'n3')
    assert.notEqual(q, undefined)
  })

  it('counts pods by the labels that their namespaces have now', async () => {
    await world.addNode('n1')
    await world.addNode('n2')
    const near = (labels: object) => ({
      spec: {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              {
                topologyKey: 'kubernetes.io/hostname',
                labelSelector: {},
                namespaceSelector: { matchLabels: labels },
              },
            ],
          },
        },
      },
    })
    await world.addPod('there', { namespace: 'b', nodeName: 'n1' })
    await world.addPod('p', near({ team: 'b' }))
    assert.equal((await world.placement()).p, 'n2')
    await world.addPod('q', near({ team: 'none' }))
    await world.client.patch(Namespace, { name: 'b' }, { metadata: { labels: { team: 'c' } } }, { type: 'merge' })
    await world.settle()
    await world.addPod('r', near({ team: 'c' }))
    assert.equal((await world.placement()).r, 'n2')
    const { spec } = near({ team: 'b' })
    await world.addPod('s', { spec: { ...spec, nodeSelector: { 'kubernetes.io/hostname': 'n1' } } })
    assert.equal((await world.placement()).s, 'n1')
  })

  it('binds more pods than it has binds at once, in order of arrival', async () => {
    for (const name of ['n1', 'n2', 'n3']) await world.addNode(name)
    await world.stopScheduler()
    for (let i = 0; i < 250; i++) {
      await world.client.create(Pod, {
        metadata: { name: `p${i}`, namespace: 'a' },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      })
    }
    await world.startScheduler()
    await world.scheduler.idle()
    await world.settle()
    const names = Object.values(await world.placement())
    assert.equal(names.length, 250)
    assert.ok(names.every((name) => name !== undefined))
  })
})
