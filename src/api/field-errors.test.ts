import assert from 'node:assert/strict'
import { test } from 'node:test'

import { formatValue, sortedMap } from './field-errors.ts'

test('a value in a field error stands as Go prints it', () => {
  const cases: readonly [value: unknown, text: string][] = [
    ['a"b', '"a\\"b"'],
    [undefined, 'null'],
    [3, '3'],
    [['b', 'a'], '["b","a"]'],
    [sortedMap({ b: 'x', a: 'y' }), '{"a":"y","b":"x"}'],
    [{ key: 'a', effect: 'b' }, '{"key":"a","effect":"b"}'],
    [{ matchLabels: { b: 'x', a: 'y' } }, '{"matchLabels":{"a":"y","b":"x"}}'],
    [{ type: 'x', count: 1 }, '{"type":"x","count":1}'],
  ]
  for (const [value, text] of cases) assert.equal(formatValue(value), text)
})
