// A policy with a binding puts what its expression gives into what is created, as an apply does.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { bindPolicy, deploymentRule, makePolicy, tryDeployment } from '../fixtures/policies.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'MutatingAdmissionPolicy should mutate a Deployment', since: '1.36' },
  async (t) => {
    const path = await makePolicy(t, 'mutating', {
      matchConstraints: deploymentRule(t),
      reinvocationPolicy: 'Never',
      variables: [{ name: 'wanted', expression: 'object.spec.replicas + 2' }],
      matchConditions: [{ name: 'not-skipped', expression: "object.metadata.name != 'skipped'" }],
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression:
              "Object{metadata: Object.metadata{labels: {'mutated': 'yes'}}, spec: Object.spec{replicas: variables.wanted}}",
          },
        },
      ],
    })
    assert.equal((await tryDeployment(t, 'free', 1)).body.spec.replicas, 1)
    await bindPolicy(t, 'mutating', path)
    const mutated = await t.eventually('the policy holds', async () => {
      const { body } = await tryDeployment(t, 'mutated', 1)
      return body.spec?.replicas === 3 && body
    })
    assert.equal(mutated.metadata.labels.mutated, 'yes')
    assert.equal(mutated.spec.template.spec.containers.length, 1)
    const made = await t.post(t.path('apps/v1', 'deployments'), {
      metadata: { name: 'skipped' },
      spec: { ...mutated.spec, replicas: 0 },
    })
    assert.equal(made.spec.replicas, 0)
  },
)
