// What one container writes into a folder of the pod, another reads there.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { mount } from '../fixtures/data-volumes.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'EmptyDir volumes pod should support shared volumes between containers',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const read = 'until [ -e /volume/done ]; do sleep 0.2; done; cat /volume/word; echo back > /volume/answer'
    const write =
      'echo hello > /volume/word; touch /volume/done; until grep -q back /volume/answer 2> /dev/null; do sleep 0.2; done'
    const volumeMounts = [mount('volume')]
    const said = await outputOf(t, 'shared', {
      containers: [shell(t, read, { volumeMounts }), shell(t, write, { name: 'writer', volumeMounts })],
      volumes: [{ name: 'volume', emptyDir: {} }],
    })
    assert.equal(said, 'hello\n')
  },
)
