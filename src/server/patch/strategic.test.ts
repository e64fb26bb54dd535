import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Deployment } from '#api/apps/deployment.ts'
import { arbitraryObject } from '#api/arbitrary.ts'
import { ConfigMap } from '#api/core/config-map.ts'
import { Pod } from '#api/core/pod.ts'
import { Service } from '#api/core/service.ts'
import { int32, list, map, message, opt, string } from '#api/schema.ts'
import { StatusError } from '#api/status-error.ts'
import { deepFreeze } from '#lib/freeze.ts'
import { applyPatch } from './index.ts'
import { applyStrategicPatch } from './strategic.ts'

const Item = message('test/v1.Item', '', {
  name: string.at(1, ''),
  value: int32.at(2, ''),
  other: int32.at(3, ''),
  words: list(string).patch('merge').at(4, ''),
})
const Thing = message('test/v1.Thing', '', {
  name: string.at(1, ''),
  merged: list(Item).patch('merge', 'name').at(2, ''),
  replaced: list(Item).at(3, ''),
  words: list(string).patch('merge').at(4, ''),
  plainWords: list(string).at(5, ''),
  labels: map(string).at(6, ''),
  union: opt(Item).patch('retainKeys').at(7, ''),
  whole: opt(Item).patch('replace').at(8, ''),
  unkeyed: list(Item).patch('merge').at(9, ''),
})

const patched = (object: object, patch: unknown): object =>
  applyStrategicPatch(Thing, deepFreeze(object), deepFreeze(patch))

const statusOf = (run: () => unknown): { code: number; message: string } => {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof StatusError, String(error))
    return { code: error.code, message: error.message }
  }
  throw new Error('nothing was thrown')
}

describe('applyStrategicPatch()', () => {
  const cases: readonly [name: string, object: object, patch: object, result: object][] = [
    ['sets a field', { name: 'a' }, { name: 'b' }, { name: 'b' }],
    ['removes by null', { name: 'a', labels: { x: '1' } }, { name: null }, { labels: { x: '1' } }],
    ['ignores a null that removes nothing', {}, { name: null, labels: { x: null } }, { labels: {} }],
    ['merges maps', { labels: { a: '1', b: '2' } }, { labels: { a: null, c: '3' } }, { labels: { b: '2', c: '3' } }],
    [
      'merges lists by key',
      {
        merged: [
          { name: 'a', value: 1 },
          { name: 'b', value: 1 },
        ],
      },
      {
        merged: [
          { name: 'b', value: 2 },
          { name: 'c', value: 3 },
        ],
      },
      {
        merged: [
          { name: 'a', value: 1 },
          { name: 'b', value: 2 },
          { name: 'c', value: 3 },
        ],
      },
    ],
    [
      'removes a field of an item by null',
      { merged: [{ name: 'a', value: 1, other: 2 }] },
      { merged: [{ name: 'a', value: null }] },
      { merged: [{ name: 'a', other: 2 }] },
    ],
    [
      'deletes an item',
      { merged: [{ name: 'a' }, { name: 'b' }] },
      { merged: [{ $patch: 'delete', name: 'a' }] },
      { merged: [{ name: 'b' }] },
    ],
    [
      'deletes an item that is not there',
      { merged: [] },
      { merged: [{ $patch: 'delete', name: 'a' }] },
      { merged: [] },
    ],
    [
      'leaves nothing of a deletion in a list that was not there',
      {},
      { merged: [{ $patch: 'delete', name: 'a' }] },
      { merged: [] },
    ],
    [
      'replaces a list that is otherwise merged',
      { merged: [{ name: 'a' }, { name: 'b' }] },
      { merged: [{ name: 'c' }, { $patch: 'replace' }] },
      { merged: [{ name: 'c' }] },
    ],
    [
      'makes a list that is not there by replace',
      {},
      { merged: [{ name: 'c' }, { $patch: 'replace' }] },
      { merged: [{ name: 'c' }] },
    ],
    ['empties a list by replace', { merged: [{ name: 'a' }] }, { merged: [{ $patch: 'replace' }] }, { merged: [] }],
    ['replaces a map', { labels: { a: '1' } }, { labels: { $patch: 'replace', b: '2' } }, { labels: { b: '2' } }],
    ['deletes the content of a map', { labels: { a: '1' } }, { labels: { $patch: 'delete' } }, { labels: {} }],
    [
      'replaces an item',
      { merged: [{ name: 'a', value: 1 }] },
      { merged: [{ name: 'a', other: 2 }] },
      { merged: [{ name: 'a', value: 1, other: 2 }] },
    ],
    [
      'replaces lists without a strategy',
      { replaced: [{ name: 'a' }] },
      { replaced: [{ value: 1 }] },
      { replaced: [{ value: 1 }] },
    ],
    [
      'replaces lists of scalars without a strategy',
      { plainWords: ['a'] },
      { plainWords: ['b'] },
      { plainWords: ['b'] },
    ],
    ['merges lists of scalars', { words: ['a', 'b'] }, { words: ['b', 'c'] }, { words: ['a', 'b', 'c'] }],
    [
      'deletes scalars',
      { words: ['a', 'b', 'c', 'b'] },
      { '$deleteFromPrimitiveList/words': ['b', 'x'] },
      { words: ['a', 'c'] },
    ],
    ['deletes scalars where none are', {}, { '$deleteFromPrimitiveList/words': ['b'] }, {}],
    [
      'deletes and adds scalars in an order',
      { words: ['a', 'b', 'c'] },
      { '$deleteFromPrimitiveList/words': ['a'], words: ['d'], '$setElementOrder/words': ['d', 'c', 'b'] },
      { words: ['d', 'c', 'b'] },
    ],
    [
      'orders items as the patch wants, with those of others between them',
      { merged: [{ name: 'a' }, { name: 'server' }, { name: 'b' }] },
      { '$setElementOrder/merged': [{ name: 'b' }, { name: 'a' }] },
      { merged: [{ name: 'server' }, { name: 'b' }, { name: 'a' }] },
    ],
    [
      'orders a list that it also changes',
      { merged: [{ name: 'a', value: 1 }, { name: 'b' }, { name: 'c' }] },
      {
        '$setElementOrder/merged': [{ name: 'c' }, { name: 'd' }, { name: 'a' }],
        merged: [
          { name: 'd', value: 4 },
          { name: 'a', value: 2 },
          { $patch: 'delete', name: 'b' },
        ],
      },
      { merged: [{ name: 'c' }, { name: 'd', value: 4 }, { name: 'a', value: 2 }] },
    ],
    [
      'orders the list that the patch brings',
      {},
      { '$setElementOrder/merged': [{ name: 'a' }, { name: 'b' }], merged: [{ name: 'a' }, { name: 'b' }] },
      { merged: [{ name: 'a' }, { name: 'b' }] },
    ],
    [
      'orders nothing where there is nothing',
      { name: 'x' },
      { '$setElementOrder/merged': [{ name: 'a' }] },
      { name: 'x' },
    ],
    [
      'keeps only the keys of a union',
      { union: { name: 'a', value: 1, other: 2 } },
      { union: { $retainKeys: ['name', 'other'], name: 'b' } },
      { union: { name: 'b', other: 2 } },
    ],
    [
      'replaces a struct whose strategy says so',
      { whole: { name: 'a', value: 1 } },
      { whole: { name: 'b' } },
      { whole: { name: 'b' } },
    ],
    ['replaces what has another type', { labels: 'x' }, { labels: { a: 'b', c: null } }, { labels: { a: 'b' } }],
    ['keeps no directives in what is new', {}, { labels: { $patch: 'replace', a: '1' } }, { labels: { a: '1' } }],
    [
      'merges fields that it does not know as maps',
      { x: { a: 1, l: [1] } },
      { x: { b: 2, l: [2] } },
      { x: { a: 1, b: 2, l: [2] } },
    ],
    // What is new stands before what only the server knows, as upstream has it.
    [
      'merges lists inside items',
      { merged: [{ name: 'a', words: ['x'] }] },
      { merged: [{ name: 'a', words: ['y'] }] },
      { merged: [{ name: 'a', words: ['y', 'x'] }] },
    ],
  ]
  for (const [name, object, patch, result] of cases) {
    it(name, () => assert.deepEqual(patched(object, patch), result))
  }

  const refused: readonly [patch: unknown, code: number, text: string][] = [
    [{ merged: [{ value: 1 }] }, 500, 'map: map[value:1] does not contain declared merge key: name'],
    [{ merged: [{ $patch: 'delete' }] }, 500, 'map: map[$patch:delete] does not contain declared merge key: name'],
    [{ merged: [{ $patch: 'x', name: 'a' }] }, 500, 'unknown patch type: x in map: map[$patch:x name:a]'],
    [{ labels: { $patch: 'merge' } }, 500, 'unknown patch type: merge in map: map[$patch:merge]'],
    [{ '$setElementOrder/merged': 'x' }, 400, 'invalid patch format of setElementOrder list'],
    [{ '$deleteFromPrimitiveList/words': 'x' }, 400, 'invalid patch format of primitive list'],
    [{ union: { $retainKeys: 'x' } }, 400, 'invalid patch format of retainKeys'],
    [
      { union: { $retainKeys: ['name'], value: 1 } },
      422,
      'the server rejected our request due to an error in our request',
    ],
    [{ words: [['a']] }, 422, 'the server rejected our request due to an error in our request'],
    [
      { '$setElementOrder/words': ['b', 'c'], words: ['c', 'b'] },
      500,
      "The order in patch list:\n[c b]\n doesn't match $setElementOrder list:\n[b c]\n",
    ],
    [{ unkeyed: [{ name: 'a' }] }, 500, 'cannot merge lists without merge key for a list'],
    ['x', 400, 'json: cannot unmarshal string into Go value of type map[string]interface {}'],
  ]
  for (const [patch, code, text] of refused) {
    it(`answers ${code} to ${JSON.stringify(patch)}`, () => {
      const object = {
        merged: [{ name: 'a' }],
        words: ['a'],
        labels: { a: '1' },
        union: { name: 'a' },
        unkeyed: [{ name: 'b' }],
      }
      assert.deepEqual(
        statusOf(() => patched(object, patch)),
        { code, message: text },
      )
    })
  }

  it('knows the keys of real kinds', () => {
    const pod = {
      spec: {
        containers: [
          { name: 'a', image: 'x', env: [{ name: 'A', value: '1' }] },
          { name: 'b', image: 'y' },
        ],
      },
    }
    const patch = { spec: { containers: [{ name: 'a', env: [{ name: 'B', value: '2' }] }] } }
    assert.deepEqual(applyPatch({ kind: Pod, type: 'strategic', patch, current: deepFreeze(pod) }), {
      spec: {
        containers: [
          {
            name: 'a',
            image: 'x',
            env: [
              { name: 'B', value: '2' },
              { name: 'A', value: '1' },
            ],
          },
          { name: 'b', image: 'y' },
        ],
      },
    })
    const service = { spec: { ports: [{ port: 80, name: 'http' }] } }
    const port = {
      spec: {
        ports: [
          { port: 80, targetPort: 8000 },
          { port: 443, name: 'https' },
        ],
      },
    }
    assert.deepEqual(applyPatch({ kind: Service, type: 'strategic', patch: port, current: deepFreeze(service) }), {
      spec: {
        ports: [
          { port: 80, name: 'http', targetPort: 8000 },
          { port: 443, name: 'https' },
        ],
      },
    })
    const finalizers = { metadata: { finalizers: ['a/b'] } }
    const more = { metadata: { finalizers: ['c/d'] } }
    assert.deepEqual(applyPatch({ kind: Pod, type: 'strategic', patch: more, current: deepFreeze(finalizers) }), {
      metadata: { finalizers: ['c/d', 'a/b'] },
    })
  })

  it('switches the strategy of a deployment by its retained keys', () => {
    const deployment = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } }
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }
    assert.deepEqual(applyPatch({ kind: Deployment, type: 'strategic', patch, current: deepFreeze(deployment) }), {
      spec: { strategy: { type: 'Recreate' } },
    })
  })

  it('is not for custom resources', () => {
    const kind = { ...ConfigMap, custom: true }
    assert.throws(() => applyPatch({ kind, type: 'strategic', patch: {}, current: {} }), {
      code: 415,
      reason: 'UnsupportedMediaType',
    })
  })

  it('answers nesting that is deeper than the stack', () => {
    const deep = JSON.parse(`${'{"x":'.repeat(100_000)}1${'}'.repeat(100_000)}`)
    for (const type of ['merge', 'strategic'] as const) {
      assert.throws(() => applyPatch({ kind: Pod, type, patch: deep, current: {} }), { code: 400 })
    }
  })

  it('merges long lists in one pass', () => {
    const items = Array.from({ length: 20_000 }, (_, i) => ({ name: `n${i}`, value: i }))
    const order = items.map(({ name }) => ({ name })).reverse()
    const next = patched({ merged: items }, { merged: items.toReversed(), '$setElementOrder/merged': order }) as {
      merged: typeof items
    }
    assert.equal(next.merged[0]?.name, 'n19999')
  })

  const pods = arbitraryObject(Pod)
  let done = 0

  it('settles', () => {
    fc.assert(
      fc.property(pods, pods, (object, patch) => {
        let twice: object
        let thrice: object
        try {
          // Doubles in a list that was not there before are only seen, and merged, the second time.
          const once = applyPatch({ kind: Pod, type: 'strategic', patch, current: deepFreeze(object) })
          twice = applyPatch({ kind: Pod, type: 'strategic', patch, current: deepFreeze(once) })
          thrice = applyPatch({ kind: Pod, type: 'strategic', patch, current: deepFreeze(twice) })
        } catch (error) {
          // A random item may lack its key, or have that of another.
          assert.ok(error instanceof StatusError, String(error))
          return
        }
        assert.deepEqual(thrice, twice)
        done++
      }),
      { numRuns: 300, seed: 5 },
    )
    assert.ok(done > 50, String(done))
  })

  it('ends with a result or a Status for whatever directives it is given', () => {
    const word = fc.constantFrom<unknown>('a', 'b', 1, null, 'delete', 'replace', 'merge')
    const item = fc.dictionary(
      fc.constantFrom('name', 'value', 'words', '$patch', '$retainKeys'),
      fc.oneof(word, fc.array(word)),
      { maxKeys: 3 },
    )
    const field = fc.constantFrom('name', 'merged', 'words', 'labels', 'union', '$patch', '$retainKeys')
    const key = fc.oneof(
      field,
      field.map((name) => `$setElementOrder/${name}`),
      field.map((name) => `$deleteFromPrimitiveList/${name}`),
    )
    const anything = fc.dictionary(key, fc.oneof(word, item, fc.array(fc.oneof(word, item), { maxLength: 3 })), {
      maxKeys: 4,
    })
    fc.assert(
      fc.property(anything, anything, (object, patch) => {
        try {
          patched(object, patch)
        } catch (error) {
          assert.ok(error instanceof StatusError, String((error as Error).stack))
        }
      }),
      { numRuns: 3000, seed: 5 },
    )
  })
})
