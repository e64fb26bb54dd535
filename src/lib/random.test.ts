import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameSuffix, randomInt, seededRandom, systemRandom, uuid } from './random.ts'

test('seededRandom() repeats its draws for the same seed, and differs for another', () => {
  const draws = (seed: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: 20 }, () => random.next())
  }
  assert.deepEqual(draws(7), draws(7))
  assert.notDeepEqual(draws(7), draws(8))
})

for (const [name, random] of [
  ['seededRandom', seededRandom(1)],
  ['systemRandom', systemRandom],
] as const) {
  test(`${name} draws from [0, 1), spread over the range`, () => {
    const draws = Array.from({ length: 1000 }, () => random.next())
    assert.ok(draws.every((draw) => draw >= 0 && draw < 1))
    assert.equal(new Set(draws.map((draw) => Math.floor(draw * 10))).size, 10)
    assert.ok(draws.every((_, i) => randomInt(random, i + 1) <= i))
    assert.equal(random.bytes(9).length, 9)
  })
}

test('uuid() has version 4 and the RFC variant', () => {
  for (const random of [systemRandom, seededRandom(2)])
    assert.match(uuid(random), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test("nameSuffix() has upstream's length and letters", () => {
  assert.match(nameSuffix(seededRandom(3)), /^[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  assert.equal(nameSuffix(systemRandom, 10).length, 10)
})
