// What the node as a whole uses. A node that has a machine for itself uses what the machine does; one of several on a
// machine, what its control group does, with its own processes and all pods below.

import type { Clock } from '#lib/clock.ts'
import type { Files } from '../files.ts'
import { machineCpuNanos, parseKeyed, parseMeminfo, processCpu, processMemoryBytes } from './counters.ts'

export interface NodeUsage {
  readonly timeMs: number
  readonly cpuUsageCoreNanos: number
  readonly memoryUsageBytes: number
  /** Without what the kernel would give up first: files that were not read lately. */
  readonly memoryWorkingSetBytes: number
  /** What pods could still get. */
  readonly memoryAvailableBytes: number
}

export type ReadNodeUsage = () => Promise<NodeUsage>

export interface NodeUsageOptions {
  readonly files: Pick<Files, 'read' | 'stat'>
  readonly clock: Clock
  /** The node's memory. */
  readonly memoryBytes: number
}

const root = '/sys/fs/cgroup'

const atLeastZero = (value: number): number => Math.max(0, value)

const reader =
  (files: Pick<Files, 'read'>) =>
  async (path: string): Promise<string> =>
    Buffer.from((await files.read(path).catch(() => undefined)) ?? '').toString()

export function machineUsage({ files, clock }: NodeUsageOptions): ReadNodeUsage {
  const read = reader(files)
  return async () => {
    const [stat, meminfo] = await Promise.all([read('/proc/stat'), read('/proc/meminfo')])
    const cpuUsageCoreNanos = machineCpuNanos(stat)
    const memory = parseMeminfo(meminfo)
    const [total, free] = [memory.get('MemTotal'), memory.get('MemFree')]
    if (cpuUsageCoreNanos === undefined || total === undefined || free === undefined)
      throw new Error('/proc does not tell what the machine uses')
    // As upstream: of a whole machine, all that is not free counts as used.
    const memoryUsageBytes = total - free
    const memoryWorkingSetBytes = atLeastZero(memoryUsageBytes - (memory.get('Inactive(file)') ?? 0))
    const memoryAvailableBytes = atLeastZero(total - memoryWorkingSetBytes)
    return { timeMs: clock.now(), cpuUsageCoreNanos, memoryUsageBytes, memoryWorkingSetBytes, memoryAvailableBytes }
  }
}

/** Of the control group and all that is below it. */
export function groupUsage(group: string, { files, clock, memoryBytes }: NodeUsageOptions): ReadNodeUsage {
  const read = reader(files)
  const processes = new OwnProcesses(read)
  return async () => {
    const isUnified = (await files.stat(`${root}/cgroup.controllers`)) !== undefined
    const counted = isUnified ? await unified(read, group) : await separate(read, group)
    const own = await processes.look(group, isUnified)
    const cpuUsageCoreNanos = counted.cpuNanos + (isUnified ? 0 : own.cpuNanos)
    const { usage, workingSet, ownProcesses } = counted.memory ?? { usage: 0, workingSet: 0, ownProcesses: 0 }
    // What the processes held before memory was accounted for is in nobody's account.
    const more = atLeastZero(own.memoryBytes - ownProcesses)
    const memoryWorkingSetBytes = workingSet + more
    return {
      timeMs: clock.now(),
      cpuUsageCoreNanos,
      memoryUsageBytes: usage + more,
      memoryWorkingSetBytes,
      memoryAvailableBytes: atLeastZero(memoryBytes - memoryWorkingSetBytes),
    }
  }
}

type Read = (path: string) => Promise<string>

interface Counted {
  readonly cpuNanos: number
  /** Undefined: nobody accounts for it. */
  readonly memory: MemoryAccount | undefined
}

interface MemoryAccount {
  readonly usage: number
  readonly workingSet: number
  /** How much of it is the node's own processes'. */
  readonly ownProcesses: number
}

async function unified(read: Read, group: string): Promise<Counted> {
  const dir = `${root}${group}`
  const [cpu, current, stat, own] = await Promise.all([
    read(`${dir}/cpu.stat`),
    read(`${dir}/memory.current`),
    read(`${dir}/memory.stat`),
    read(`${dir}/system/memory.current`),
  ])
  const cpuNanos = (parseKeyed(cpu).get('usage_usec') ?? 0) * 1000
  if (current === '') return { cpuNanos, memory: undefined }
  return { cpuNanos, memory: account(Number(current), parseKeyed(stat).get('inactive_file'), Number(own)) }
}

/** A hierarchy knows the group from its first pod on: until then nothing has been used. The node's own processes are
 *  not in it. */
async function separate(read: Read, group: string): Promise<Counted> {
  const [cpu, current, stat] = await Promise.all([
    read(`${root}/cpuacct${group}/cpuacct.usage`),
    read(`${root}/memory${group}/memory.usage_in_bytes`),
    read(`${root}/memory${group}/memory.stat`),
  ])
  const memory = account(Number(current), parseKeyed(stat).get('total_inactive_file'), 0)
  return { cpuNanos: Number(cpu), memory }
}

const account = (usage: number, inactiveFile = 0, ownProcesses: number): MemoryAccount => ({
  usage,
  workingSet: atLeastZero(usage - inactiveFile),
  ownProcesses,
})

/** The node's own processes one by one. What one has used stays counted when it has ended, as far as it was seen. */
class OwnProcesses {
  readonly #read: Read
  readonly #seen = new Map<string, { readonly start: string; readonly nanos: number }>()
  #cpuNanos = 0

  constructor(read: Read) {
    this.#read = read
  }

  async look(group: string, isUnified: boolean): Promise<{ cpuNanos: number; memoryBytes: number }> {
    const dir = isUnified ? root : `${root}/pids`
    const pids = (await this.#read(`${dir}${group}/system/cgroup.procs`)).split('\n').filter((pid) => pid !== '')
    const memory = await Promise.all(pids.map((pid) => this.#count(pid)))
    for (const pid of this.#seen.keys()) if (!pids.includes(pid)) this.#seen.delete(pid)
    return { cpuNanos: this.#cpuNanos, memoryBytes: memory.reduce((sum, bytes) => sum + bytes, 0) }
  }

  async #count(pid: string): Promise<number> {
    const [stat, status] = await Promise.all([this.#read(`/proc/${pid}/stat`), this.#read(`/proc/${pid}/status`)])
    const cpu = processCpu(stat)
    if (!cpu) return 0
    const seen = this.#seen.get(pid)
    this.#cpuNanos += cpu.nanos - (seen?.start === cpu.start ? seen.nanos : 0)
    this.#seen.set(pid, cpu)
    return processMemoryBytes(status)
  }
}
