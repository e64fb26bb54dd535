import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonPath } from './json-path.ts'

const object = {
  spec: {
    size: 3,
    'a.b': 'dotted',
    list: [
      { n: 'x', v: 1 },
      { n: 'y', v: 2 },
    ],
  },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Old', status: 'False' },
    ],
  },
}

const paths: readonly (readonly [string, readonly unknown[]])[] = [
  ['.spec.size', [3]],
  ['{.spec.size}', [3]],
  ['$.spec.size', [3]],
  ['.spec.none', []],
  ['.spec.size.deeper', []],
  [".spec['a.b']", ['dotted']],
  ['.spec.a\\.b', ['dotted']],
  ['.spec.list[0].n', ['x']],
  ['.spec.list[-1].n', ['y']],
  ['.spec.list[*].v', [1, 2]],
  ['.spec.list[0:1].v', [1]],
  ['.spec.list[9].v', []],
  ['..v', [1, 2]],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type == 'Old')].status", ['False']],
  ['.spec.list[?(@.v>1)].n', ['y']],
  ['.spec.list[?(@.none)].n', []],
  ['.constructor', []],
]
for (const [path, found] of paths) {
  test(`${path} finds ${JSON.stringify(found)}`, () => assert.deepEqual(jsonPath(path)?.(object), found))
}

for (const path of ['', '.spec[', '.spec[x', '.a[?(', '.spec..', '..a..a']) {
  test(`${JSON.stringify(path)} is no path`, () => assert.equal(jsonPath(path), undefined))
}
