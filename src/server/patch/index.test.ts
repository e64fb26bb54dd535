import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { decode } from '#api/decode.ts'
import { deepFreeze } from '#lib/freeze.ts'
import { trackUpdate } from '../managed-fields.ts'
import { applyPatch } from './index.ts'

describe('applyPatch()', () => {
  const object = decode(ConfigMap, { metadata: { name: 'a' }, data: { a: '1' } }).object
  const current = deepFreeze(trackUpdate({ kind: ConfigMap, old: undefined, next: object, manager: 'x', nowMs: 0 }))
  const resets = [
    { type: 'merge', patch: { metadata: { managedFields: [] } } },
    { type: 'merge', patch: { metadata: { managedFields: [{}] } } },
    { type: 'strategic', patch: { metadata: { managedFields: [{}] } } },
    { type: 'json', patch: [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }] },
    { type: 'json', patch: [{ op: 'replace', path: '/metadata/managedFields', value: [] }] },
  ] as const
  for (const { type, patch } of resets) {
    it(`lets a ${type} patch ${JSON.stringify(patch)} strip the managed fields`, () => {
      const next = decode(ConfigMap, applyPatch({ kind: ConfigMap, type, patch, current })).object
      const stored = trackUpdate({ kind: ConfigMap, old: current, next, manager: 'x', nowMs: 0 })
      assert.deepEqual(stored, object)
    })
  }

  it('keeps the managed fields of who does not speak of them', () => {
    const patch = { metadata: { managedFields: null }, data: { b: '2' } }
    const next = decode(ConfigMap, applyPatch({ kind: ConfigMap, type: 'merge', patch, current })).object
    const stored = trackUpdate({ kind: ConfigMap, old: current, next, manager: 'y', nowMs: 0 }) as typeof object
    assert.deepEqual(
      stored.metadata.managedFields?.map(({ manager }) => manager),
      ['x', 'y'],
    )
  })

  it('merges strategically into the kind that is there, whatever kind the patch speaks of', () => {
    const patch = { apiVersion: 'apps/v1', kind: 'Deployment', data: { b: '2' } }
    const next = applyPatch({ kind: ConfigMap, type: 'strategic', patch, current })
    assert.deepEqual(next, { ...current, data: { a: '1', b: '2' } })
    const merged = applyPatch({ kind: ConfigMap, type: 'merge', patch, current })
    assert.throws(() => decode(ConfigMap, merged), /Deployment in version "v1" cannot be handled as a ConfigMap/)
  })
})
