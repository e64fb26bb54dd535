import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { exactInteger, parseExact } from './exact-json.ts'

test('integers beyond 2^53 are kept exactly, as far as 64 bits go', () => {
  for (const text of [
    '{"a":9007199254740991,"b":[9007199254740992,-9007199254740993],"c":9223372036854775807}',
    '[-9223372036854775808,1152921504606846976]',
    '{"a": {"b":\n9007199254740993}}',
    '9007199254740993',
  ]) {
    assert.equal(JSON.stringify(parseExact(text)), text.replaceAll(/\s/g, ''))
  }
  const { a, b } = parseExact('{"a":9007199254740991,"b":9007199254740993}') as Record<string, unknown>
  assert.deepEqual([a, b], [9007199254740991, 9007199254740993n])
})

test('what is no such integer is read as JSON.parse does', () => {
  for (const text of [
    '18446744073709551615',
    '9223372036854775808',
    '9007199254740993.0',
    '9007199254740993e1',
    '1.12345678901234567',
    '{"a":"9007199254740993","b":", 9007199254740993","__proto__":{"c":1},"d":1234567890123456}',
  ]) {
    assert.deepEqual(parseExact(text), JSON.parse(text))
  }
  assert.throws(() => parseExact('[9007199254740993'), SyntaxError)
})

test('any JSON is what JSON.parse makes of it, unless it has such an integer', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      assert.equal(JSON.stringify(parseExact(text)), text)
    }),
  )
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (n) => {
      assert.equal(JSON.stringify(parseExact(`{"a":[${n}]}`)), `{"a":[${n}]}`)
      assert.equal(typeof exactInteger(n), Number.isSafeInteger(Number(n)) ? 'number' : 'bigint')
    }),
  )
})
