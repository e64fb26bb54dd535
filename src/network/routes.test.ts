import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Node } from '#api/core/node.ts'
import { parseRoutes, type Route, routeCommands, wantedRoutes } from './routes.ts'

const node = (name: string, podCIDRs: string[], addresses: string[]): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR: podCIDRs[0], podCIDRs },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  }) as unknown as Node

describe('wantedRoutes()', () => {
  const cases: readonly [string, readonly Node[], readonly Route[]][] = [
    ['has none without pod addresses', [node('n2', [], ['192.0.2.2'])], []],
    ['has none to a node without an address', [node('n2', ['10.244.2.0/24'], [])], []],
    [
      'leads to the pods of other nodes, and refuses own addresses that no pod has',
      [node('n2', ['10.244.2.0/24'], ['192.0.2.2']), node('n1', ['10.244.1.0/24'], ['192.0.2.1'])],
      [{ to: '10.244.1.0/24' }, { to: '10.244.2.0/24', via: '192.0.2.2' }],
    ],
    [
      'keeps the families apart',
      [node('n2', ['10.244.2.0/24', 'fd00:244:2::/64'], ['192.0.2.2', 'fd00::2'])],
      [
        { to: '10.244.2.0/24', via: '192.0.2.2' },
        { to: 'fd00:244:2::/64', via: 'fd00::2' },
      ],
    ],
  ]
  for (const [name, nodes, expected] of cases) test(name, () => assert.deepEqual(wantedRoutes(nodes, 'n1'), expected))
})

describe('routeCommands()', () => {
  const a = { to: '10.244.1.0/24', via: '192.0.2.1' }
  const b = { to: '10.244.2.0/24', via: '192.0.2.2' }
  const own = { to: '10.244.3.0/24' }
  const cases: readonly [string, readonly Route[], readonly Route[], readonly string[]][] = [
    ['leaves right routes alone', [a, own], [a, own], []],
    ['adds what is missing', [a], [a, b], ['route replace 10.244.2.0/24 via 192.0.2.2 proto 90']],
    ['takes away what is not wanted', [a, own], [a], ['route del unreachable 10.244.3.0/24 proto 90']],
    [
      'follows a node that moved',
      [a],
      [{ ...a, via: '192.0.2.9' }],
      ['route del 10.244.1.0/24 proto 90', 'route replace 10.244.1.0/24 via 192.0.2.9 proto 90'],
    ],
    ['refuses own addresses without a pod', [], [own], ['route replace unreachable 10.244.3.0/24 proto 90']],
  ]
  for (const [name, have, want, expected] of cases)
    test(name, () => assert.deepEqual(routeCommands(have, want), expected))
})

test('parseRoutes() reads what ip shows', () => {
  const shown = '[{"dst":"10.1.0.0/24","gateway":"10.0.0.7","dev":"v"},{"type":"unreachable","dst":"10.3.0.1"}]'
  assert.deepEqual(parseRoutes(shown), [{ to: '10.1.0.0/24', via: '10.0.0.7' }, { to: '10.3.0.1/32' }])
  assert.deepEqual(parseRoutes(''), [])
})
