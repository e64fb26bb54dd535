// A match condition keeps a webhook from being asked.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, mutateByStages, rule } from '../fixtures/admission.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: "AdmissionWebhook should mutate everything except 'skip-me' configmaps",
    since: '1.28',
  },
  async (t) => {
    const asked: string[] = []
    const hooks = await admission(t, {
      '/mutate': (request) => {
        asked.push(request.name)
        return mutateByStages(request)
      },
    })
    const matchConditions = [
      { name: 'not-skipped', expression: "object.metadata.name != 'skip-me'" },
      { name: 'by-request', expression: "request.operation == 'CREATE' && request.resource.resource == 'configmaps'" },
    ]
    await hooks.register('mutating', [
      hooks.hook('/mutate', { rules: [rule('', 'configmaps')], fields: { matchConditions } }),
    ])
    const data = { 'mutation-start': 'yes' }
    const make = (name: string) => t.post(t.path('v1', 'configmaps'), { metadata: { name }, data })
    assert.deepEqual((await make('skip-me')).data, data)
    assert.deepEqual((await make('mutate-me')).data, { ...data, 'mutation-stage-1': 'yes' })
    assert.deepEqual(
      asked.filter((name) => name !== 'marker'),
      ['mutate-me'],
    )
  },
)
