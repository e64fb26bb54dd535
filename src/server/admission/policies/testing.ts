// For tests of policies: deployments to have them look at.

import assert from 'node:assert/strict'
import type { Answer } from '../../fixture.ts'

export const group = '/apis/admissionregistration.k8s.io/v1'
export const deployments = '/apis/apps/v1/namespaces/default/deployments'

export const deployment = (name: string, replicas = 1, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
  },
})

export async function made(answer: Promise<Answer>): Promise<Answer> {
  const done = await answer
  assert.equal(done.status, 201, done.text)
  return done
}
