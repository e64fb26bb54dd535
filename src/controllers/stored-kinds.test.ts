import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnyKind, kind } from '#api/kind.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import { followStoredKinds, storedKinds } from './stored-kinds.ts'

const thing = (version: string) =>
  kind({ group: 'example.com', version, kind: 'Thing', plural: 'things', scope: 'Cluster', doc: '', fields: {} })

test('each stored kind is told once in one version, and when it goes', () => {
  const [v1, again, v2] = [thing('v1'), thing('v1'), thing('v2')]
  const kinds = new KindRegistry([v1])
  const heard: string[] = []
  const stop = followStoredKinds(kinds, {
    onKind: ({ version }) => heard.push(`+${version}`),
    onGone: ({ version }) => heard.push(`-${version}`),
  })
  kinds.replace([v1], [again])
  kinds.replace([again], [v2])
  kinds.remove(v2)
  kinds.add(v1)
  stop()
  kinds.remove(v1)
  assert.deepEqual(heard, ['+v1', '-v1', '+v2', '-v2', '+v1'])
})

test('a kind that was made anew meanwhile is told to be gone as the one that was told to be there', () => {
  const [first, again] = [thing('v1'), thing('v1')]
  const kinds = new KindRegistry([first])
  const there = new Set<AnyKind>()
  const stop = followStoredKinds(kinds, { onKind: (kind) => there.add(kind), onGone: (kind) => there.delete(kind) })
  kinds.replace([first], [again])
  kinds.remove(again)
  stop()
  assert.equal(there.size, 0)
})

test('of several versions, that in which objects are stored is the one', () => {
  const stored = { ...thing('v1'), verbs: [] }
  const face = (version: string): AnyKind => ({
    ...thing(version),
    storedAs: { kind: stored, toStored: (object) => object, fromStored: (object) => object },
  })
  assert.deepEqual(
    storedKinds(new KindRegistry([face('v2'), face('v1'), face('v1beta1')])).map(({ version }) => version),
    ['v1'],
  )
})
