import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { MemoryFiles } from '../memory-files.ts'
import { groupUsage, machineUsage } from './node-usage.ts'

const megabyte = 2 ** 20

async function filesOf(texts: Record<string, string>) {
  const files = new MemoryFiles()
  const write = async (path: string, text: string) => {
    await files.makeDirectory(path.slice(0, path.lastIndexOf('/')))
    await files.write(path, Buffer.from(text))
  }
  for (const [path, text] of Object.entries(texts)) await write(path, text)
  return { files, write }
}

const clock = new VirtualClock()
const memoryBytes = 100 * megabyte

const statOf = (ticks: number, start = 5): string => `1 (x) S${' 0'.repeat(10)} ${ticks} 0${' 0'.repeat(6)} ${start} 0`
const statusOf = (megabytes: number): string => `RssAnon:\t${megabytes * 1024} kB\n`

test('a machine uses all that is not idle and not free, less files that were not read lately', async () => {
  const { files } = await filesOf({
    '/proc/stat': 'cpu  100 0 0 900 0 0 0 0 0 0\n',
    '/proc/meminfo': 'MemTotal: 102400 kB\nMemFree: 20480 kB\nInactive(file): 10240 kB\n',
  })
  assert.deepEqual(await machineUsage({ files, clock, memoryBytes })(), {
    timeMs: clock.now(),
    cpuUsageCoreNanos: 1e9,
    memoryUsageBytes: 80 * megabyte,
    memoryWorkingSetBytes: 70 * megabyte,
    memoryAvailableBytes: 30 * megabyte,
  })
})

test('where /proc tells nothing, that is said', async () => {
  const { files } = await filesOf({})
  await assert.rejects(machineUsage({ files, clock, memoryBytes })(), /does not tell/)
})

test('a group of the unified hierarchy is counted by the kernel alone', async () => {
  const dir = '/sys/fs/cgroup/c/n'
  const { files } = await filesOf({
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory',
    [`${dir}/cpu.stat`]: 'usage_usec 1500000\n',
    [`${dir}/memory.current`]: `${30 * megabyte}\n`,
    [`${dir}/memory.stat`]: `anon 1\ninactive_file ${10 * megabyte}\n`,
    [`${dir}/system/cgroup.procs`]: '1\n',
    [`${dir}/system/memory.current`]: `${6 * megabyte}\n`,
    '/proc/1/stat': statOf(100),
    '/proc/1/status': statusOf(5),
  })
  assert.deepEqual(await groupUsage('/c/n', { files, clock, memoryBytes })(), {
    timeMs: clock.now(),
    cpuUsageCoreNanos: 1.5e9,
    memoryUsageBytes: 30 * megabyte,
    memoryWorkingSetBytes: 20 * megabyte,
    memoryAvailableBytes: 80 * megabyte,
  })
})

test('what processes held before memory was accounted for counts with them', async () => {
  const dir = '/sys/fs/cgroup/c/n'
  const { files } = await filesOf({
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory',
    [`${dir}/memory.current`]: `${30 * megabyte}\n`,
    [`${dir}/system/memory.current`]: `${megabyte}\n`,
    [`${dir}/system/cgroup.procs`]: '1\n',
    '/proc/1/stat': statOf(100),
    '/proc/1/status': statusOf(5),
  })
  assert.equal((await groupUsage('/c/n', { files, clock, memoryBytes })()).memoryWorkingSetBytes, 34 * megabyte)
})

test('without accounting of memory it is what the processes hold', async () => {
  const { files } = await filesOf({
    '/sys/fs/cgroup/cgroup.controllers': 'cpu',
    '/sys/fs/cgroup/c/n/cpu.stat': 'usage_usec 1\n',
    '/sys/fs/cgroup/c/n/system/cgroup.procs': '1\n2\n',
    '/proc/1/stat': statOf(100),
    '/proc/1/status': statusOf(5),
    '/proc/2/stat': statOf(100),
    '/proc/2/status': statusOf(6),
  })
  assert.equal((await groupUsage('/c/n', { files, clock, memoryBytes })()).memoryWorkingSetBytes, 11 * megabyte)
})

test('in separate hierarchies the own processes are added to the pods, and what has ended stays counted', async () => {
  const procs = '/sys/fs/cgroup/pids/c/n/system/cgroup.procs'
  const { files, write } = await filesOf({
    '/sys/fs/cgroup/cpuacct/c/n/cpuacct.usage': '2000000000\n',
    '/sys/fs/cgroup/memory/c/n/memory.usage_in_bytes': `${30 * megabyte}\n`,
    '/sys/fs/cgroup/memory/c/n/memory.stat': `inactive_file 1\ntotal_inactive_file ${10 * megabyte}\n`,
    [procs]: '1\n2\n',
    '/proc/1/stat': statOf(100),
    '/proc/1/status': statusOf(5),
    '/proc/2/stat': statOf(50),
    '/proc/2/status': statusOf(5),
  })
  const usage = groupUsage('/c/n', { files, clock, memoryBytes })
  const first = await usage()
  assert.equal(first.cpuUsageCoreNanos, 3.5e9)
  assert.equal(first.memoryUsageBytes, 40 * megabyte)
  assert.equal(first.memoryWorkingSetBytes, 30 * megabyte)
  await write(procs, '1\n')
  await write('/proc/1/stat', statOf(110))
  assert.equal((await usage()).cpuUsageCoreNanos, 3.6e9)
  // Another process has got the number.
  await write('/proc/1/stat', statOf(20, 6))
  assert.equal((await usage()).cpuUsageCoreNanos, 3.8e9)
})

test('a group that has had no pod yet has used what its processes have', async () => {
  const { files } = await filesOf({
    '/sys/fs/cgroup/pids/c/n/system/cgroup.procs': '1\n',
    '/proc/1/stat': statOf(100),
    '/proc/1/status': statusOf(5),
  })
  const usage = await groupUsage('/c/n', { files, clock, memoryBytes })()
  assert.deepEqual([usage.cpuUsageCoreNanos, usage.memoryWorkingSetBytes], [1e9, 5 * megabyte])
})
