import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAddress, formatRange, isStrictlyWithin, parseAddress, parseRange } from './address.ts'
import { strictAddress, strictRange } from './validate-address.ts'

test('addresses come back as they are written by everybody', () => {
  const all: readonly (readonly [string, string])[] = [
    ['10.0.0.1', '10.0.0.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::', '::'],
    ['fd00::', 'fd00::'],
    ['::1', '::1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ]
  for (const [text, wanted] of all) {
    const { version, value } = parseAddress(text)!
    assert.equal(formatAddress(version, value), wanted)
  }
  for (const text of ['10.0.0', '010.0.0.1', 'fe80::1%eth0', 'a', '']) assert.equal(parseAddress(text), undefined)
})

test('a range has no bits beyond its prefix', () => {
  assert.equal(formatRange(parseRange('10.1.2.3/8')!), '10.0.0.0/8')
  assert.equal(formatRange(parseRange('2001:db8:ffff::1/33')!), '2001:db8:8000::/33')
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08', '::/129', '/8']) {
    assert.equal(parseRange(text), undefined)
  }
})

test('a part of a range is smaller and inside', () => {
  const within = (inner: string, outer: string) => isStrictlyWithin(parseRange(inner)!, parseRange(outer)!)
  assert.equal(within('10.1.0.0/16', '10.0.0.0/8'), true)
  assert.equal(within('10.0.0.0/8', '10.0.0.0/8'), false)
  assert.equal(within('11.0.0.0/16', '10.0.0.0/8'), false)
  assert.equal(within('::/16', '0.0.0.0/0'), false)
  assert.equal(within('10.0.0.0/8', '0.0.0.0/0'), true)
})

test('only one spelling is allowed where texts are compared', () => {
  assert.deepEqual(strictAddress('fd00::1'), [])
  assert.deepEqual(strictAddress('FD00::1'), ['must be in canonical form ("fd00::1")'])
  assert.deepEqual(strictAddress('::ffff:1.2.3.4'), ['must not be an IPv4-mapped IPv6 address'])
  assert.deepEqual(strictAddress('1.2.3'), ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'])
  assert.deepEqual(strictRange('10.0.0.0/8'), [])
  assert.deepEqual(strictRange('10.0.0.1/8'), ['must be in canonical form ("10.0.0.0/8")'])
  assert.deepEqual(strictRange('10.0.0.0'), ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'])
})
