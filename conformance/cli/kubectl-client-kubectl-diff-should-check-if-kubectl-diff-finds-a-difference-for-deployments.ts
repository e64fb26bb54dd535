// The server says what would become of a Deployment, and kubectl shows in what it differs from what is there.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { createWith } from '../fixtures/kubectl.ts'

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl client Kubectl diff should check if kubectl diff finds a difference for Deployments',
    since: '1.19',
  },
  async (t) => {
    const deployment = (image: string): Json => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'differs', labels: { app: 'differs' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'differs' } },
        template: { metadata: { labels: { app: 'differs' } }, spec: { containers: [{ name: 'idle', image }] } },
      },
    })
    await createWith(t, deployment(t.idleImage))
    const same = await t.kubectl(['diff', '-f', '-'], { stdin: JSON.stringify(deployment(t.idleImage)) })
    assert.equal(same.stdout, '')
    const other = 'example.com/other:1'
    const { stdout } = await t.kubectl(['diff', '-f', '-'], { stdin: JSON.stringify(deployment(other)), fails: true })
    assert.match(stdout, new RegExp(`^-.*image: ${t.idleImage}$`, 'm'))
    assert.match(stdout, new RegExp(`^\\+.*image: ${other}$`, 'm'))
    const { spec } = await t.get(t.path('apps/v1', 'deployments', 'differs'))
    assert.equal(spec.template.spec.containers[0].image, t.idleImage)
  },
)
