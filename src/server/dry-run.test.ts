// A dry run goes all the way and answers as if it were none, but stores nothing: with every verb and subresource.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TestServer, testServer } from './fixture.ts'

const core = '/api/v1/namespaces/default'
const apps = '/apis/apps/v1/namespaces/default'
const podSpec = { containers: [{ name: 'c', image: 'i' }] }
const workload = {
  selector: { matchLabels: { a: 'b' } },
  template: { metadata: { labels: { a: 'b' } }, spec: podSpec },
}
const merge = 'application/merge-patch+json'
const apply = 'application/apply-patch+yaml'
const typed = (kind: string, apiVersion: string, name: string, rest: object) => ({
  apiVersion,
  kind,
  metadata: { name },
  ...rest,
})

const stock: readonly (readonly [string, object])[] = [
  [`${core}/configmaps`, { metadata: { name: 'a' }, data: { a: 'b' } }],
  [`${core}/configmaps`, { metadata: { name: 'b' }, data: { a: 'b' } }],
  [`${core}/pods`, { metadata: { name: 'free' }, spec: podSpec }],
  [`${core}/pods`, { metadata: { name: 'bound' }, spec: { ...podSpec, nodeName: 'n' } }],
  [`${apps}/deployments`, { metadata: { name: 'd' }, spec: workload }],
]

const cases: readonly (readonly [method: string, path: string, body: unknown, type?: string])[] = [
  ['POST', `${core}/configmaps`, { metadata: { name: 'new' } }],
  ['POST', `${core}/configmaps`, { metadata: { generateName: 'new-' } }],
  ['PUT', `${core}/configmaps/a`, { metadata: { name: 'a' }, data: { a: 'c' } }],
  ['PUT', '/apis/coordination.k8s.io/v1/namespaces/default/leases/new', { metadata: { name: 'new' } }],
  ['PATCH', `${core}/configmaps/a`, { data: { a: 'c' } }, merge],
  ['PATCH', `${core}/configmaps/a`, { data: { a: 'c' } }, 'application/strategic-merge-patch+json'],
  ['PATCH', `${core}/configmaps/a`, [{ op: 'remove', path: '/data' }], 'application/json-patch+json'],
  ['PATCH', `${core}/configmaps/a?fieldManager=m`, typed('ConfigMap', 'v1', 'a', { data: { x: 'c' } }), apply],
  ['PATCH', `${core}/configmaps/new?fieldManager=m`, typed('ConfigMap', 'v1', 'new', {}), apply],
  ['DELETE', `${core}/configmaps/a`, undefined],
  ['DELETE', `${core}/configmaps/a?propagationPolicy=Foreground`, undefined],
  ['DELETE', `${core}/configmaps`, undefined],
  ['DELETE', `${core}/pods/bound`, undefined],
  ['DELETE', `${core}/pods/bound?gracePeriodSeconds=0`, undefined],
  ['PATCH', `${core}/pods/bound/status`, { status: { message: 'm' } }, merge],
  [
    'PATCH',
    `${core}/pods/bound/status?fieldManager=m`,
    typed('Pod', 'v1', 'bound', { status: { message: 'm' } }),
    apply,
  ],
  ['POST', `${core}/pods/free/binding`, { metadata: { name: 'free' }, target: { kind: 'Node', name: 'n' } }],
  ['POST', `${core}/pods/bound/eviction`, { metadata: { name: 'bound' } }],
  ['PATCH', `${apps}/deployments/d/scale`, { spec: { replicas: 7 } }, merge],
  ['PUT', `${apps}/deployments/d/scale`, { metadata: { name: 'd' }, spec: { replicas: 7 } }],
  ['PATCH', `${apps}/deployments/d/status`, { status: { replicas: 7 } }, merge],
  ['PUT', '/api/v1/namespaces/default/finalize', { metadata: { name: 'default' }, spec: { finalizers: [] } }],
]

let api: TestServer
before(async () => {
  api = await testServer()
  for (const [collection, object] of stock) assert.equal((await api.ask('POST', collection, object)).status, 201)
})
after(() => api.stop())

for (const [method, path, body, type] of cases) {
  test(`${method} ${path} ${type ?? ''}`, async () => {
    const { revision } = api.store
    const url = `${path}${path.includes('?') ? '&' : '?'}dryRun=All`
    const answer = await api.ask(method, url, body, type ? { 'content-type': type } : {})
    assert.ok(answer.status === 200 || answer.status === 201, answer.text)
    assert.equal(api.store.revision, revision, 'something was stored')
    assert.notEqual(answer.json.metadata?.resourceVersion, '0')
  })
}

test('what a dry run refuses is what would be refused', async () => {
  const { revision } = api.store
  for (const [method, path, body, code] of [
    ['POST', `${core}/configmaps`, { metadata: { name: 'a' } }, 409],
    ['POST', `${core}/configmaps`, { metadata: { name: 'A_' } }, 422],
    ['DELETE', `${core}/configmaps/absent`, undefined, 404],
    ['POST', `${core}/pods/bound/binding`, { metadata: { name: 'bound' }, target: { name: 'x' } }, 409],
    ['PUT', `${apps}/deployments/d/scale`, { metadata: { name: 'd' }, spec: { replicas: -1 } }, 422],
  ] as const) {
    const answer = await api.ask(method, `${path}?dryRun=All`, body)
    assert.equal(answer.status, code, answer.text)
  }
  assert.equal(api.store.revision, revision)
})

test('a patch of a part that is no patch is refused, of whatever type', async () => {
  const { revision } = api.store
  for (const part of ['scale', 'status']) {
    for (const patchType of [merge, apply, 'application/strategic-merge-patch+json', 'application/json-patch+json']) {
      for (const body of [undefined, '', 'null', '1', '"a"', '{', '{"apiVersion":{"toString":1},"kind":{}}']) {
        const url = `${apps}/deployments/d/${part}?fieldManager=m`
        const answer = await api.ask('PATCH', url, body, { 'content-type': patchType })
        const harmless = answer.status === 200 && api.store.revision === revision
        assert.ok(harmless || [400, 422].includes(answer.status), `${part} ${patchType} ${body}: ${answer.text}`)
      }
    }
  }
})
