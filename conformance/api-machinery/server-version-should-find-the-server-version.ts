// /version says which release this is, in parts that are whole numbers.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'server version should find the server version',
    since: '1.19',
    clusterScoped: true,
  },
  async (t) => {
    const version = await t.get('/version')
    assert.match(version.major, /^\d+$/)
    // A vendor may add something, as in "37+".
    assert.match(version.minor, /^\d+/)
    assert.match(version.gitVersion, new RegExp(`^v${version.major}\\.${Number.parseInt(version.minor, 10)}\\.`))
  },
)
