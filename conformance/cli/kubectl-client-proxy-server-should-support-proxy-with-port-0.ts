// kubectl proxy takes a free port, says which, and gives the API there.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { startKubectl } from '../fixtures/kubectl.ts'

export const test = behaviour(
  { group: 'sig-cli', name: 'Kubectl client Proxy server should support proxy with --port 0', since: '1.9' },
  async (t) => {
    const proxy = await startKubectl(t, ['proxy', '--port=0', '--disable-filter'])
    const port = await t.eventually('the proxy says where it is', () => /127\.0\.0\.1:(\d+)/.exec(proxy.said())?.[1])
    const answer = await fetch(`http://127.0.0.1:${port}/api/`)
    const body = (await answer.json()) as Json
    assert.deepEqual([answer.status, body.kind], [200, 'APIVersions'])
    assert.ok(body.versions.includes('v1'))
  },
)
