// The slices and Endpoints of a service name its pods, each by a port that has the name that the service says.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { leadsTo, makeBehind, makeService, slicesOf } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'EndpointSlice should create Endpoints and EndpointSlices for Pods matching a Service',
    since: '1.21,1.35',
  },
  async (t) => {
    const ports = [
      { name: 'named', port: 80, targetPort: 'example' },
      { name: 'unmatched', port: 81, targetPort: 'nowhere' },
    ]
    await makeService(t, 'both', { ports })
    await makeService(t, 'one', { selector: { app: 'both', only: 'second' }, ports: [{ port: 8080 }] })
    await leadsTo(t, 'both', [])
    await makeBehind(t, 'first', 'both', [{ name: 'example', containerPort: 3000 }])
    await makeBehind(t, 'second', 'both', [{ name: 'example', containerPort: 3001 }])
    await t.patch(t.path('v1', 'pods', 'second'), 'merge', { metadata: { labels: { only: 'second' } } })
    await leadsTo(t, 'both', ['first:3000', 'second:3001'])
    await leadsTo(t, 'one', ['second:8080'])

    const { status, spec, metadata } = await t.get(t.path('v1', 'pods', 'second'))
    const [slice] = await slicesOf(t, 'one')
    assert.equal(slice.addressType, 'IPv4')
    assert.equal(slice.metadata.ownerReferences[0].kind, 'Service')
    assert.equal(slice.metadata.labels['endpointslice.kubernetes.io/managed-by'], 'endpointslice-controller.k8s.io')
    const [endpoint] = slice.endpoints
    assert.deepEqual(endpoint.addresses, [status.podIP])
    assert.equal(endpoint.nodeName, spec.nodeName)
    assert.deepEqual([endpoint.targetRef.kind, endpoint.targetRef.uid], ['Pod', metadata.uid])
  },
)
