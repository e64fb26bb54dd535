// Variables of a policy are there in its expressions, and in each other when they come before.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { bindPolicy, deploymentRule, makePolicy, tryDeployment } from '../fixtures/policies.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ValidatingAdmissionPolicy should allow expressions to refer variables.',
    since: '1.30',
  },
  async (t) => {
    const path = await makePolicy(t, 'validating', {
      matchConstraints: deploymentRule(t),
      variables: [
        { name: 'replicas', expression: 'object.spec.replicas' },
        { name: 'oddReplicas', expression: 'variables.replicas % 2 == 1' },
      ],
      validations: [
        { expression: 'variables.replicas > 1', message: 'more than one is wanted' },
        { expression: 'variables.oddReplicas', messageExpression: "'not odd: ' + string(variables.replicas)" },
      ],
    })
    await bindPolicy(t, 'validating', path)
    await t.eventually('the policy holds', async () => (await tryDeployment(t, 'marker', 1)).status !== 201)
    assert.match((await tryDeployment(t, 'one', 1)).body.message, /denied request: more than one is wanted/)
    assert.match((await tryDeployment(t, 'two', 2)).body.message, /denied request: not odd: 2/)
    assert.equal((await tryDeployment(t, 'three', 3)).status, 201)
  },
)
