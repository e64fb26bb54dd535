import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Operation, applyPatch as reference } from 'rfc6902'
import { StatusError } from '#api/status-error.ts'
import { deepFreeze } from '#lib/freeze.ts'
import { applyJsonPatch } from './json.ts'

const codeOf = (run: () => unknown): number | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    assert.ok(error instanceof StatusError, String(error))
    return error.code
  }
}

const whyOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return String(((error as Error).cause as Error).message)
  }
  return ''
}

describe('applyJsonPatch()', () => {
  const cases: readonly [name: string, object: object, patch: unknown[], result: object][] = [
    ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['adds null', { a: 1 }, [{ op: 'add', path: '/b', value: null }], { a: 1, b: null }],
    ['inserts into a list', { l: [1, 3] }, [{ op: 'add', path: '/l/1', value: 2 }], { l: [1, 2, 3] }],
    ['appends to a list', { l: [1] }, [{ op: 'add', path: '/l/-', value: 2 }], { l: [1, 2] }],
    ['appends at the length of a list', { l: [1] }, [{ op: 'add', path: '/l/1', value: 2 }], { l: [1, 2] }],
    ['counts from the end', { l: [1, 2] }, [{ op: 'remove', path: '/l/-1' }], { l: [1] }],
    ['replaces from the end', { l: [1, 2] }, [{ op: 'replace', path: '/l/-2', value: 0 }], { l: [0, 2] }],
    ['adds at the end by -1', { l: [1, 2] }, [{ op: 'add', path: '/l/-1', value: 3 }], { l: [1, 2, 3] }],
    ['removes', { a: 1, b: { c: 2 } }, [{ op: 'remove', path: '/b/c' }], { a: 1, b: {} }],
    ['replaces', { a: 1 }, [{ op: 'replace', path: '/a', value: [] }], { a: [] }],
    ['moves', { a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
    ['moves within a list', { l: [1, 2, 3] }, [{ op: 'move', from: '/l/0', path: '/l/2' }], { l: [2, 3, 1] }],
    ['reads escapes', { 'a/b~c': 1 }, [{ op: 'remove', path: '/a~1b~0c' }], {}],
    ['knows ~01 for ~1', { '~1': 1 }, [{ op: 'remove', path: '/~01' }], {}],
    ['knows the empty key', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
    ['replaces the whole object', { a: 1 }, [{ op: 'replace', path: '', value: { b: 1 } }], { b: 1 }],
    ['tests any depth', { a: { b: [1] } }, [{ op: 'test', path: '/a', value: { b: [1] } }], { a: { b: [1] } }],
    ['takes absence for null in a test', { a: 1 }, [{ op: 'test', path: '/b', value: null }], { a: 1 }],
    ['does nothing for no operations', { a: 1 }, [], { a: 1 }],
    [
      'lets go of its own additions',
      { a: 1 },
      [
        { op: 'add', path: '/__proto__', value: 1 },
        { op: 'remove', path: '/__proto__' },
      ],
      { a: 1 },
    ],
  ]
  for (const [name, object, patch, result] of cases) {
    it(name, () => assert.deepEqual(applyJsonPatch(deepFreeze(object), deepFreeze(patch)), result))
  }

  it('copies by value', () => {
    const patch = [
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/b/x', value: 1 },
    ]
    assert.deepEqual(applyJsonPatch(deepFreeze({ a: {} }), patch), { a: {}, b: { x: 1 } })
  })

  it('does not change the values of the patch', () => {
    const patch = deepFreeze([
      { op: 'add', path: '/b', value: { c: [] } },
      { op: 'add', path: '/b/c/-', value: 1 },
    ])
    assert.deepEqual(applyJsonPatch(deepFreeze({}), patch), { b: { c: [1] } })
  })

  it('shares what it does not change', () => {
    const object = deepFreeze({ a: { b: 1 }, c: { d: 1 } })
    const next = applyJsonPatch(object, [{ op: 'replace', path: '/c/d', value: 2 }]) as typeof object
    assert.equal(next.a, object.a)
    assert.notEqual(next.c, object.c)
  })

  const refused: readonly [patch: unknown, code: number, why?: RegExp][] = [
    [{}, 400],
    ['x', 400],
    [[1], 400],
    [[{ op: 'remove', path: '/b' }], 422, /Unable to remove nonexistent key: b/],
    [[{ op: 'remove', path: '/l/5' }], 422],
    [[{ op: 'replace', path: '/b', value: 1 }], 422, /doc is missing key: \/b/],
    [[{ op: 'replace', path: '/constructor', value: 1 }], 422],
    [[{ op: 'add', path: '/b/c', value: 1 }], 422, /doc is missing path: "\/b\/c"/],
    [[{ op: 'add', path: '/l/9', value: 1 }], 422, /invalid index/],
    [[{ op: 'add', path: '/l/x', value: 1 }], 422, /invalid syntax/],
    [[{ op: 'add', path: '/b' }], 422, /missing value/],
    [[{ op: 'test', path: '/a', value: 2 }], 422, /testing value \/a failed/],
    [[{ op: 'move', from: '/o', path: '/o/p' }], 422],
    [[{ op: 'copy', from: '/x', path: '/y' }], 422],
    [[{ op: 'fly', path: '/y' }], 422, /Unexpected kind: fly/],
    [[{ op: 'add', path: 'a', value: 1 }], 422],
    [[{ op: 'remove', path: '' }], 422],
    [Array(10_001).fill({ op: 'test', path: '/a', value: 1 }), 413],
  ]
  for (const [patch, code, why] of refused) {
    it(`answers ${code} to ${JSON.stringify(patch).slice(0, 60)}`, () => {
      const run = () => applyJsonPatch(deepFreeze({ a: 1, l: [], o: { p: {} } }), patch)
      assert.equal(codeOf(run), code)
      if (why) assert.match(whyOf(run), why)
    })
  }

  it('says of a patch that does not fit what upstream says', () => {
    assert.throws(() => applyJsonPatch({}, [{ op: 'remove', path: '/b' }]), {
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
    })
  })

  it('stops a patch that doubles an object until memory ends', () => {
    const bomb = Array.from({ length: 100 }, (_, i) => ({ op: 'copy', from: '/a', path: `/a/x${i}` }))
    assert.equal(
      codeOf(() => applyJsonPatch({ a: { b: 'x'.repeat(1000) } }, bomb)),
      413,
    )
  })

  const path = fc.constantFrom('/a', '/b', '/a/x', '/a/l', '/a/l/0', '/a/l/1', '/a/l/-', '/a/l/9', '/b/y', '')
  const value = fc.constantFrom<unknown>(1, 'x', { x: 1 }, { l: [1, 2] }, [], [{ z: 1 }])
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path, value }),
    fc.record({ op: fc.constant('remove'), path }),
    fc.record({ op: fc.constantFrom('move', 'copy'), from: path, path }),
  )

  it('agrees with an independent implementation wherever it succeeds', () => {
    let agreed = 0
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 5 }), (patch) => {
        // The reference cannot replace the root.
        fc.pre(patch.every((op) => op.path !== '' || op.op === 'test'))
        const object = { a: { x: 1, l: [1, 2] }, b: 'c' }
        let ours: object
        try {
          ours = applyJsonPatch(deepFreeze(object), patch)
        } catch (error) {
          assert.ok(error instanceof StatusError, String(error))
          return
        }
        agreed++
        const theirs = structuredClone(object)
        assert.deepEqual(
          reference(theirs, structuredClone(patch) as Operation[]).filter((result) => result !== null),
          [],
        )
        assert.deepEqual(ours, theirs)
      }),
      { numRuns: 3000, seed: 7 },
    )
    assert.ok(agreed > 300, String(agreed))
  })

  it('ends with a result or a Status for whatever it is given', () => {
    const loose = fc.oneof(
      operation,
      fc.jsonValue({ maxDepth: 2 }),
      fc.record({ op: fc.string(), path: fc.jsonValue() }),
    )
    fc.assert(
      fc.property(fc.array(loose, { maxLength: 5 }), (patch) => {
        codeOf(() => applyJsonPatch(deepFreeze({ a: { l: [1, 2] } }), patch))
      }),
      { numRuns: 1000, seed: 7 },
    )
  })
})
