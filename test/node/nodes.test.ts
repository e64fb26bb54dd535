// Real nodes, real containers, real kubectl: what a user sees. One cluster serves all topics. Those that leave the
// cluster's own parts alone run side by side, each in its namespace; then come those that kill parts of it.
// TOPICS=heal,rollout in the environment runs only these; LOGS=dir keeps there what the parts have logged.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { buildImages, gracePeriodSeconds, keepLogs, remove, TestCluster, whyNot } from './cluster.ts'
import { config } from './config.ts'
import { conformance } from './conformance.ts'
import { deploy } from './deploy.ts'
import { durability } from './durability.ts'
import { heal } from './heal.ts'
import { kubectlTour } from './kubectl-tour.ts'
import { nodeDeath } from './node-death.ts'
import { rollout } from './rollout.ts'
import { scheduling } from './scheduling.ts'
import { difference, survey } from './traces.ts'
import { usage } from './usage.ts'
import { volumes } from './volumes.ts'
import { webhooks } from './webhooks.ts'

const reason = whyNot()

const wanted = process.env.TOPICS?.split(',')
const isWanted = (topic: string): boolean => wanted === undefined || wanted.includes(topic)

describe('real nodes', { skip: reason ?? false, concurrency: 1 }, () => {
  if (reason) return
  const cluster = new TestCluster(`t${process.pid}`)
  const traces = survey(cluster)

  before(async () => {
    await cluster.up(3, [`--node-monitor-grace-period=${gracePeriodSeconds}s`])
    await buildImages(cluster)
  })
  after(async () => {
    keepLogs(cluster)
    await cluster.down()
    remove(cluster)
  })

  describe('side by side', { concurrency: 3 }, () => {
    for (const topic of [rollout, heal, deploy, kubectlTour, volumes, config, scheduling, webhooks, usage])
      if (isWanted(topic.name)) topic(cluster)
  })
  for (const topic of [conformance, durability, nodeDeath]) if (isWanted(topic.name)) topic(cluster)

  test('kill -9 of everything, and down, leave the machine as it was', async () => {
    keepLogs(cluster)
    for (let left = cluster.processes(); left.length > 0; left = cluster.processes()) {
      for (const pid of left) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // It has ended with its parent.
        }
      }
    }
    await cluster.down()
    assert.deepEqual(difference(cluster, traces, survey(cluster)), {})
  })

  test('up again, and down, leave the machine as it was', async () => {
    await cluster.up(2)
    await cluster.pinnace('image', 'build', new URL('tools', import.meta.url).pathname, '--tag', 'tools:v1')
    await cluster.kubectl(['run', 'one', '--image=tools:v1', '--restart=Never'])
    await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/one', '--timeout=30s'])
    await cluster.down()
    assert.deepEqual(difference(cluster, traces, survey(cluster)), {})
  })
})
