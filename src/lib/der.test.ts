import assert from 'node:assert/strict'
import { test } from 'node:test'
import { der, derBits, derInteger, derObjectId, derTime, elements, sequence } from './der.ts'

for (const [what, written, expected] of [
  ['an object identifier', derObjectId('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
  ['an integer', derInteger(Buffer.from([0x7f])), '02017f'],
  ['an integer whose first bit would be a sign', derInteger(Buffer.from([0x80])), '02020080'],
  ['bits', derBits(Buffer.from([0xa0]), 5), '030205a0'],
  [
    'a time of this half of the century',
    derTime(Date.UTC(2049, 11, 31, 23, 59, 59)),
    `170d${Buffer.from('491231235959Z').toString('hex')}`,
  ],
  [
    'a time of the other half',
    derTime(Date.UTC(2050, 0, 2, 3, 4, 5)),
    `180f${Buffer.from('20500102030405Z').toString('hex')}`,
  ],
  ['an empty sequence', sequence(), '3000'],
] as const)
  test(`${what} is written as X.690 says`, () => assert.equal(written.toString('hex'), expected))

for (const sizeBytes of [0, 127, 128, 255, 256, 65_535])
  test(`an element of ${sizeBytes} bytes is read as it was written`, () => {
    const content = Buffer.alloc(sizeBytes, 1)
    const [first, second, ...rest] = elements(Buffer.concat([der(0x04, content), der(0x05)]))
    assert.deepEqual(first, { tag: 0x04, whole: der(0x04, content), content })
    assert.equal(second?.tag, 0x05)
    assert.equal(rest.length, 0)
  })

for (const [what, hex] of [
  ['a content that ends too early', '040301'],
  ['a length that ends too early', '0482ff'],
  ['a length that is not said', '04800000'],
  ['a length of too many bytes', '0485000000000101'],
  ['a length without its content', '0401'],
] as const)
  test(`${what} is refused`, () => assert.throws(() => elements(Buffer.from(hex, 'hex')), RangeError))

test('what is too large for one element is not written', () =>
  assert.throws(() => der(0x04, Buffer.alloc(65_536)), RangeError))
