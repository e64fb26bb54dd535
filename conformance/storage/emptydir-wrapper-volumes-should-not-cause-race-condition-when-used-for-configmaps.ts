// Five pods on one node, each with fifty config maps as volumes, all start with all that is in them.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { mount } from '../fixtures/data-volumes.ts'
import { markedNode } from '../fixtures/nodes.ts'
import { shell, waiting } from '../fixtures/shell.ts'
import { podsOf } from '../fixtures/workloads.ts'

const names = Array.from({ length: 50 }, (_, i) => `racing-${i}`)

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'EmptyDir wrapper volumes should not cause race condition when used for configmaps',
    since: '1.13',
    needs: ['pods'],
    serial: true,
    timeoutMs: 300_000,
  },
  async (t) => {
    await Promise.all(
      names.map((name) => t.post(t.path('v1', 'configmaps'), { metadata: { name }, data: { 'data-1': name } })),
    )
    const { nodeSelector } = await markedNode(t)
    const check = names.map((name) => `[ "$(cat /${name}/data-1)" = ${name} ]`).join(' && ')
    const container = shell(t, `${check} && touch /tmp/checked && ${waiting}`, {
      readinessProbe: { exec: { command: ['cat', '/tmp/checked'] }, periodSeconds: 1 },
      volumeMounts: names.map((name) => mount(name)),
    })
    await t.post(t.path('v1', 'replicationcontrollers'), {
      metadata: { name: 'racing' },
      spec: {
        replicas: 5,
        selector: { app: 'racing' },
        template: {
          metadata: { labels: { app: 'racing' } },
          spec: {
            nodeSelector,
            terminationGracePeriodSeconds: 0,
            containers: [container],
            volumes: names.map((name) => ({ name, configMap: { name } })),
          },
        },
      },
    })
    await t.eventually(
      'all five are ready',
      async () => {
        const { status } = await t.get(t.path('v1', 'replicationcontrollers', 'racing'))
        return status.readyReplicas === 5
      },
      { timeoutMs: 240_000 },
    )
    const pods = await podsOf(t, 'racing')
    assert.deepEqual(
      pods.map(({ status }) => status.containerStatuses[0].restartCount),
      [0, 0, 0, 0, 0],
    )
  },
)
