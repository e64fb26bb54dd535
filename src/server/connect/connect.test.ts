import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node } from '#api/core/node.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Service } from '#api/core/service.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { seededRandom } from '#lib/random.ts'
import type { ApiRequest } from '../request.ts'
import { connectHandlers } from './connect.ts'
import type { KubeletAsk } from './kubelet.ts'

const node = {
  metadata: { name: 'n1' },
  status: {
    addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  },
} as unknown as Node

const pod = {
  metadata: { name: 'p', namespace: 'a' },
  spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ containerPort: 8080 }] }] },
  status: { podIP: '10.0.0.2' },
} as unknown as Pod

const service = { metadata: { name: 's', namespace: 'a' }, spec: { ports: [{ port: 80 }] } } as unknown as Service

const slice = {
  ports: [{ name: '', port: 8080 }],
  endpoints: [{ addresses: ['10.0.0.2'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'p' } }],
} as unknown as EndpointSlice

/** What the agent is asked, and what the client is answered. */
async function proxied(method: string, target: 'pods/proxy' | 'services/proxy', rest: string, query = '') {
  const asked: KubeletAsk[] = []
  const nobody = async () => assert.fail('nothing is upgraded')
  const handlers = connectHandlers({
    kubelets: {
      async ask(_address, what) {
        asked.push(what)
        const body = (async function* () {
          yield Buffer.from('<a href="/z">z</a>')
        })()
        return { status: 200, headers: { 'content-type': 'text/html' }, body }
      },
      connect: nobody,
      tunnel: nobody,
      close() {},
    },
    lookups: { pod: () => pod, node: () => node, service: () => service, endpointSlices: () => [slice] },
    random: seededRandom(1),
  })
  const name = target === 'pods/proxy' ? 'p' : 's'
  const request: ApiRequest = {
    method,
    path: `/api/v1/namespaces/a/${target.replace('/', `/${name}/`)}${rest}`,
    query: new URLSearchParams(query),
    headers: {},
    body: { type: 'none' },
    signal: new AbortController().signal,
  }
  const { status, headers, body } = await handlers[target]!({ request, namespace: 'a', name, rest })
  let page = ''
  if (body.type === 'stream') for await (const batch of body.batches) page += Buffer.concat(batch)
  return {
    status,
    location: headers.location,
    asked: asked.map((what) => `${what.method} ${what.path}`),
    forwardedUri: asked[0]?.headers?.['x-forwarded-uri'],
    page,
  }
}

for (const target of ['pods/proxy', 'services/proxy'] as const) {
  test(`${target} hands every method on, with its path and query`, async () => {
    for (const method of ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']) {
      const { status, asked } = await proxied(method, target, '/x/y', 'a=b')
      assert.deepEqual([status, asked], [200, [`${method} /podProxy/a/p/8080/x/y?a=b`]])
    }
  })

  test(`${target} sends who reads the root to where its links lead to the right place`, async () => {
    const path = `/api/v1/namespaces/a/${target === 'pods/proxy' ? 'pods/p' : 'services/s'}/proxy/`
    for (const method of ['GET', 'HEAD']) {
      const { status, location, asked } = await proxied(method, target, '', 'a=b')
      assert.deepEqual([status, location, asked], [301, `${path}?a=b`, []])
    }
    assert.deepEqual((await proxied('GET', target, '/')).asked, ['GET /podProxy/a/p/8080/'])
    assert.deepEqual((await proxied('POST', target, '', 'a=b')).asked, ['POST /podProxy/a/p/8080/?a=b'])
  })

  test(`${target} says where it is, and its pages lead back to it`, async () => {
    const path = `/api/v1/namespaces/a/${target === 'pods/proxy' ? 'pods/p' : 'services/s'}/proxy`
    const { forwardedUri, page } = await proxied('GET', target, '/x/', 'a=b')
    assert.deepEqual([forwardedUri, page], [`${path}/x/`, `<a href="${path}/z">z</a>`])
  })
}
