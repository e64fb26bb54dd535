import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedAddresses } from './simulated-addresses.ts'

test('addresses go round in the range, over those that are taken', () => {
  const addresses = new SimulatedAddresses(() => '10.1.2.248/29')
  const take = (count: number) => Array.from({ length: count }, () => addresses.take())
  assert.deepEqual(take(4), ['10.1.2.250', '10.1.2.251', '10.1.2.252', '10.1.2.253'])
  addresses.giveBack('10.1.2.251')
  assert.deepEqual(take(2), ['10.1.2.254', '10.1.2.251'])
})

test('a range that is given away has nothing more, until something comes back', () => {
  const addresses = new SimulatedAddresses(() => '10.0.0.0/30')
  const only = addresses.take()
  assert.throws(() => addresses.take(), /^Error: No free address in 10\.0\.0\.0\/30$/)
  addresses.giveBack(only)
  assert.equal(addresses.take(), only)
})

test('the range is asked for each time, and is a usual one as long as nobody knows it', () => {
  let range: string | undefined
  const addresses = new SimulatedAddresses(() => range)
  assert.equal(addresses.take(), '10.244.0.2')
  range = '10.9.0.0/24'
  assert.equal(addresses.take(), '10.9.0.3')
})
