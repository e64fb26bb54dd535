// The core group's v1 is among the versions that kubectl finds.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl client Kubectl api-versions should check if v1 is in available api versions',
    since: '1.9',
  },
  async (t) => {
    const { stdout } = await t.kubectl(['api-versions'])
    assert.ok(stdout.split('\n').includes('v1'), stdout)
  },
)
