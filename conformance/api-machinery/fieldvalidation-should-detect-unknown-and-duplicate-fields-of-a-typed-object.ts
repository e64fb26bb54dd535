// Strict validation names every unknown and every repeated field of a built-in kind, in create and apply.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { isStrictError, strictApply, strictCreate } from '../fixtures/strict.ts'

const bodyWith = (inSpec: string, inContainer: string): string => `{
  "apiVersion": "apps/v1",
  "kind": "Deployment",
  "metadata": { "name": "strict", "labels": { "app": "nginx" } },
  "spec": {
    "paused": true,
    "paused": false, ${inSpec}
    "selector": { "matchLabels": { "app": "nginx" } },
    "template": {
      "metadata": { "labels": { "app": "nginx" } },
      "spec": {
        "containers": [{
          "name": "nginx",
          "image": "nginx:latest", ${inContainer}
          "imagePullPolicy": "Always",
          "imagePullPolicy": "Never"
        }]
      }
    }
  }
}`
const unknown = bodyWith(`"unknown1": "val1", "unknownDupe": "a", "unknownDupe": "b",`, `"unknownNested": "val1",`)
const duplicates = bodyWith('', '')

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'FieldValidation should detect unknown and duplicate fields of a typed object',
    since: '1.27',
  },
  async (t) => {
    const path = t.path('apps/v1', 'deployments')
    isStrictError(
      await strictCreate(t, path, unknown),
      'unknown field "spec.unknown1"',
      'unknown field "spec.unknownDupe"',
      'duplicate field "spec.paused"',
      'unknown field "spec.template.spec.containers[0].unknownNested"',
      'duplicate field "spec.template.spec.containers[0].imagePullPolicy"',
    )
    const applied = await strictApply(t, `${path}/strict`, unknown)
    assert.ok(applied.status >= 400, applied.text)
    assert.match(applied.body.message, /spec\.unknown1/)
    const twice = await strictApply(t, `${path}/strict`, duplicates)
    assert.equal(twice.status, 400, twice.text)
    assert.match(twice.body.message, /key "paused" already set in map[\s\S]*key "imagePullPolicy" already set in map/)
    assert.equal((await t.request('GET', `${path}/strict`)).status, 404)
  },
)
