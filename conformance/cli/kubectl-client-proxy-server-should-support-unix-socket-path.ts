// kubectl proxy gives the API behind a socket in the file system.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { behaviour } from '../behaviour.ts'
import { startKubectl } from '../fixtures/kubectl.ts'

const get = (socketPath: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => {
        text += chunk
      })
      answer.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl client Proxy server should support --unix-socket=/path',
    since: '1.9',
    clusterScoped: true,
  },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'conformance-proxy-'))
    t.cleanup(() => rmSync(folder, { recursive: true, force: true }))
    const socket = join(folder, 'socket')
    const proxy = await startKubectl(t, ['proxy', `--unix-socket=${socket}`])
    await t.eventually('the proxy is there', () => proxy.said().includes('Starting to serve on'))
    const body = JSON.parse(await get(socket, '/api/'))
    assert.equal(body.kind, 'APIVersions')
    assert.ok(body.versions.includes('v1'))
  },
)
