import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bootTimeMs, machineCpuNanos, parseKeyed, parseMeminfo, processCpu, processMemoryBytes } from './counters.ts'

test('parseKeyed() reads the pairs of cpu.stat and memory.stat', () => {
  assert.deepEqual(
    [...parseKeyed('usage_usec 12\nuser_usec 7\n\nbroken\n')],
    [
      ['usage_usec', 12],
      ['user_usec', 7],
    ],
  )
})

test('parseMeminfo() counts in bytes', () => {
  const text = 'MemTotal:       24617700 kB\nInactive(file):  3210768 kB\nHugePages_Total:       3\n'
  assert.deepEqual(
    [...parseMeminfo(text)],
    [
      ['MemTotal', 24617700 * 1024],
      ['Inactive(file)', 3210768 * 1024],
      ['HugePages_Total', 3],
    ],
  )
})

const stat = 'cpu  100 20 30 4000 500 6 7 800 9 10\ncpu0 1 1 1 1 1 1 1 1 1 1\nbtime 1700000000\n'

test('machineCpuNanos() leaves out idling, waiting and what other guests took', () => {
  assert.equal(machineCpuNanos(stat), (100 + 20 + 30 + 6 + 7) * 10_000_000)
  assert.equal(machineCpuNanos('cpu  1 2'), undefined)
  assert.equal(machineCpuNanos(''), undefined)
})

test('bootTimeMs() is the start of the machine', () => {
  assert.equal(bootTimeMs(stat), 1_700_000_000_000)
  assert.equal(bootTimeMs(''), undefined)
})

test('processCpu() is not misled by a name', () => {
  const text = '42 (a) b) R) S 1 42 42 0 -1 4194304 1 0 0 0 150 25 900 900 20 0 1 0 777 1 1'
  assert.deepEqual(processCpu(text), { nanos: 1_750_000_000, start: '777' })
  assert.equal(processCpu(''), undefined)
})

test('processMemoryBytes() counts what the process alone holds', () => {
  const text = 'VmRSS:\t    900 kB\nRssAnon:\t    152 kB\nRssFile:\t    700 kB\nRssShmem:\t      8 kB\n'
  assert.equal(processMemoryBytes(text), 160 * 1024)
  assert.equal(processMemoryBytes(''), 0)
})
