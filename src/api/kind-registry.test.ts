import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kind } from './kind.ts'
import { KindRegistry } from './kind-registry.ts'
import { builtIn, kindFor, kinds } from './kinds.ts'

const thing = (version: string) =>
  kind({ group: 'example.com', version, kind: 'Thing', plural: 'things', scope: 'Cluster', doc: '', fields: {} })

test('every built-in kind is found by its address and by its name', () => {
  for (const each of kinds) {
    assert.equal(kindFor(each.group, each.version, each.plural), each)
    assert.equal(builtIn.kindOf(each.apiVersion, each.kind), each)
  }
  assert.equal(kindFor('', 'v2', 'pods'), undefined)
})

test('kinds come and go at run time, and subscribers hear of it once for each change', () => {
  const registry = new KindRegistry(kinds)
  const heard: string[] = []
  const stop = registry.subscribe(({ added, removed }) =>
    heard.push(`+${added.map((k) => k.version)} -${removed.map((k) => k.version)}`),
  )
  const [v1, v2] = [thing('v1'), thing('v2')]
  registry.add(v1)
  registry.replace([v1], [v2])
  assert.equal(registry.kindFor('example.com', 'v1', 'things'), undefined)
  assert.equal(registry.kindOf('example.com/v2', 'Thing'), v2)
  assert.equal(registry.inGroup('example.com', 'Thing'), v2)
  assert.equal(registry.all.length, kinds.length + 1)
  registry.remove(v2, v1)
  stop()
  registry.add(v1)
  assert.deepEqual(heard, ['+v1 -', '+v2 -v1', '+ -v2'])
  assert.equal(registry.generation, 4)
})

test('removing a kind that has been replaced leaves the one that is there', () => {
  const [old, next] = [thing('v1'), thing('v1')]
  const registry = new KindRegistry([old])
  registry.add(next)
  registry.remove(old)
  assert.equal(registry.kindFor('example.com', 'v1', 'things'), next)
})
