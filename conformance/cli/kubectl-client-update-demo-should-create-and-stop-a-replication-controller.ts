// A controller is made from a file, has its pods, and takes them with it.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { createWith } from '../fixtures/kubectl.ts'
import { countOfPods, idleTemplate, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl client Update Demo should create and stop a replication controller',
    since: '1.9',
  },
  async (t) => {
    const controller = {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'demo' },
      spec: { replicas: 2, selector: { app: 'demo' }, template: idleTemplate(t, { app: 'demo' }) },
    }
    await createWith(t, controller)
    for (const { metadata } of await countOfPods(t, 'demo', 2)) await podReady(t, metadata.name)
    const names = '--template={{range .items}}{{.metadata.name}} {{end}}'
    const { stdout } = await t.kubectl(['get', 'pods', '-l', 'app=demo', '-o', 'template', names])
    assert.equal(stdout.trim().split(' ').length, 2)
    await t.kubectl(['delete', '--grace-period=0', '--force', '-f', '-'], { stdin: JSON.stringify(controller) })
    assert.equal((await t.kubectl(['get', 'rc,services', '-l', 'app=demo', '--no-headers'])).stdout, '')
    await countOfPods(t, 'demo', 0)
  },
)
