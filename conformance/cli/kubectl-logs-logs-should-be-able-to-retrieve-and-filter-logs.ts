// Logs are read whole, from their end, from a moment on, up to a size, and with the times of their lines.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { waiting } from '../fixtures/shell.ts'

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl logs logs should be able to retrieve and filter logs',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    await t.kubectl([
      ...['run', 'logs', '--restart=Never', `--image=${t.image}`, '--command', '--'],
      ...['/bin/sh', '-c', `for i in $(seq 20); do echo "line $i"; done; ${waiting}`],
    ])
    const logs = async (...args: readonly string[]) => (await t.kubectl(['logs', 'logs', ...args])).stdout
    await t.eventually('the last line is there', async () => (await logs()).includes('line 20'))
    assert.deepEqual(
      lines(await logs()),
      Array.from({ length: 20 }, (_, i) => `line ${i + 1}`),
    )
    assert.equal(await logs('--tail=1'), 'line 20\n')
    assert.equal(await logs('--limit-bytes=1'), 'l')
    const [stamped = ''] = lines(await logs('--tail=1', '--timestamps'))
    assert.match(stamped, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d) line 20$/)
    assert.equal(lines(await logs('--since=24h')).length, 20)
    await t.eventually('all lines are older than a second', async () => (await logs('--since=1s')) === '')
  },
)
