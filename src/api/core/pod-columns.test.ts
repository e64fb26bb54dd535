import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTime } from '#lib/clock.ts'
import { made } from '../testing.ts'
import { Pod } from './pod.ts'

const nowMs = Date.parse('2030-01-01T12:00:00Z')
const ago = (seconds: number): string => formatTime(nowMs - seconds * 1000)

const row = (sent: { spec?: object; status?: object; metadata?: object }): string[] => {
  const pod = made(Pod, { spec: { containers: [{ name: 'a', image: 'a' }], ...sent.spec } })
  Object.assign(pod.status, sent.status)
  Object.assign(pod.metadata, { name: 'web', creationTimestamp: ago(300) }, sent.metadata)
  return Pod.columns.map(({ value }) => String(value(pod, nowMs)))
}

test('the table of pods has the columns of upstream', () => {
  assert.deepEqual(
    Pod.columns.map(({ name, priority }) => [name, priority ?? 0]),
    [
      ['Name', 0],
      ['Ready', 0],
      ['Status', 0],
      ['Restarts', 0],
      ['Age', 0],
      ['IP', 1],
      ['Node', 1],
      ['Nominated Node', 1],
      ['Readiness Gates', 1],
    ],
  )
})

test('a row tells all of a running pod', () => {
  const sent = {
    spec: { nodeName: 'n1', readinessGates: [{ conditionType: 'example.com/a' }, { conditionType: 'example.com/b' }] },
    status: {
      phase: 'Running',
      podIPs: [{ ip: '10.0.0.7' }],
      conditions: [{ type: 'example.com/a', status: 'True' }],
      containerStatuses: [
        {
          name: 'a',
          ready: true,
          restartCount: 3,
          state: { running: {} },
          lastState: { terminated: { exitCode: 1, finishedAt: ago(301) } },
        },
      ],
    },
  }
  assert.deepEqual(row(sent), ['web', '1/1', 'Running', '3 (5m1s ago)', '5m', '10.0.0.7', 'n1', '<none>', '1/2'])
})

const init = {
  initContainers: [
    { name: 'i', image: 'i' },
    { name: 'j', image: 'j' },
  ],
}
const side = { initContainers: [{ name: 's', image: 's', restartPolicy: 'Always' }] }
const container = (state: object, more: object = {}) => ({ name: 'a', restartCount: 0, ready: false, state, ...more })
const ready = { ready: true }
const states: readonly (readonly [string, object, string])[] = [
  ['nothing known', { status: { phase: 'Pending' } }, '0/1 Pending'],
  ['evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, '0/1 Evicted'],
  [
    'held back',
    {
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    },
    '0/1 SchedulingGated',
  ],
  [
    'being made',
    { status: { phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })] } },
    '0/1 ContainerCreating',
  ],
  [
    'crashing',
    { status: { phase: 'Running', containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] } },
    '0/1 CrashLoopBackOff',
  ],
  [
    'out of memory',
    {
      status: {
        phase: 'Failed',
        containerStatuses: [container({ terminated: { exitCode: 137, reason: 'OOMKilled' } })],
      },
    },
    '0/1 OOMKilled',
  ],
  [
    'ended with a code',
    { status: { phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 3 } })] } },
    '0/1 ExitCode:3',
  ],
  [
    'ended by a signal',
    { status: { phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 143, signal: 15 } })] } },
    '0/1 Signal:15',
  ],
  [
    'done',
    {
      status: {
        phase: 'Succeeded',
        containerStatuses: [container({ terminated: { exitCode: 0, reason: 'Completed' } })],
      },
    },
    '0/1 Completed',
  ],
  [
    'one done, one still running',
    {
      spec: {
        containers: [
          { name: 'a', image: 'a' },
          { name: 'b', image: 'b' },
        ],
      },
      status: {
        phase: 'Running',
        containerStatuses: [
          container({ terminated: { exitCode: 0, reason: 'Completed' } }),
          container({ running: {} }, { name: 'b', ...ready }),
        ],
      },
    },
    '1/2 NotReady',
  ],
  [
    'the first init container running',
    { spec: init, status: { phase: 'Pending', initContainerStatuses: [container({ running: {} }, { name: 'i' })] } },
    '0/1 Init:0/2',
  ],
  [
    'the second init container failed',
    {
      spec: init,
      status: {
        phase: 'Pending',
        initContainerStatuses: [
          container({ terminated: { exitCode: 0 } }, { name: 'i' }),
          container({ terminated: { exitCode: 1, reason: 'Error' } }, { name: 'j' }),
        ],
      },
    },
    '0/1 Init:Error',
  ],
  [
    'an init container crashing',
    {
      spec: init,
      status: {
        phase: 'Pending',
        initContainerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } }, { name: 'i' })],
      },
    },
    '0/1 Init:CrashLoopBackOff',
  ],
  [
    'a companion that is ready beside the container',
    {
      spec: side,
      status: {
        phase: 'Running',
        initContainerStatuses: [container({ running: {} }, { name: 's', started: true, ...ready })],
        containerStatuses: [container({ running: {} }, ready)],
      },
    },
    '2/2 Running',
  ],
  ['going away', { status: { phase: 'Running' }, metadata: { deletionTimestamp: ago(1) } }, '0/1 Terminating'],
  [
    'going away with its node lost',
    { status: { phase: 'Running', reason: 'NodeLost' }, metadata: { deletionTimestamp: ago(1) } },
    '0/1 Unknown',
  ],
]
for (const [what, sent, expected] of states) {
  test(`a pod that is ${what} reads ${expected}`, () => {
    assert.equal(row(sent).slice(1, 3).join(' '), expected)
  })
}
