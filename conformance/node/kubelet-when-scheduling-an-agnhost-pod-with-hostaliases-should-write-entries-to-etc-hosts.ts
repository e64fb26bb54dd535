// The names that a pod gives addresses are in its hosts file.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Kubelet when scheduling an agnhost Pod with hostAliases should write entries to /etc/hosts',
    since: '1.13',
    needs: ['pods'],
  },
  async (t) => {
    const hostAliases = [{ ip: '123.45.67.89', hostnames: ['foo', 'bar'] }]
    const said = await outputOf(t, 'named', { hostAliases, containers: [shell(t, 'cat /etc/hosts')] })
    assert.match(said, /^123\.45\.67\.89\s+foo\s+bar$/m)
  },
)
