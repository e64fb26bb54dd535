// How long the kernel's table of services takes: the first write of all of it, and one service that changes. In a
// network namespace of its own, so nothing of the machine's is touched.

import { realClock } from '#lib/clock.ts'
import { run as execute, output } from '#lib/exec.ts'
import { nftProgram } from '#proxy/nft.ts'
import { change, install, render, type Settings, type Table } from '#proxy/nftables.ts'
import type { ServiceRules } from '#proxy/rules.ts'
import { type Bench, type Figure, median } from './figure.ts'
import { isOnPath, isRoot } from './machine.ts'

const services = 1000
const endpoints = 3
const settings: Settings = { family: 'ip', table: 'pinnace', clusterCIDR: '10.244.0.0/16', masqueradePods: true }

function rulesOf(index: number, first: number): ServiceRules {
  const address = `10.96.${index >> 8}.${index & 255}`
  const targets = Array.from({ length: endpoints }, (_, i) => ({
    address: `10.244.${(first + i) & 255}.${index & 255}`,
    port: 1024 + index,
  }))
  const front = {
    address,
    protocol: 'tcp',
    port: 80,
    from: 'anywhere',
    masquerade: 'non-pods',
    whenEmpty: 'reject',
  } as const
  return { frontends: [{ ...front, targets }], clusterAddresses: [address], firewalls: [], localAddresses: [] }
}

/** The median of several goes, in milliseconds. */
async function timed(times: number, work: (round: number) => Promise<void> | void): Promise<number> {
  const took: number[] = []
  for (let round = 0; round < times; round++) {
    const startedMs = realClock.monotonic()
    await work(round)
    took.push(realClock.monotonic() - startedMs)
  }
  return median(took)
}

async function run(report: (figure: Figure) => void): Promise<void> {
  const rules = new Map(Array.from({ length: services }, (_, i) => [`default/s${i}`, rulesOf(i, 0)]))
  const namespace = `pnt-bench-${process.pid}`
  await output(execute, 'ip', ['netns', 'add', namespace])
  try {
    const nft = nftProgram(execute, ['ip', 'netns', 'exec', namespace])
    let table: Table = render(rules, settings)
    const row = (name: string, value: number) => report({ name: `1,000 services: ${name}`, value, unit: 'ms' })
    row('all rules computed', await timed(10, () => void render(rules, settings)))
    row('all rules written', await timed(5, () => nft.apply(install(table, settings))))
    const oneMs = await timed(20, async (round) => {
      rules.set('default/s5', rulesOf(5, round + 1))
      const next = render(rules, settings)
      for (const script of change(table, next, settings)) await nft.apply(script)
      table = next
    })
    row('endpoints of one changed, computed and written', oneMs)
  } finally {
    await output(execute, 'ip', ['netns', 'del', namespace])
  }
}

export const proxy: Bench = {
  name: 'proxy',
  summary: "the kernel's table of services (root and nft are needed)",
  missing: () => (!isRoot() ? 'it needs root on Linux' : isOnPath('nft') ? undefined : 'it needs nft'),
  run,
}
