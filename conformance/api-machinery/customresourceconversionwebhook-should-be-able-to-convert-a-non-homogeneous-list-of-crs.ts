// A list is of one version, whatever versions its objects are stored in.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { defineTwoVersions } from '../fixtures/conversion.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourceConversionWebhook should be able to convert a non homogeneous list of CRs',
    since: '1.16',
  },
  async (t) => {
    const custom = await defineTwoVersions(t)
    await t.post(custom.path(), custom.object('one', { hostPort: 'one:1' }))
    await custom.store('v2')
    await t.eventually('the new version is among those that are stored', async () =>
      (await t.get(custom.definitionPath)).status.storedVersions.includes('v2'),
    )
    await t.post(custom.path(undefined, { version: 'v2' }), custom.object('two', { host: 'two', port: '2' }, 'v2'))

    const first = await t.get(custom.path())
    assert.equal(first.apiVersion, `${custom.group}/v1`)
    assert.deepEqual(
      first.items.map(({ apiVersion, hostPort, host }: Json) => [apiVersion, hostPort, host]),
      [
        [`${custom.group}/v1`, 'one:1', undefined],
        [`${custom.group}/v1`, 'two:2', undefined],
      ],
    )
    const second = await t.get(custom.path(undefined, { version: 'v2' }))
    assert.deepEqual(
      second.items.map(({ apiVersion, host, port, hostPort }: Json) => [apiVersion, host, port, hostPort]),
      [
        [`${custom.group}/v2`, 'one', '1', undefined],
        [`${custom.group}/v2`, 'two', '2', undefined],
      ],
    )
  },
)
