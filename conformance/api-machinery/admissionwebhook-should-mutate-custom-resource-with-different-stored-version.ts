// A webhook for one version goes on to change objects when another one becomes the stored version.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, dataSchema, mutateByStages, rule } from '../fixtures/admission.ts'
import { define, versionOf } from '../fixtures/definition.ts'

const versions = (stored: string) =>
  ['v1', 'v2'].map((name) => versionOf(name, { storage: name === stored, schema: { openAPIV3Schema: dataSchema() } }))

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook should mutate custom resource with different stored version',
    since: '1.16',
  },
  async (t) => {
    const custom = await define(t, { versions: versions('v1') })
    const hooks = await admission(t, { '/mutate': mutateByStages })
    const rules = [{ ...rule(custom.group, custom.plural, 'CREATE', 'UPDATE'), apiVersions: ['v1'] }]
    await hooks.register('mutating', [hooks.hook('/mutate', { rules })])
    const made = await t.post(custom.path(), custom.object('stored', { data: { 'mutation-start': 'yes' } }))
    assert.deepEqual(made.data, { 'mutation-start': 'yes', 'mutation-stage-1': 'yes' })
    await t.patch(custom.definitionPath, 'merge', { spec: { versions: versions('v2') } })
    await t.eventually('v2 is stored', async () =>
      (await t.get(custom.definitionPath)).status.storedVersions.includes('v2'),
    )
    const second = custom.path('stored', { version: 'v2' })
    const patched = await t.patch(second, 'merge', { data: { patched: 'yes' } })
    assert.equal(patched.apiVersion, `${custom.group}/v2`)
    assert.partialDeepStrictEqual(patched.data, { patched: 'yes', 'mutation-stage-2': 'yes' })
    assert.deepEqual((await t.get(custom.path('stored'))).data, patched.data)
  },
)
