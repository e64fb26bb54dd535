import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { equalJson, formatGo, isObject, own, put } from './json.ts'

describe('equalJson()', () => {
  it('agrees with a comparison of texts', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        assert.equal(equalJson(a, structuredClone(a)), true)
        if (!equalJson(a, b)) assert.notEqual(JSON.stringify(a), JSON.stringify(b))
      }),
      { seed: 19 },
    )
  })

  const pairs: readonly [a: unknown, b: unknown, same: boolean][] = [
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: undefined }, {}, true],
    [{}, { a: undefined }, true],
    [{ a: null }, {}, false],
    [[], {}, false],
    [{}, [], false],
    [[1], [1, 2], false],
    [null, {}, false],
    [1, '1', false],
    [{ constructor: 1 }, {}, false],
    [{ toString: undefined }, {}, true],
  ]
  for (const [a, b, same] of pairs) {
    it(`finds ${JSON.stringify(a)} and ${JSON.stringify(b)} ${same ? 'the same' : 'different'}`, () => {
      assert.equal(equalJson(a, b), same)
    })
  }
})

describe('formatGo()', () => {
  it('prints decoded JSON as Go does', () => {
    assert.equal(formatGo({ b: [1, 'x', null], a: { c: true } }), 'map[a:map[c:true] b:[1 x <nil>]]')
  })
})

describe('own() and put()', () => {
  it('take every key for a key of the object', () => {
    const object: Record<string, unknown> = {}
    assert.equal(own(object, 'constructor'), undefined)
    put(object, '__proto__', { x: 1 })
    put(object, 'a', 1)
    assert.deepEqual(Object.keys(object), ['__proto__', 'a'])
    assert.deepEqual(own(object, '__proto__'), { x: 1 })
    assert.equal(isObject(Object.getPrototypeOf(object)), true)
    assert.equal('x' in object, false)
  })
})
