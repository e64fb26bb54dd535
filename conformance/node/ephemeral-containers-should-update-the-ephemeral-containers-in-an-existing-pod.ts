// Containers are added to a pod that is there, each under a name of its own, and none is changed or taken away.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { makePod } from '../fixtures/nodes.ts'
import { refused } from '../fixtures/refused.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Ephemeral Containers should update the ephemeral containers in an existing pod',
    since: '1.28',
  },
  async (t) => {
    await makePod(t, 'debugged')
    await podReady(t, 'debugged')
    const path = t.path('v1', 'pods', 'debugged', 'ephemeralcontainers')
    const names = ({ spec }: Json) => spec.ephemeralContainers?.map(({ name }: Json) => name)
    const container = (name: string) => ({
      name,
      image: t.idleImage,
      terminationMessagePolicy: 'File',
      imagePullPolicy: 'IfNotPresent',
    })
    const patched = await t.patch(path, 'strategic', { spec: { ephemeralContainers: [container('first')] } })
    assert.deepEqual(names(patched), ['first'])
    const updated = await updateLatest(t, path, ({ spec }) => {
      spec.ephemeralContainers.push(container('second'))
    })
    assert.deepEqual(names(updated), ['first', 'second'])
    assert.deepEqual(names(await t.get(path)), ['first', 'second'])
    const change = { spec: { ephemeralContainers: [{ name: 'first', image: 'example.com/other:1' }] } }
    await refused(t.patch(path, 'strategic', change), { code: 422, reason: 'Invalid' })
    await refused(
      t.patch(t.path('v1', 'pods', 'debugged'), 'strategic', { spec: { ephemeralContainers: [container('third')] } }),
      { code: 422 },
    )
  },
)
