import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  Collector,
  canonical,
  difference,
  equals,
  type FieldSet,
  formatStep,
  intersection,
  isSubset,
  keyStep,
  paths,
  union,
  valueStep,
} from './field-set.ts'

const step = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1')

const { root: sets } = fc.letrec<{ set: unknown; root: FieldSet | undefined }>((tie) => ({
  set: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({}),
    fc.dictionary(fc.oneof(step, fc.constant('.')), tie('set'), { maxKeys: 3, noNullPrototype: true }),
  ),
  root: fc
    .dictionary(step, tie('set'), { maxKeys: 3, noNullPrototype: true })
    .map((set) => (Object.keys(set).length === 0 ? undefined : canonical(set))),
}))

const members = (set: FieldSet | undefined): Set<string> => new Set(paths(set))

const sameAs = (set: FieldSet | undefined, wanted: Set<string>): void => {
  assert.deepEqual([...members(set)].sort(), [...wanted].sort())
  if (set !== undefined) assert.deepEqual(JSON.stringify(canonical(set)), JSON.stringify(set), 'sorted, nothing empty')
}

describe('field sets', () => {
  it('are sets of paths', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [x, y] = [members(a), members(b)]
        sameAs(union(a, b), x.union(y))
        sameAs(intersection(a, b), x.intersection(y))
        sameAs(difference(a, b), x.difference(y))
        assert.equal(equals(a, b), x.symmetricDifference(y).size === 0)
        assert.equal(isSubset(a, b), x.isSubsetOf(y))
      }),
      { numRuns: 3000, seed: 17 },
    )
  })

  it('come back as they are where nothing changes', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const both = union(a, b)
        assert.equal(union(both, a), both)
        assert.equal(union(both, b), both)
        assert.equal(intersection(a, both), a)
        assert.equal(difference(a, difference(b, a)), a)
      }),
      { seed: 17 },
    )
  })

  it('print their paths as upstream does', () => {
    const set = canonical({
      'f:spec': {
        'f:ports': { 'k:{"protocol":"TCP", "port":80}': { '.': {}, 'f:name': {} } },
        'f:words': { 'v:"a"': {} },
      },
      'f:list': { 'i:3': {} },
    })
    assert.deepEqual(
      [...paths(set)],
      [
        '.list[3]',
        '.spec.ports[port=80,protocol="TCP"]',
        '.spec.ports[port=80,protocol="TCP"].name',
        '.spec.words[="a"]',
      ],
    )
  })

  it('build steps in one spelling', () => {
    assert.equal(keyStep([['name', 'a"b']]), 'k:{"name":"a\\"b"}')
    assert.equal(valueStep('x'), 'v:"x"')
    assert.equal(formatStep('f:x'), '.x')
  })

  for (const nonsense of [1, null, [], { a: {} }, { 'f:a': [] }, { 'k:[]': {} }, { 'v:': {} }, { 'i:x': {} }]) {
    it(`are not ${JSON.stringify(nonsense)}`, () => assert.throws(() => canonical(nonsense)))
  }

  it('are not nested without end', () => {
    const deep = JSON.parse(`${'{"f:x":'.repeat(50_000)}{}${'}'.repeat(50_000)}`)
    assert.throws(() => canonical(deep), /nested too deep/)
  })
})

describe('Collector', () => {
  const inDisorder = (count: number) => Array.from({ length: count }, (_, i) => `f:${(i * 7919) % count}`)
  for (const count of [1, 2, 12, 500]) {
    it(`gives ${count} steps sorted, and a step that came twice as a whole`, () => {
      const out = new Collector(true)
      const below = { 'f:x': {} }
      for (const step of [...inDisorder(count), 'f:0']) out.put(step, below)
      const set = out.done()!
      assert.deepEqual(Object.keys(set), ['.', ...inDisorder(count).sort()])
      assert.deepEqual(set['f:0'], {})
      if (count > 1) assert.equal(set['f:1'], below)
    })
  }

  it('is empty where nothing was put into it', () => {
    assert.equal(new Collector(false).done(), undefined)
    assert.deepEqual(new Collector(true).done(), {})
  })
})
