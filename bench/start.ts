// How long a server takes to its first answer, and what it costs while nothing happens.

import { realClock } from '#lib/clock.ts'
import { type Bench, type Figure, median, quantile } from './figure.ts'
import { cpuMs, memoryMB, startServerProcess, temporaryFolder } from './server-process.ts'

const starts = 10
const restMs = 60_000
/** The compiler is still at work shortly after a start, and after ten idle seconds memory is given back. */
const calmMs = 20_000

async function startTimes(report: (figure: Figure) => void): Promise<void> {
  const empty: number[] = []
  const existing: number[] = []
  const cpu: number[] = []
  for (let i = 0; i < starts; i++) {
    const folder = temporaryFolder()
    try {
      for (const times of [empty, existing]) {
        const server = await startServerProcess({ dataDir: folder.path })
        times.push(server.startMs / 1000)
        if (times === existing) cpu.push(cpuMs(server.pid) / 1000)
        await server.stop()
      }
    } finally {
      folder.remove()
    }
  }
  report({ name: 'start to ready, empty store', value: median(empty), unit: 's' })
  report({ name: 'start to ready, empty store: p95', value: quantile(empty, 0.95), unit: 's' })
  report({ name: 'start to ready, existing store', value: median(existing), unit: 's' })
  report({ name: 'start to ready, existing store: CPU', value: median(cpu), unit: 's' })
}

async function atRest(report: (figure: Figure) => void): Promise<void> {
  const folder = temporaryFolder()
  try {
    const server = await startServerProcess({ dataDir: folder.path })
    await realClock.sleep(calmMs)
    const before = cpuMs(server.pid)
    await realClock.sleep(restMs)
    report({ name: 'server at rest: CPU', value: (100 * (cpuMs(server.pid) - before)) / restMs, unit: '%' })
    const { all, own } = memoryMB(server.pid)
    report({ name: 'server at rest: memory', value: all, unit: 'MB' })
    report({ name: 'server at rest: memory that is no file', value: own, unit: 'MB' })
    await server.stop()
  } finally {
    folder.remove()
  }
}

export const start: Bench = {
  name: 'start',
  summary: 'the start of a server, and a server at rest for a minute',
  async run(report) {
    await startTimes(report)
    await atRest(report)
  },
}
