import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Node } from '#api/core/node.ts'
import { createInformers } from '#client/informers.ts'
import { ScriptedClient } from '#client/testing.ts'
import { realClock, settle } from '#lib/clock.ts'
import { output, run } from '#lib/exec.ts'
import { silentLog } from '#lib/log.ts'
import { clientAddress, nodeAddress, World, whyNoNamespaces } from '#lib/namespaces.ts'
import { systemRandom } from '#lib/random.ts'
import { conflist, conflistFile } from './cni.ts'
import { addDnsAddress } from './dns-address.ts'
import { type Network, startNetwork } from './network.ts'

test('conflist() is a list that the container runtime can read', () => {
  const config = JSON.parse(conflist({ podCIDRs: ['10.244.1.0/24'], dataDir: '/var/lib/x', mtu: 1400 }))
  assert.deepEqual(config.plugins, [
    {
      type: 'ptp',
      ipMasq: false,
      mtu: 1400,
      ipam: {
        type: 'host-local',
        dataDir: '/var/lib/x',
        ranges: [[{ subnet: '10.244.1.0/24' }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ])
})

const pluginDir = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'].find((dir) => existsSync(join(dir, 'ptp')))
const skip = (await whyNoNamespaces()) ?? (pluginDir === undefined ? 'needs the CNI plugins' : undefined)

describe('the network of a node', { skip }, () => {
  let world: World
  let directory: string
  let network: Network
  const client = new ScriptedClient()
  const informers = createInformers({ client, clock: realClock, random: systemRandom, log: silentLog })

  const putNode = (name: string, podCIDR: string | undefined, address: string) =>
    client.put(Node, {
      metadata: { name },
      spec: podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] },
      status: { addresses: [{ type: 'InternalIP', address }] },
    })

  const arrived = async () => {
    for (let i = 0; i < 5; i++) await settle()
    await network.settled()
  }

  const routes = async () =>
    (await world.ip('node', '-4 route show proto 90'))
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .sort()

  /** Runs the plugin as the container runtime does; gives the pod's address. */
  const plug = async (command: 'ADD' | 'DEL', pod: string): Promise<string | undefined> => {
    const { plugins, cniVersion, name } = JSON.parse(await readFile(join(directory, 'conf', conflistFile), 'utf8'))
    const env = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: `id-${pod}`,
      CNI_NETNS: `/run/netns/${world.namespace(pod)}`,
      CNI_IFNAME: 'eth0',
      CNI_PATH: pluginDir!,
    }
    const input = JSON.stringify({ cniVersion, name, ...plugins[0] })
    const [first, ...rest] = [...world.within('node'), join(pluginDir!, plugins[0].type)]
    const text = await output(run, first!, rest, { input, env })
    return command === 'ADD' ? JSON.parse(text).ips[0].address.split('/')[0] : undefined
  }

  before(async () => {
    world = await World.make(2, { linked: false })
    directory = await mkdtemp(join(tmpdir(), 'pnt-'))
    putNode('n1', undefined, nodeAddress)
    network = startNetwork({
      informers,
      nodeName: 'n1',
      clock: realClock,
      log: silentLog,
      run,
      prefix: world.within('node'),
      confDir: join(directory, 'conf'),
      dataDir: join(directory, 'data'),
      sysctl: async (name, value) => void (await world.exec('node', 'sysctl', '-qw', `${name}=${value}`)),
    })
  })
  after(async () => {
    await network?.stop()
    await informers.stop()
    await world?.remove()
    if (directory) await rm(directory, { recursive: true, force: true })
  })

  test('waits for the node to have pod addresses', async () => {
    await arrived()
    assert.equal(existsSync(join(directory, 'conf')), false)
    putNode('n1', '10.244.1.0/24', nodeAddress)
    await network.ready
    assert.match(await readFile(join(directory, 'conf', conflistFile), 'utf8'), /10\.244\.1\.0\/24/)
  })

  test('keeps the routes to other nodes, and only its own', async () => {
    await world.ip('node', `route add 10.99.0.0/16 via ${clientAddress}`)
    putNode('n2', '10.244.2.0/24', clientAddress)
    await arrived()
    assert.deepEqual(await routes(), [`10.244.2.0/24 via ${clientAddress} dev lan`, 'unreachable 10.244.1.0/24'])
    client.remove(Node, { name: 'n2' })
    await arrived()
    assert.deepEqual(await routes(), ['unreachable 10.244.1.0/24'])
    assert.match(await world.ip('node', 'route show 10.99.0.0/16'), /via/)
  })

  test('lets two pods of one node talk, directly and through a service address, with their own addresses', async () => {
    const [a, b] = [await plug('ADD', 'pod0'), await plug('ADD', 'pod1')]
    try {
      await world.serve('pod1', 8080)
      assert.deepEqual(await world.ask('pod0', b!, 8080, { show: 'client' }), { [a!]: 1 })
      const rules = `table ip try {
        chain in {
          type nat hook prerouting priority -100;
          ip daddr 10.96.0.1 tcp dport 80 dnat to ${b}:8080;
        }
      }`
      const [command, ...rest] = [...world.within('node'), 'nft', '-f', '-']
      await output(run, command!, rest, { input: rules })
      assert.deepEqual(await world.ask('pod0', '10.96.0.1', 80, { times: 3, show: 'client' }), { [a!]: 3 })
      assert.deepEqual(await world.ask('node', b!, 8080), { pod1: 1 })
      // The address of a pod that is not there is refused at once, not after a time-out.
      assert.deepEqual(await world.ask('pod0', '10.244.1.99', 80), { EHOSTUNREACH: 1 })
    } finally {
      for (const pod of ['pod0', 'pod1']) await plug('DEL', pod)
    }
  })

  test('answers on the DNS address until that is taken away', async () => {
    const options = { run, address: '10.96.0.10', prefix: world.within('node') }
    const remove = await addDnsAddress(options)
    await addDnsAddress(options)
    await world.serve('node', 5353)
    assert.deepEqual(await world.ask('client', '10.96.0.10', 5353), { node: 1 })
    await remove()
    await remove()
    assert.doesNotMatch(await world.ip('node', 'address show dev lo'), /10\.96\.0\.10/)
  })

  test('leaves nothing behind when it is cleaned up', async () => {
    await network.stop({ cleanup: true })
    assert.deepEqual(await routes(), [])
    assert.equal(existsSync(join(directory, 'conf', conflistFile)), false)
    assert.equal(existsSync(join(directory, 'data')), false)
  })
})
