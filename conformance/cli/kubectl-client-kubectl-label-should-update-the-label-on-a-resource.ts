// A label is set, shown in a column of its own, and taken away.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { createWith } from '../fixtures/kubectl.ts'
import { idlePod } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-cli', name: 'Kubectl client Kubectl label should update the label on a resource', since: '1.9' },
  async (t) => {
    await createWith(t, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'idle' }, spec: idlePod(t) })
    const shown = async () => (await t.kubectl(['get', 'pod', 'idle', '-L', 'testing-label'])).stdout
    await t.kubectl(['label', 'pods', 'idle', 'testing-label=testing-label-value'])
    assert.match(await shown(), /TESTING-LABEL[\s\S]*testing-label-value/)
    const taken = await t.kubectl(['label', 'pods', 'idle', 'testing-label=other'], { fails: true })
    assert.match(taken.stderr, /already has a value/)
    await t.kubectl(['label', 'pods', 'idle', 'testing-label-'])
    assert.doesNotMatch(await shown(), /testing-label-value/)
    assert.equal((await t.get(t.path('v1', 'pods', 'idle'))).metadata.labels?.['testing-label'], undefined)
  },
)
