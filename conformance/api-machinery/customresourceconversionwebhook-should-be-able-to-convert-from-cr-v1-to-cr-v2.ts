// What was written in one version is read in the other, as the webhook converts it.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { defineTwoVersions } from '../fixtures/conversion.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourceConversionWebhook should be able to convert from CR v1 to CR v2',
    since: '1.16',
  },
  async (t) => {
    const custom = await defineTwoVersions(t)
    const name = 'converted'
    const created = await t.post(custom.path(), custom.object(name, { hostPort: 'localhost:8080' }))
    const second = await t.get(custom.path(name, { version: 'v2' }))
    assert.equal(second.apiVersion, `${custom.group}/v2`)
    assert.deepEqual([second.host, second.port, second.hostPort], ['localhost', '8080', undefined])
    assert.equal(second.metadata.uid, created.metadata.uid)
    const first = await t.get(custom.path(name))
    assert.deepEqual(
      [first.apiVersion, first.hostPort, first.host],
      [`${custom.group}/v1`, 'localhost:8080', undefined],
    )
  },
)
