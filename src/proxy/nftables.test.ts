import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { run } from '#lib/exec.ts'
import { clientAddress, nodeAddress, podAddress, World, whyNoNamespaces } from '#lib/namespaces.ts'
import { conntrackArgs } from './conntrack.ts'
import { nftProgram } from './nft.ts'
import {
  change,
  forgetAffinity,
  install,
  lostTargets,
  render,
  type Settings,
  type Table,
  uninstall,
} from './nftables.ts'
import type { Frontend, ServiceRules, Target } from './rules.ts'

const settings: Settings = { family: 'ip', table: 'pinnace', clusterCIDR: '10.244.0.0/16', masqueradePods: true }

const target = (pod: number, port = 8080): Target => ({ address: podAddress(pod), port })

const front = (more: Partial<Frontend> = {}): Frontend => ({
  address: '10.96.0.1',
  protocol: 'tcp',
  port: 80,
  from: 'anywhere',
  masquerade: 'non-pods',
  targets: [],
  whenEmpty: 'reject',
  ...more,
})

const rulesOf = (...frontends: Frontend[]): ServiceRules => ({
  frontends,
  clusterAddresses: [...new Set(frontends.map(({ address }) => address))].filter((address) => address !== 'node'),
  firewalls: [],
  localAddresses: [...new Set(frontends.flatMap(({ targets }) => targets.map(({ address }) => address)))],
})

const tableOf = (...frontends: Frontend[]): Table => render(new Map([['default/web', rulesOf(...frontends)]]), settings)

describe('render()', () => {
  test('gives a service a handful of elements', () => {
    const table = tableOf(front({ targets: [target(0), target(1)] }))
    assert.deepEqual([...table.elements.services], [['10.96.0.1 . tcp . 80', 'goto service-tcp-masked-2']])
    assert.deepEqual(
      [...table.elements['tcp-targets']],
      [
        ['10.96.0.1 . 80 . 0', '10.244.1.2 . 8080'],
        ['10.96.0.1 . 80 . 1', '10.244.1.3 . 8080'],
      ],
    )
    assert.deepEqual(table.chains.get('service-tcp-masked-2'), [
      'ip saddr != 10.244.0.0/16 meta mark set meta mark | 0x4000',
      'meta l4proto tcp dnat ip to ip daddr . tcp dport . numgen random mod 2 map @tcp-targets',
      'meta l4proto tcp dnat ip to ip daddr . tcp dport . numgen random mod 1 map @tcp-targets',
      'drop',
    ])
  })

  test('shares a chain among all services with as many targets', () => {
    const services = Array.from({ length: 50 }, (_, i) => front({ address: `10.96.0.${i}`, targets: [target(0)] }))
    assert.equal(tableOf(...services).chains.size, 1)
  })

  test('lets the first service by name have an address that two claim', () => {
    const mine = rulesOf(front({ targets: [target(0)] }))
    const theirs = rulesOf(front({ targets: [target(1), target(2)] }))
    const rules = new Map([
      ['b/late', theirs],
      ['a/early', mine],
    ])
    const table = render(rules, settings)
    assert.equal(table.elements.services.get('10.96.0.1 . tcp . 80'), 'goto service-tcp-masked-1')
    assert.equal(table.elements['tcp-targets'].size, 1)
  })

  const empty = [
    { whenEmpty: 'reject', verdict: 'goto refuse' },
    { whenEmpty: 'drop', verdict: 'drop' },
  ] as const
  for (const { whenEmpty, verdict } of empty)
    test(`writes "${verdict}" for a service without targets that is to ${whenEmpty}`, () => {
      const table = tableOf(front({ whenEmpty }))
      assert.equal(table.elements.services.get('10.96.0.1 . tcp . 80'), verdict)
    })
})

describe('install()', () => {
  test('writes the table that stands in nftables.output.nft', async () => {
    const firewall = { address: '203.0.113.9', protocol: 'tcp', port: 80, ranges: ['198.51.100.0/24'] } as const
    const rules = new Map<string, ServiceRules>([
      ['default/web', rulesOf(front({ targets: [target(0), target(1)] }))],
      ['default/empty', rulesOf(front({ address: '10.96.0.2' }))],
      ['default/sticky', rulesOf(front({ address: '10.96.0.3', affinitySeconds: 10_800, targets: [target(2)] }))],
      [
        'default/node',
        rulesOf(
          front({ address: 'node', port: 30080, from: 'outside', masquerade: 'never', targets: [target(0)] }),
          front({ address: 'node', port: 30080, masquerade: 'always', targets: [target(1)] }),
        ),
      ],
      ['default/guarded', { ...rulesOf(front({ address: '203.0.113.9' })), firewalls: [firewall] }],
    ])
    const actual = install(render(rules, settings), settings)
    const file = new URL('./nftables.output.nft', import.meta.url)
    if (process.env.UPDATE) await writeFile(file, actual)
    assert.equal(actual, await readFile(file, 'utf8'))
  })
})

describe('change()', () => {
  test('is empty between equal tables', () => {
    const table = () => tableOf(front({ targets: [target(0)] }))
    assert.deepEqual(change(table(), table(), settings), [])
  })

  test('names only the elements that differ', () => {
    const old = tableOf(front({ targets: [target(0), target(1)] }))
    const next = tableOf(front({ targets: [target(0), target(2)] }))
    const [elements = '', ...more] = change(old, next, settings)
    assert.deepEqual(more, [])
    assert.deepEqual(elements.trim().split('\n'), [
      'delete element ip pinnace tcp-targets { 10.96.0.1 . 80 . 1 }',
      'add element ip pinnace tcp-targets { 10.96.0.1 . 80 . 1 : 10.244.1.4 . 8080 }',
      'delete element ip pinnace hairpin { 10.244.1.3 . 10.244.1.3 }',
      'add element ip pinnace hairpin { 10.244.1.4 . 10.244.1.4 }',
    ])
  })

  test('adds a chain in a transaction before what leads to it, and deletes one after', () => {
    const old = tableOf(front({ targets: [target(0)] }))
    const next = tableOf(front({ targets: [target(0), target(1)] }))
    const [chains = '', elements = '', ...more] = change(old, next, settings)
    assert.deepEqual(more, [])
    assert.match(chains, /^add chain ip pinnace service-tcp-masked-2\n(add rule .*\n)+$/)
    assert.equal(elements.trim().split('\n').at(-1), 'delete chain ip pinnace service-tcp-masked-1')
  })
})

describe('lostTargets()', () => {
  test('tells what a frontend has no more', () => {
    const old = tableOf(front({ protocol: 'udp', targets: [target(0), target(1)] }))
    const next = tableOf(front({ protocol: 'udp', targets: [target(1)] }))
    assert.deepEqual(lostTargets(old, next), [
      { frontend: '10.96.0.1 . udp . 80', target: '10.244.1.2 . 8080', protocol: 'udp', sticky: false },
    ])
    assert.deepEqual(lostTargets(next, old), [])
  })
})

describe('forgetAffinity()', () => {
  test('deletes what leads to a lost target, and nothing else', () => {
    const next = tableOf(front({ targets: [target(1)], affinitySeconds: 60 }))
    const listing = `map tcp-affinity { elements = {
      192.168.77.2 . 10.96.0.1 . 80 timeout 1m expires 51s276ms : 10.244.1.2 . 8080,
      192.168.77.3 . 10.96.0.1 . 80 timeout 1m expires 59s : 10.244.1.3 . 8080 } }`
    assert.equal(
      forgetAffinity(listing, 'tcp', next, settings),
      'delete element ip pinnace tcp-affinity { 192.168.77.2 . 10.96.0.1 . 80 }\n',
    )
  })
})

const skip = await whyNoNamespaces()

describe('the table in the kernel', { skip }, async () => {
  let world: World
  let installed: Table | undefined

  /** Brings the kernel from what it has to these frontends, as the proxy does. */
  const apply = async (rules: ServiceRules): Promise<void> => {
    const nft = nftProgram(run, world.within('node'))
    const next = render(new Map([['default/web', rules]]), settings)
    const scripts = installed === undefined ? [install(next, settings)] : change(installed, next, settings)
    for (const script of scripts) await nft.apply(script)
    installed = next
  }

  before(async () => {
    world = await World.make(3)
    for (let i = 0; i < 3; i++) await world.serve(`pod${i}`, 8080)
  })
  after(() => world?.remove())

  const pods = (counts: Record<string, number>) => Object.keys(counts).sort()

  test('spreads connections over all targets, from outside, from a pod and from the node itself', async () => {
    await apply(rulesOf(front({ targets: [target(0), target(1), target(2)] })))
    for (const from of ['client', 'pod0', 'node']) {
      const counts = await world.ask(from, '10.96.0.1', 80, { times: 60 })
      assert.deepEqual(pods(counts), ['pod0', 'pod1', 'pod2'], `${from}: ${JSON.stringify(counts)}`)
      assert.ok(Math.min(...Object.values(counts)) >= 6, JSON.stringify(counts))
    }
  })

  test('keeps the address of a pod that connects, and replaces that of a client which is no pod', async () => {
    await apply(rulesOf(front({ targets: [target(1)] })))
    assert.deepEqual(await world.ask('pod0', '10.96.0.1', 80, { show: 'client' }), { [podAddress(0)]: 1 })
    assert.deepEqual(await world.ask('client', '10.96.0.1', 80, { show: 'client' }), { '10.244.1.1': 1 })
  })

  test('lets a pod reach itself through its service', async () => {
    await apply(rulesOf(front({ targets: [target(0)] })))
    assert.deepEqual(await world.ask('pod0', '10.96.0.1', 80, { times: 3 }), { pod0: 3 })
  })

  test('carries UDP', async () => {
    await apply(rulesOf(front({ protocol: 'udp', targets: [target(0), target(1)] })))
    const counts = await world.ask('client', '10.96.0.1', 80, { times: 30, protocol: 'udp' })
    assert.deepEqual(pods(counts), ['pod0', 'pod1'])
  })

  test('serves TCP and UDP on one port, to different targets', async () => {
    await apply(rulesOf(front({ targets: [target(0)] }), front({ protocol: 'udp', targets: [target(1)] })))
    assert.deepEqual(await world.ask('client', '10.96.0.1', 80), { pod0: 1 })
    assert.deepEqual(await world.ask('client', '10.96.0.1', 80, { protocol: 'udp' }), { pod1: 1 })
  })

  test('refuses connections to a service without targets at once, on TCP and UDP', async () => {
    await apply(rulesOf(front(), front({ protocol: 'udp' })))
    for (const from of ['client', 'pod0', 'node'])
      for (const protocol of ['tcp', 'udp'] as const)
        assert.deepEqual(
          await world.ask(from, '10.96.0.1', 80, { protocol }),
          { ECONNREFUSED: 1 },
          `${from} ${protocol}`,
        )
  })

  test('refuses other ports of a cluster address', async () => {
    await apply(rulesOf(front({ targets: [target(0)] })))
    assert.deepEqual(await world.ask('client', '10.96.0.1', 81), { ECONNREFUSED: 1 })
  })

  test('drops what is to be dropped', async () => {
    await apply(rulesOf(front({ whenEmpty: 'drop' })))
    assert.deepEqual(await world.ask('client', '10.96.0.1', 80), { TIMEOUT: 1 })
  })

  test('sends nothing more to a target that is taken away', async () => {
    await apply(rulesOf(front({ targets: [target(0), target(1), target(2)] })))
    await apply(rulesOf(front({ targets: [target(0), target(2)] })))
    const counts = await world.ask('client', '10.96.0.1', 80, { times: 40 })
    assert.deepEqual(pods(counts), ['pod0', 'pod2'])
  })

  test('answers on a port of the node, and replaces the client address', async () => {
    await apply(rulesOf(front({ address: 'node', port: 30080, masquerade: 'always', targets: [target(0), target(1)] })))
    for (const from of ['client', 'pod2', 'node']) {
      const counts = await world.ask(from, nodeAddress, 30080, { times: 30 })
      assert.deepEqual(pods(counts), ['pod0', 'pod1'], from)
    }
    assert.deepEqual(await world.ask('client', nodeAddress, 30080, { show: 'client' }), { '10.244.1.1': 1 })
  })

  test('keeps the client address where the traffic policy is Local, and gives pods the whole service', async () => {
    const node = { address: 'node', port: 30080 } as const
    await apply(
      rulesOf(
        front({ ...node, from: 'outside', masquerade: 'never', targets: [target(0)] }),
        front({ ...node, targets: [target(1)] }),
      ),
    )
    assert.deepEqual(await world.ask('client', nodeAddress, 30080, { times: 10 }), { pod0: 10 })
    assert.deepEqual(await world.ask('client', nodeAddress, 30080, { show: 'client' }), { [clientAddress]: 1 })
    assert.deepEqual(await world.ask('pod2', nodeAddress, 30080, { times: 10 }), { pod1: 10 })
    assert.deepEqual(await world.ask('node', nodeAddress, 30080, { times: 10 }), { pod1: 10 })
  })

  test('keeps a client with its target, until that is taken away', async () => {
    const sticky = { affinitySeconds: 60, masquerade: 'non-pods' } as const
    await apply(rulesOf(front({ ...sticky, targets: [target(0), target(1), target(2)] })))
    const counts = await world.ask('client', '10.96.0.1', 80, { times: 20 })
    assert.equal(pods(counts).length, 1, JSON.stringify(counts))
    const [first] = pods(counts)
    // More targets do not move the client.
    const rest = [0, 1, 2].filter((i) => `pod${i}` !== first)
    const old = installed!
    await apply(rulesOf(front({ ...sticky, targets: rest.map((i) => target(i)) })))
    const nft = nftProgram(run, world.within('node'))
    assert.ok(lostTargets(old, installed!).some((lost) => lost.sticky))
    await nft.apply(forgetAffinity(await nft.list(settings, 'tcp-affinity'), 'tcp', installed!, settings))
    const moved = await world.ask('client', '10.96.0.1', 80, { times: 20 })
    assert.equal(pods(moved).length, 1)
    assert.notEqual(pods(moved)[0], first)
    await apply(rulesOf(front({ ...sticky, targets: [target(0), target(1), target(2)] })))
    assert.deepEqual(await world.ask('client', '10.96.0.1', 80, { times: 20 }), { [pods(moved)[0]!]: 20 })
  })

  test('forgets a client after its time', async () => {
    await apply(rulesOf(front({ affinitySeconds: 1, targets: [target(0), target(1), target(2)] })))
    const seen = new Set<string>()
    for (let round = 0; round < 12 && seen.size < 2; round++) {
      for (const pod of pods(await world.ask('client', '10.96.0.1', 80, { times: 2 }))) seen.add(pod)
      await run('sleep', ['1.2'])
    }
    assert.ok(seen.size >= 2)
  })

  test('loses no connection while targets come and go', async () => {
    const [a, b, c] = [target(0), target(1), target(2)]
    await apply(rulesOf(front({ targets: [a, b, c] })))
    let asking = true
    const answers = world.ask('client', '10.96.0.1', 80, { times: 4000 }).finally(() => {
      asking = false
    })
    while (asking)
      for (const targets of [[a], [a, b, c], [b, c], [c], [c, a]].flatMap((some) => [some, [a, b]]))
        await apply(rulesOf(front({ targets })))
    assert.deepEqual(
      pods(await answers).filter((name) => !name.startsWith('pod')),
      [],
    )
  })

  const hasConntrack =
    skip === undefined && (await run('conntrack', ['--version']).catch(() => undefined)) !== undefined
  test('takes a UDP client off a target that is gone', { skip: hasConntrack ? false : 'needs conntrack' }, async () => {
    const udp = (...targets: Target[]) => rulesOf(front({ protocol: 'udp', targets }))
    const ask = () => world.ask('client', '10.96.0.1', 80, { protocol: 'udp', localPort: 4444 })
    await apply(udp(target(0)))
    assert.deepEqual(await ask(), { pod0: 1 })
    const old = installed!
    await apply(udp(target(1)))
    // Without help the kernel stays with the target that it has chosen for this client.
    assert.deepEqual(await ask(), { pod0: 1 })
    for (const lost of lostTargets(old, installed!)) await world.exec('node', 'conntrack', ...conntrackArgs(lost, 'ip'))
    assert.deepEqual(await ask(), { pod1: 1 })
  })

  test('lets only the given ranges reach a load balancer', async () => {
    const rules = rulesOf(front({ address: '203.0.113.9', masquerade: 'always', targets: [target(0)] }))
    const firewall = { address: '203.0.113.9', protocol: 'tcp', port: 80 } as const
    await apply({ ...rules, firewalls: [{ ...firewall, ranges: ['192.168.77.0/24', '203.0.113.7/32'] }] })
    assert.deepEqual(await world.ask('client', '203.0.113.9', 80), { pod0: 1 })
    await apply({ ...rules, firewalls: [{ ...firewall, ranges: ['198.51.100.0/24'] }] })
    assert.deepEqual(await world.ask('client', '203.0.113.9', 80), { TIMEOUT: 1 })
    await apply({ ...rules, firewalls: [{ ...firewall, ranges: ['0.0.0.0/0'] }] })
    assert.deepEqual(await world.ask('client', '203.0.113.9', 80), { pod0: 1 })
  })

  test('gives pods the address of the node on the way out of the cluster', async () => {
    await world.serve('client', 9090)
    assert.deepEqual(await world.ask('pod0', clientAddress, 9090, { show: 'client' }), { [nodeAddress]: 1 })
  })

  test('leaves the packet marks of others as they are', async () => {
    await apply(rulesOf(front({ address: 'node', port: 30080, masquerade: 'always', targets: [target(0)] })))
    const nft = nftProgram(run, world.within('node'))
    await nft.apply(`table ip others {
      chain in {
        type filter hook prerouting priority -200;
        meta mark set 0x12;
      }
      chain out {
        type filter hook postrouting priority 200;
        meta l4proto tcp meta mark != 0x12 drop;
      }
    }`)
    assert.deepEqual(await world.ask('client', nodeAddress, 30080, { times: 5 }), { pod0: 5 })
    await nft.apply('delete table ip others')
  })

  test('loads for IPv6 too', async () => {
    const nft = nftProgram(run, world.within('node'))
    const settings6: Settings = { ...settings, family: 'ip6', clusterCIDR: 'fd00:244::/56' }
    const targets = [{ address: 'fd00:244::2', port: 8080 }]
    const rules = rulesOf(front({ address: 'fd00:96::1', targets, affinitySeconds: 60 }))
    const firewalls = [{ address: 'fd00:96::1', protocol: 'tcp', port: 80, ranges: ['fd00::/8'] }] as const
    const empty = render(new Map(), settings6)
    await nft.apply(install(empty, settings6))
    const full = render(new Map([['default/web', { ...rules, firewalls }]]), settings6)
    for (const script of change(empty, full, settings6)) await nft.apply(script)
    await nft.apply(uninstall(settings6))
  })

  test('is taken away as a whole, and only once it is there', async () => {
    const nft = nftProgram(run, world.within('node'))
    await nft.apply(uninstall(settings))
    await nft.apply(uninstall(settings))
    assert.equal(await world.exec('node', 'nft', 'list', 'ruleset'), '')
    installed = undefined
  })
})
