import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { deepFreeze } from '#lib/freeze.ts'
import { applyMergePatch } from './merge.ts'

describe('applyMergePatch()', () => {
  // The examples of RFC 7386, appendix A, as far as an object can have them.
  const cases: readonly [object: object, patch: unknown, result: object][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: 1 }, { l: [{ x: null, y: 1 }, null] }, { a: 1, l: [{ y: 1 }, null] }],
    [{ a: 1 }, {}, { a: 1 }],
  ]
  for (const [object, patch, result] of cases) {
    it(`makes ${JSON.stringify(result)} of ${JSON.stringify(object)} and ${JSON.stringify(patch)}`, () => {
      assert.deepEqual(applyMergePatch(deepFreeze(object), deepFreeze(patch)), result)
    })
  }

  const refused = Object.entries({ array: [], string: 'x', number: 1, null: null, bool: true })
  for (const [type, patch] of refused) {
    it(`refuses ${JSON.stringify(patch)}`, () => {
      const text = `error decoding patch: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`
      assert.throws(() => applyMergePatch({}, patch), { code: 400, message: text })
    })
  }

  it('keeps a key called __proto__ a key', () => {
    const next = applyMergePatch({}, JSON.parse('{"data":{"__proto__":{"x":"y"}}}')) as { data: object }
    assert.deepEqual(Object.keys(next.data), ['__proto__'])
    assert.equal(Object.getPrototypeOf(next.data), Object.prototype)
  })

  it('changes nothing the second time', () => {
    const json = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true })
    fc.assert(
      fc.property(json, json, (object, patch) => {
        const once = applyMergePatch(deepFreeze(object), deepFreeze(patch))
        assert.deepEqual(applyMergePatch(deepFreeze(once), patch), once)
      }),
      { seed: 3 },
    )
  })
})
