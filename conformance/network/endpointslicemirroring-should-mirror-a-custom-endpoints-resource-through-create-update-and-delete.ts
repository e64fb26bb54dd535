// What somebody writes into the Endpoints of a service without a selector is shown by a slice, as long as it stands there.

import assert from 'node:assert/strict'
import { behaviour, type Context } from '../behaviour.ts'
import { servicePath, slicesOf } from '../fixtures/services.ts'

const subsets = (ip: string, port: number) => [{ addresses: [{ ip }], ports: [{ name: 'own', port, protocol: 'TCP' }] }]

const isShown = (t: Context, ip: string, port: number) =>
  t.eventually(`one slice shows ${ip}:${port}`, async () => {
    const slices = await slicesOf(t, 'own')
    assert.equal(slices.length, 1)
    const [{ metadata, addressType, endpoints, ports }] = slices
    assert.equal(metadata.labels['endpointslice.kubernetes.io/managed-by'], 'endpointslicemirroring-controller.k8s.io')
    assert.equal(metadata.labels.team, 'red')
    assert.equal(addressType, 'IPv4')
    assert.deepEqual(
      endpoints.map(({ addresses, conditions }: typeof endpoints) => [addresses, conditions.ready]),
      [[[ip], true]],
    )
    assert.deepEqual(ports, [{ name: 'own', port, protocol: 'TCP' }])
    return true
  })

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'EndpointSliceMirroring should mirror a custom Endpoints resource through create update and delete',
    since: '1.21',
  },
  async (t) => {
    await t.post(servicePath(t), { metadata: { name: 'own' }, spec: { ports: [{ name: 'own', port: 80 }] } })
    const endpoints = t.path('v1', 'endpoints')
    const made = await t.post(endpoints, {
      metadata: { name: 'own', labels: { team: 'red' } },
      subsets: subsets('10.1.2.3', 8090),
    })
    await isShown(t, '10.1.2.3', 8090)
    await t.put(`${endpoints}/own`, { ...made, subsets: subsets('10.2.3.4', 9999) })
    await isShown(t, '10.2.3.4', 9999)
    await t.delete(`${endpoints}/own`)
    await t.eventually('the slice goes', async () => (await slicesOf(t, 'own')).length === 0)
  },
)
