import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalQuantity, milliValue, Quantity, quantityProblem, quantityValue } from './quantity.ts'

test('quantities are written as upstream writes them', () => {
  const cases: readonly [given: string, canonical: string][] = [
    ['0', '0'],
    ['0Gi', '0'],
    ['0.5', '500m'],
    ['0.1', '100m'],
    ['100m', '100m'],
    ['1000m', '1'],
    ['1.5', '1500m'],
    ['1.500', '1.500'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1536Mi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['512', '512'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['1000Ki', '1000Ki'],
    ['1000000', '1M'],
    ['128974848', '128974848'],
    ['129e6', '129e6'],
    ['1e3', '1e3'],
    ['12e2', '1200'],
    ['1E', '1E'],
    ['1000E', '1e21'],
    ['-1.5', '-1500m'],
    ['0.0000000001', '1n'],
    ['.5', '500m'],
    ['0.5Ki', '512'],
  ]
  for (const [given, canonical] of cases) {
    assert.equal(canonicalQuantity(given), canonical, given)
  }
})

test('bad quantities are refused in the words of upstream', () => {
  const format = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
  const suffix = "unable to parse quantity's suffix"
  for (const [given, problem] of [
    ['', format],
    ['abc', format],
    ['1x', format],
    ['1 Gi', format],
    ['1.2.3', format],
    ['1gi', format],
    ['1GiB', format],
    ['1K', suffix],
    ['1mm', suffix],
    ['1e', suffix],
    [`1${'0'.repeat(1000)}`, 'unable to parse numeric part of quantity'],
    ['1e100000', 'unable to parse numeric part of quantity'],
  ] as const) {
    assert.equal(quantityProblem(given), problem, given.slice(0, 20))
  }
})

test('values are rounded away from zero', () => {
  assert.equal(milliValue('0.1'), 100)
  assert.equal(milliValue('1n'), 1)
  assert.equal(quantityValue('1m'), 1)
  assert.equal(quantityValue('1Gi'), 1024 ** 3)
  assert.equal(quantityValue('-1.5'), -2)
  assert.equal(milliValue(undefined), 0)
})

test('a sum takes the format of its first part that is not zero', () => {
  const sum = Quantity.zero.add(Quantity.parse('512Mi')).add(Quantity.parse('512Mi'))
  assert.equal(sum.toString(), '1Gi')
  assert.equal(Quantity.parse('1').subtract(Quantity.parse('250m')).toString(), '750m')
})

const anyQuantity = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.bigInt({ min: 0n, max: 10n ** 22n }),
    fc.option(fc.nat({ max: 10 ** 9 })),
    fc.constantFrom(
      '',
      'n',
      'u',
      'm',
      'k',
      'M',
      'G',
      'T',
      'P',
      'E',
      'Ki',
      'Mi',
      'Gi',
      'Ti',
      'Pi',
      'Ei',
      'e3',
      'E-2',
      'e+7',
    ),
  )
  .map(([sign, whole, fraction, suffix]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${suffix}`)

test('a canonical quantity stays as it is, and keeps its value', () => {
  fc.assert(
    fc.property(anyQuantity, (text) => {
      const quantity = Quantity.parse(text)
      const canonical = Quantity.of(quantity.nano, quantity.format).toString()
      const again = Quantity.parse(canonical)
      assert.equal(again.nano, quantity.nano)
      assert.equal(canonicalQuantity(canonicalQuantity(text)), canonicalQuantity(text))
    }),
  )
})

test('addition of quantities is exact', () => {
  fc.assert(
    fc.property(anyQuantity, anyQuantity, (a, b) => {
      const [x, y] = [Quantity.parse(a), Quantity.parse(b)]
      assert.ok(x.add(y).subtract(y).equals(x))
      assert.equal(x.compare(y), -y.compare(x) || 0)
    }),
  )
})
