import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pod } from '#api/core/pod.ts'
import { ScriptedClient } from '#client/testing.ts'
import { VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { pod } from './fixtures.ts'
import { WaitingConditions, waitingCondition } from './waiting-conditions.ts'

const nowMs = Date.UTC(2030, 0, 1)
const known = (condition: object) =>
  pod('p', { status: { conditions: [{ type: 'PodScheduled', observedGeneration: 3, ...condition }] } })
const withGeneration = <T extends { metadata: object }>(one: T): T => ({
  ...one,
  metadata: { ...one.metadata, generation: 3 },
})
const falseSince = { status: 'False', lastTransitionTime: '2029-01-01T00:00:00Z' }

describe('waitingCondition()', () => {
  const expected = (lastTransitionTime: string) => ({
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: 'm',
    lastTransitionTime,
    observedGeneration: 3,
  })
  const cases: readonly (readonly [string, Pod, object | undefined])[] = [
    ['a pod without any', pod('p'), expected('2030-01-01T00:00:00Z')],
    [
      'another message',
      known({ ...falseSince, reason: 'Unschedulable', message: 'old' }),
      expected('2029-01-01T00:00:00Z'),
    ],
    [
      'another reason',
      known({ ...falseSince, reason: 'SchedulingGated', message: 'm' }),
      expected('2029-01-01T00:00:00Z'),
    ],
    ['another status', known({ ...falseSince, status: 'Unknown' }), expected('2030-01-01T00:00:00Z')],
    ['just this', known({ ...falseSince, reason: 'Unschedulable', message: 'm' }), undefined],
    [
      'this of an older version of the pod',
      known({ ...falseSince, reason: 'Unschedulable', message: 'm', observedGeneration: 2 }),
      expected('2029-01-01T00:00:00Z'),
    ],
  ]
  for (const [what, one, wanted] of cases) {
    it(`answers ${what}`, () => {
      assert.deepEqual(waitingCondition(withGeneration(one), 'Unschedulable', 'm', nowMs), wanted)
    })
  }
})

describe('WaitingConditions', () => {
  const start = () => {
    const client = new ScriptedClient()
    const conditions = new WaitingConditions({ client, clock: new VirtualClock(), log: silentLog })
    const messages: string[] = []
    const patch = client.patch.bind(client)
    let underWay = 0
    let most = 0
    client.patch = async (kind, ref, body: { status: { conditions: { message: string }[] } }) => {
      most = Math.max(most, ++underWay)
      await Promise.resolve()
      messages.push(`${ref.name} ${body.status.conditions[0]?.message}`)
      return patch(kind, ref, {}).finally(() => underWay--)
    }
    const add = (name: string) => client.put(Pod, { metadata: { name, namespace: 'a' } })
    return { client, conditions, messages, add, most: () => most }
  }

  it('writes a few at a time, each', async () => {
    const { conditions, messages, add, most } = start()
    for (let i = 0; i < 50; i++) {
      add(`p${i}`)
      conditions.say(pod(`p${i}`), 'Unschedulable', 'm')
    }
    await conditions.idle()
    assert.equal(messages.length, 50)
    assert.ok(most() > 1 && most() <= 16)
  })

  it('writes only the newest of what waits for one pod, and nothing of one that is forgotten', async () => {
    const { conditions, messages, add } = start()
    add('p')
    add('q')
    conditions.say(pod('p'), 'Unschedulable', 'first')
    conditions.say(pod('p'), 'Unschedulable', 'second')
    conditions.say(pod('p'), 'Unschedulable', 'third')
    conditions.say(pod('q'), 'Unschedulable', 'first')
    conditions.say(pod('q'), 'Unschedulable', 'second')
    conditions.forget('uid-q')
    await conditions.idle()
    assert.deepEqual(messages.sort(), ['p first', 'p third', 'q first'])
  })

  it('goes on after a pod that is gone', async () => {
    const { conditions, messages, add } = start()
    conditions.say(pod('gone'), 'Unschedulable', 'm')
    add('p')
    conditions.say(pod('p'), 'Unschedulable', 'm')
    await conditions.idle()
    assert.deepEqual(messages.sort(), ['gone m', 'p m'])
    assert.equal(conditions.isIdle, true)
  })
})
