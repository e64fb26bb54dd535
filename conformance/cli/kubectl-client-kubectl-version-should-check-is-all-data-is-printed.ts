// Client and server both say all of their version.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  { group: 'sig-cli', name: 'Kubectl client Kubectl version should check is all data is printed', since: '1.9' },
  async (t) => {
    const { stdout } = await t.kubectl(['version', '-o', 'json'])
    const { clientVersion, serverVersion } = JSON.parse(stdout)
    const fields = 'major minor gitVersion gitCommit gitTreeState buildDate goVersion compiler platform'.split(' ')
    const asked = await t.get('/version')
    for (const field of fields) {
      assert.ok(clientVersion[field], `the client says ${field}`)
      assert.equal(typeof asked[field], 'string', field)
      assert.equal(serverVersion[field], asked[field])
    }
    for (const field of ['major', 'minor', 'gitVersion', 'buildDate', 'platform']) assert.ok(asked[field], field)
    const short = (await t.kubectl(['version'])).stdout
    assert.match(short, /Client Version: v\d+/)
    assert.match(short, /Server Version: v\d+/)
  },
)
