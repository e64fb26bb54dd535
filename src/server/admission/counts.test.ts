import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forbidden } from '#api/status-error.ts'
import { testServer } from '../fixture.ts'
import type { AdmissionPlugin } from './admission.ts'

test('admission is timed as a whole and by plugin, under upstream names', async () => {
  const wait = async (ms: number) => api.clock.advance(ms)
  const slow: AdmissionPlugin = { name: 'Slow', handles: () => true, mutate: () => wait(30) }
  const strict: AdmissionPlugin = {
    name: 'Strict',
    handles: ({ kind }) => kind.resource === 'configmaps',
    mutate: () => {},
    validate: ({ kind, name }) => {
      if (name === 'bad') throw forbidden(kind, name, 'no')
    },
  }
  const api = await testServer({ admission: [slow, strict], namespaces: [] })
  const url = '/api/v1/namespaces/default/configmaps'
  for (const name of ['bad', 'good']) await api.ask('POST', url, { metadata: { name } })
  await api.ask('DELETE', `${url}/good`)
  const { text } = await api.ask('GET', '/metrics')
  const prefix = 'apiserver_admission'
  for (const line of [
    `# TYPE ${prefix}_step_admission_duration_seconds histogram`,
    `${prefix}_step_admission_duration_seconds_count{operation="CREATE",rejected="false",type="admit"} 2`,
    `${prefix}_step_admission_duration_seconds_count{operation="CREATE",rejected="true",type="validate"} 1`,
    `${prefix}_step_admission_duration_seconds_count{operation="CREATE",rejected="false",type="validate"} 1`,
    `${prefix}_step_admission_duration_seconds_count{operation="DELETE",rejected="false",type="validate"} 1`,
    `${prefix}_controller_admission_duration_seconds_bucket{name="Slow",operation="CREATE",rejected="false",type="admit",le="0.025"} 0`,
    `${prefix}_controller_admission_duration_seconds_bucket{name="Slow",operation="CREATE",rejected="false",type="admit",le="0.1"} 2`,
    `${prefix}_controller_admission_duration_seconds_sum{name="Slow",operation="CREATE",rejected="false",type="admit"} 0.06`,
    `${prefix}_controller_admission_duration_seconds_count{name="Strict",operation="CREATE",rejected="true",type="validate"} 1`,
    `${prefix}_controller_admission_duration_seconds_count{name="Strict",operation="CREATE",rejected="false",type="validate"} 1`,
  ])
    assert.ok(text.includes(`${line}\n`), `${line}\n${text}`)
  await api.stop()
})
