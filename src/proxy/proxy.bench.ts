// How long the kernel's table takes with many services: the first write of all, and one service that changes.
// Run as root: node src/proxy/proxy.bench.ts [services] [endpoints]

import { output, run } from '#lib/exec.ts'
import { nftProgram } from './nft.ts'
import { change, install, render, type Settings, type Table } from './nftables.ts'
import type { ServiceRules } from './rules.ts'

const [services = 1000, endpoints = 3] = process.argv.slice(2).map(Number)
const settings: Settings = { family: 'ip', table: 'pinnace', clusterCIDR: '10.244.0.0/16', masqueradePods: true }

const rulesOf = (index: number, first: number): ServiceRules => {
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

const rules = new Map(Array.from({ length: services }, (_, i) => [`default/s${i}`, rulesOf(i, 0)]))
const namespace = `pnt-bench-${process.pid}`
await output(run, 'ip', ['netns', 'add', namespace])
try {
  const nft = nftProgram(run, ['ip', 'netns', 'exec', namespace])
  const timed = async (what: string, times: number, work: (round: number) => Promise<void> | void) => {
    const took: number[] = []
    for (let round = 0; round < times; round++) {
      const start = performance.now()
      await work(round)
      took.push(performance.now() - start)
    }
    took.sort((a, b) => a - b)
    console.log(`${what}: ${took[Math.floor(times / 2)]!.toFixed(1)} ms (median of ${times})`)
  }
  console.log(`${services} services with ${endpoints} endpoints each`)
  let table: Table = render(rules, settings)
  await timed('all rules, computed', 10, () => void render(rules, settings))
  await timed('all rules, written', 5, () => nft.apply(install(table, settings)))
  await timed('the endpoints of one service changed, computed and written', 20, async (round) => {
    rules.set('default/s5', rulesOf(5, round + 1))
    const next = render(rules, settings)
    await nft.apply(change(table, next, settings))
    table = next
  })
} finally {
  await output(run, 'ip', ['netns', 'del', namespace])
}
