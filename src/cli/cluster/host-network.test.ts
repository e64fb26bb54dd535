import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settle } from '#lib/clock.ts'
import type { Run } from '#lib/exec.ts'
import {
  formatBefore,
  hostNetwork,
  type MachineBefore,
  namespaceOf,
  parseBefore,
  planBridge,
  planNode,
  takeIndex,
} from './host-network.ts'

const before: MachineBefore = { forwarding: false, namespaces: true }

test('hostNetwork() gives each cluster of a machine links and addresses of its own', () => {
  const [first, second] = [hostNetwork(0), hostNetwork(255)]
  assert.deepEqual(
    [first.bridge, first.hostAddress, first.subnet, first.node(1)],
    ['pinnace0', '172.30.0.1', '172.30.0.0/24', { address: '172.30.0.11', link: 'pn0v1' }],
  )
  assert.deepEqual(
    [second.bridge, second.hostAddress, second.subnet, second.node(50)],
    ['pinnace255', '172.30.255.1', '172.30.255.0/24', { address: '172.30.255.60', link: 'pn255v50' }],
  )
})

test('the longest name of a link fits into the 15 characters that the kernel allows', () => {
  const { bridge, node } = hostNetwork(255)
  for (const link of [bridge, node(50).link]) assert.ok(link.length <= 15, link)
})

test('planBridge() makes the bridge, writes on it how the machine was, and gives it the address of the host', () => {
  assert.deepEqual(planBridge(hostNetwork(3), before), [
    `link add pinnace3 address ${hostNetwork(3).hardwareAddress} type bridge`,
    'link set pinnace3 alias before:+namespaces',
    'addr add 172.30.3.1/24 dev pinnace3',
    'link set pinnace3 up',
  ])
})

test('planNode() makes a namespace with a cable to the bridge and the way out over the host', () => {
  const network = hostNetwork(3)
  const namespace = namespaceOf('test', 'test-2')
  assert.deepEqual(planNode(network, namespace, network.node(2)), [
    'netns add pinnace-test-test-2',
    'link add pn3v2 type veth peer name eth0 netns pinnace-test-test-2',
    'link set pn3v2 master pinnace3 up',
    '-n pinnace-test-test-2 addr add 172.30.3.12/24 dev eth0',
    '-n pinnace-test-test-2 link set eth0 up',
    '-n pinnace-test-test-2 link set lo up',
    '-n pinnace-test-test-2 route add default via 172.30.3.1',
  ])
})

for (const forwarding of [true, false]) {
  for (const namespaces of [true, false]) {
    test(`what the bridge remembers is read again: forwarding ${forwarding}, namespaces ${namespaces}`, () => {
      assert.deepEqual(parseBefore(formatBefore({ forwarding, namespaces })), { forwarding, namespaces })
    })
  }
}

test('a bridge with another alias remembers nothing', () => {
  for (const alias of ['', 'somebody else']) assert.equal(parseBefore(alias), undefined)
})

describe('takeIndex()', () => {
  /** A kernel that makes each link once; what it was asked for. */
  function kernel(links: Set<string>) {
    const asked: string[] = []
    const run: Run = async (_, args) => {
      asked.push(args.join(' '))
      await settle()
      const [object, verb, name = ''] = args
      if (object !== 'link' || verb !== 'add') return { code: 0, stdout: '', stderr: '' }
      if (links.has(name)) return { code: 2, stdout: '', stderr: 'RTNETLINK answers: File exists\n' }
      links.add(name)
      return { code: 0, stdout: '', stderr: '' }
    }
    return { run, asked, take: () => takeIndex(run, before, (link) => links.has(link)) }
  }

  test('is the first that is free, with its bridge', async () => {
    const { take, asked } = kernel(new Set(['pinnace0', 'pinnace2']))
    assert.equal(await take(), 1)
    assert.deepEqual(asked, planBridge(hostNetwork(1), before))
  })

  test('is another one for each of those that ask at once', async () => {
    const { take, asked } = kernel(new Set(['pinnace1']))
    assert.deepEqual((await Promise.all([take(), take(), take()])).sort(), [0, 2, 3])
    for (const index of [0, 2, 3])
      assert.equal(asked.filter((command) => command === `link set pinnace${index} up`).length, 1)
  })

  test('says why no bridge can be made, and that there are too many', async () => {
    const run: Run = async () => ({ code: 2, stdout: '', stderr: 'Operation not permitted\n' })
    await assert.rejects(
      takeIndex(run, before, () => false),
      new Error('The bridge pinnace0 cannot be made: Operation not permitted'),
    )
    await assert.rejects(
      takeIndex(run, before, () => true),
      new Error('256 clusters run on this machine already'),
    )
  })
})
