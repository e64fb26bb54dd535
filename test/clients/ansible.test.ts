// Ansible with its collection kubernetes.core runs a play: it applies, waits, changes, rolls back, and takes away. What
// the server answers is asserted in the play itself, play.yml, one task after the other.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { run } from '#lib/exec.ts'
import { clusterFor, missing, missingPython, programAt, python } from './cluster.ts'

const skip = missing('ansible-playbook') || (await missingPython('kubernetes'))

describe('Ansible with kubernetes.core', { skip, timeout: 300_000 }, () => {
  if (skip) return
  const cluster = clusterFor('ans')

  test('a play does what it says, and a task that is repeated changes nothing', async () => {
    const variables = JSON.stringify({ kubeconfig: cluster.kubeconfig, ansible_python_interpreter: python })
    const env = {
      ...cluster.env,
      // Whatever it writes goes with the cluster.
      TMPDIR: cluster.dir,
      ANSIBLE_HOME: join(cluster.dir, 'ansible'),
      ANSIBLE_REMOTE_TEMP: join(cluster.dir, 'ansible', 'tmp'),
      ANSIBLE_NOCOLOR: '1',
      LC_ALL: 'C.UTF-8',
    }
    const args = ['-e', variables, join(import.meta.dirname, 'play.yml')]
    const playbook = programAt('ansible-playbook') as string
    const { code, stdout, stderr } = await run(playbook, args, { env, timeoutMs: 240_000 })
    assert.equal(code, 0, `${stdout.slice(-6000)}\n${stderr}`)
    assert.match(stdout, /failed=0 .* ignored=1/)
  })
})
