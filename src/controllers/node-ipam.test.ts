import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CidrParts } from './node-ipam.ts'

test('CidrParts cuts a range into equal parts', () => {
  const parts = new CidrParts('10.244.7.9/16', 24)
  assert.deepEqual([parts.count, parts.at(0), parts.at(255)], [256, '10.244.0.0/24', '10.244.255.0/24'])
  assert.equal(new CidrParts('192.168.128.0/23', 25).at(3), '192.168.129.128/25')
})

test('CidrParts gives the next free part, round to the beginning, until none is left', () => {
  const parts = new CidrParts('10.0.0.0/22', 24)
  const taken = new Set(['10.0.0.0/24', '10.0.3.0/24'])
  assert.deepEqual([parts.free(taken, 0), parts.free(taken, 3)], [1, 1])
  assert.equal(parts.free(new Set([0, 1, 2, 3].map((n) => parts.at(n))), 2), undefined)
})

for (const [cidr, bits] of [
  ['10.0.0.0/24', 16],
  ['10.0.0/8', 24],
  ['300.0.0.0/8', 24],
  ['fd00::/48', 64],
  ['', 24],
] as const)
  test(`CidrParts refuses ${JSON.stringify(cidr)} in parts of /${bits}`, () =>
    assert.throws(() => new CidrParts(cidr, bits), /Cannot cut/))
