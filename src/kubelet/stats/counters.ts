// What the kernel counts, read from its files' texts: of the machine, of a control group and of a process. Pure.

/** The kernel shows times in hundredths of a second, whatever it counts in itself. */
const tickNanos = 10_000_000

/** Words and numbers, one pair a line: cpu.stat and memory.stat. */
export function parseKeyed(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').map((line) => line.split(' '))
  return new Map(lines.flatMap(([key, value]) => (key && value ? [[key, Number(value)] as const] : [])))
}

/** /proc/meminfo, in bytes. */
export function parseMeminfo(text: string): ReadonlyMap<string, number> {
  const lines = [...text.matchAll(/^([^:\n]+):\s+(\d+)( kB)?$/gm)]
  return new Map(lines.map(([, key, value, unit]) => [key!, Number(value) * (unit ? 1024 : 1)]))
}

/** The machine's CPU time since it was started, from /proc/stat: all but idling, waiting and what other guests took. */
export function machineCpuNanos(stat: string): number | undefined {
  const fields = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number)
  if (!fields || fields.length < 7) return undefined
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields
  return (user + nice + system + irq + softirq) * tickNanos
}

/** When the machine was started, from /proc/stat. */
export function bootTimeMs(stat: string): number | undefined {
  const seconds = /^btime (\d+)$/m.exec(stat)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** A process's own CPU time, from /proc/<pid>/stat, with its start to tell it from a later one with its id. */
export function processCpu(stat: string): { readonly nanos: number; readonly start: string } | undefined {
  // The program's name may hold anything, but only it stands in parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system, start] = [fields[11], fields[12], fields[19]]
  if (user === undefined || system === undefined || start === undefined) return undefined
  return { nanos: (Number(user) + Number(system)) * tickNanos, start }
}

/** What a process alone holds in memory, from /proc/<pid>/status; programs and libraries are shared with others. */
export function processMemoryBytes(status: string): number {
  const kilobytes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)].map(([, value]) => Number(value))
  return kilobytes.reduce((sum, value) => sum + value, 0) * 1024
}
