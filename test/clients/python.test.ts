// Debian's python3-kubernetes goes through tour.py, where it says itself what it found: typed and dynamic clients,
// pages, watches, patches of every type, custom kinds, access, leader election, logs, exec and port-forward.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { run } from '#lib/exec.ts'
import { clusterFor, isReal, missingPython, python } from './cluster.ts'

const skip = await missingPython('kubernetes')

describe('python3-kubernetes', { skip, timeout: 300_000 }, () => {
  if (skip) return
  const cluster = clusterFor('py', { containers: true })

  test(`the tour, on ${isReal ? 'real' : 'simulated'} nodes`, async () => {
    const { code, stdout, stderr } = await run(python, ['-W', 'ignore', join(import.meta.dirname, 'tour.py')], {
      env: { ...cluster.env, CONTAINERS: isReal ? '1' : '0', PYTHONDONTWRITEBYTECODE: '1', TMPDIR: cluster.dir },
      timeoutMs: 240_000,
    })
    assert.equal(code, 0, `${stdout}\n${stderr}`)
  })
})
