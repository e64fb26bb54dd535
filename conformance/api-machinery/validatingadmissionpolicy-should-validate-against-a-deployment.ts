// A policy with a binding refuses what its expression is false of, and its status tells whether the expressions fit
// the types that they are about.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { bindPolicy, deploymentRule, makePolicy, tryDeployment } from '../fixtures/policies.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'ValidatingAdmissionPolicy should validate against a Deployment', since: '1.30' },
  async (t) => {
    const path = await makePolicy(t, 'validating', {
      matchConstraints: deploymentRule(t),
      validations: [{ expression: "object.spec.replicas > 1 && object.metadata.name != 'never'" }],
    })
    const { status } = await t.eventually('the types of the policy are checked', async () => {
      const policy = await t.get(path)
      return policy.status?.observedGeneration === policy.metadata.generation && policy.status.typeChecking && policy
    })
    assert.equal(status.typeChecking.expressionWarnings, undefined)
    const wrong = await makePolicy(t, 'validating', {
      matchConstraints: deploymentRule(t),
      validations: [{ expression: "object.spec.replicas > '1'" }, { expression: 'object.spec.maxRetries > 10' }],
    })
    const warnings = await t.eventually('the types of the wrong one are checked', async () => {
      const policy = await t.get(wrong)
      return policy.status?.typeChecking?.expressionWarnings
    })
    assert.deepEqual(
      warnings.map(({ fieldRef }: { fieldRef: string }) => fieldRef),
      ['spec.validations[0].expression', 'spec.validations[1].expression'],
    )
    assert.match(warnings[0].warning, /found no matching overload for '_>_' applied to/)
    assert.match(warnings[1].warning, /undefined field 'maxRetries'/)

    assert.equal((await tryDeployment(t, 'free', 1)).status, 201)
    await bindPolicy(t, 'validating', path)
    await t.eventually('the policy holds', async () => (await tryDeployment(t, 'marker', 1)).status !== 201)
    const denied = await tryDeployment(t, 'refused', 1)
    assert.deepEqual([denied.status, denied.body.reason], [422, 'Invalid'])
    assert.match(
      denied.body.message,
      /ValidatingAdmissionPolicy '.*' with binding '.*' denied request: failed expression: /,
    )
    assert.equal((await tryDeployment(t, 'never', 2)).status, 422)
    assert.equal((await tryDeployment(t, 'allowed', 2)).status, 201)
  },
)
