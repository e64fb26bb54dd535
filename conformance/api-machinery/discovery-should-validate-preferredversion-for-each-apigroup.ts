// The preferred version of a group is one of its versions.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Discovery should validate PreferredVersion for each APIGroup',
    since: '1.19',
    clusterScoped: true,
  },
  async (t) => {
    const { groups } = await t.get('/apis')
    assert.ok(groups.length > 10)
    for (const { name, preferredVersion, versions } of groups) {
      // Those of other behaviours may go at any moment.
      if (name.endsWith('.example.com')) continue
      const own = await t.get(`/apis/${name}`)
      assert.deepEqual(own.preferredVersion, preferredVersion)
      assert.deepEqual(own.versions, versions)
      assert.deepEqual(
        versions.find(({ groupVersion }: { groupVersion: string }) => groupVersion === preferredVersion.groupVersion),
        preferredVersion,
        name,
      )
      assert.equal(preferredVersion.groupVersion, `${name}/${preferredVersion.version}`)
    }
  },
)
