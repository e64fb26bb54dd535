// A policy changes annotations by a JSON patch, and what stood there stays.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { bindPolicy, deploymentRule, makePolicy, tryDeployment } from '../fixtures/policies.ts'

const expression = `[
  JSONPatch{
    op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("example.com/mutated"),
    value: "by-" + request.operation.lowerAscii()
  },
  JSONPatch{op: "test", path: "/metadata/annotations/before", value: "there"}
]`

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'MutatingAdmissionPolicy should mutate a Deployment with annotations',
    since: '1.36',
  },
  async (t) => {
    const path = await makePolicy(t, 'mutating', {
      matchConstraints: deploymentRule(t),
      reinvocationPolicy: 'IfNeeded',
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
    })
    await bindPolicy(t, 'mutating', path)
    const annotations = await t.eventually('the policy holds', async () => {
      const { body } = await tryDeployment(t, 'mutated', 1, { annotations: { before: 'there' } })
      return body.metadata?.annotations?.['example.com/mutated'] && body.metadata.annotations
    })
    assert.deepEqual(annotations, { before: 'there', 'example.com/mutated': 'by-create' })
  },
)
