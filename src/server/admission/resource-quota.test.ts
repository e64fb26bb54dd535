import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { MemoryStore } from '#store/memory.ts'
import type { Store } from '#store/store.ts'
import { type TestServer, testServer } from '../fixture.ts'
import { resourceQuota } from './resource-quota.ts'

const namespace = '/api/v1/namespaces/default'
const pods = `${namespace}/pods`
const quotas = `${namespace}/resourcequotas`
const hard = (name: string, amounts: object, rest: object = {}) => ({
  metadata: { name },
  spec: { hard: amounts, ...rest },
})
const pod = (name: string, resources: object = {}, spec: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c1', image: 'i', resources }], automountServiceAccountToken: false, ...spec },
})
const map = (name: string, rest: object = {}) => ({ metadata: { name, ...rest } })

/** A server with these quotas. */
async function serverWith(...wanted: object[]): Promise<TestServer> {
  const api = await testServer()
  for (const quota of wanted) {
    const { status, text } = await api.ask('POST', quotas, quota)
    assert.equal(status, 201, text)
  }
  return api
}

describe('a quota of pods', () => {
  let api: TestServer
  before(async () => {
    api = await serverWith(hard('q', { pods: '2', 'count/pods': '3', 'requests.cpu': '1', 'requests.memory': '1Gi' }))
  })
  after(() => api.stop())
  const small = { requests: { cpu: '100m', memory: '100Mi' } }

  test('wants every container to say what it needs', async () => {
    const { status, json } = await api.ask('POST', pods, {
      ...pod('a'),
      spec: {
        containers: [
          { name: 'c2', image: 'i' },
          { name: 'c1', image: 'i', resources: { requests: { cpu: '1' } } },
        ],
        initContainers: [{ name: 'i1', image: 'i' }],
      },
    })
    assert.equal(status, 403)
    assert.equal(
      json.message,
      'pods "a" is forbidden: failed quota: q: must specify requests.cpu for: c2,i1; requests.memory for: c1,c2,i1',
    )
    assert.deepEqual([json.reason, json.details], ['Forbidden', { name: 'a', kind: 'pods' }])
  })

  test('wants nothing more of the containers of a pod that says it as a whole', async () => {
    const whole = pod('whole', {}, { resources: small })
    const { status, text } = await api.ask('POST', `${pods}?dryRun=All`, whole)
    assert.equal(status, 201, text)
  })

  test('refuses what there is no room for, and tells of all of it', async () => {
    assert.equal((await api.ask('POST', pods, pod('a', small))).status, 201)
    const { json } = await api.ask('POST', pods, pod('b', { requests: { cpu: '2', memory: '1Gi' } }))
    assert.equal(
      json.message,
      'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=2,requests.memory=1Gi, used: requests.cpu=100m,requests.memory=100Mi, limited: requests.cpu=1,requests.memory=1Gi',
    )
    assert.equal((await api.ask('POST', pods, pod('b', small))).status, 201)
    const third = await api.ask('POST', pods, pod('c', small))
    assert.equal(
      third.json.message,
      'pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
    )
  })

  test('is not used up by what is refused, stands already or is only tried', async () => {
    assert.equal((await api.ask('DELETE', `${pods}/b?gracePeriodSeconds=0`)).status, 200)
    assert.equal((await api.ask('POST', pods, pod('b', { limits: { cpu: 'x' } }))).status, 400)
    assert.equal((await api.ask('POST', pods, pod('a', small))).status, 409)
    assert.equal((await api.ask('POST', `${pods}?dryRun=All`, pod('b', small))).status, 201)
    assert.equal((await api.ask('POST', pods, pod('b', small))).status, 201)
  })

  test('counts a pod that has ended only as an object', async () => {
    const ended = await api.ask('PATCH', `${pods}/a/status`, { status: { phase: 'Succeeded' } }, merge)
    assert.equal(ended.status, 200, ended.text)
    assert.equal((await api.ask('POST', pods, pod('c', small))).status, 201)
    await api.ask('PATCH', `${pods}/b/status`, { status: { phase: 'Failed' } }, merge)
    const { json } = await api.ask('POST', pods, pod('d', small))
    assert.equal(
      json.message,
      'pods "d" is forbidden: exceeded quota: q, requested: count/pods=1, used: count/pods=3, limited: count/pods=3',
    )
  })

  test('charges a resize for what it adds', async () => {
    const resize = (cpu: string) =>
      api.ask(
        'PATCH',
        `${pods}/c/resize`,
        { spec: { containers: [{ name: 'c1', resources: { requests: { cpu } } }] } },
        strategic,
      )
    const much = await resize('1100m')
    assert.equal(
      much.json.message,
      'pods "c" is forbidden: exceeded quota: q, requested: requests.cpu=1, used: requests.cpu=100m, limited: requests.cpu=1',
    )
    const more = await resize('1')
    assert.equal(more.status, 200, more.text)
    const less = await resize('200m')
    assert.equal(less.status, 200, less.text)
  })
})

const merge = { 'content-type': 'application/merge-patch+json' }
const strategic = { 'content-type': 'application/strategic-merge-patch+json' }

test('of fifty creations at once, a quota of ten lets in ten', async () => {
  const api = await serverWith(hard('q', { 'count/configmaps': '10' }), hard('r', { configmaps: '20' }))
  const made = await Promise.all(
    Array.from({ length: 50 }, (_, i) => api.ask('POST', `${namespace}/configmaps`, map(`m${i}`))),
  )
  const count = (code: number) => made.filter(({ status }) => status === code).length
  assert.deepEqual([count(201), count(403)], [10, 40])
  const { json } = await api.ask('GET', `${namespace}/configmaps`)
  assert.equal(json.items.length, 10)
  const refused = made.find(({ status }) => status === 403)!
  assert.match(
    refused.json.message,
    /^configmaps "m\d+" is forbidden: exceeded quota: q, requested: count\/configmaps=1, used: count\/configmaps=10, limited: count\/configmaps=10$/,
  )
  await api.stop()
})

/** Lets others go first before it commits, as one that writes to a disk does. */
const slow = (store: MemoryStore): Store =>
  new Proxy<Store>(store, {
    get(target, name) {
      if (name === 'commit')
        return async (...write: Parameters<Store['commit']>) => {
          for (let turn = 0; turn < 20; turn++) await Promise.resolve()
          return target.commit(...write)
        }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

test('while writes are under way, nobody else gets their room, and it is free again when they fail', async () => {
  const api = await testServer({
    parts: (memory) => {
      const store = slow(memory)
      return { store, admission: [resourceQuota(store)] }
    },
  })
  await api.ask('POST', quotas, hard('q', { configmaps: '10' }))
  const create = (name: string) => api.ask('POST', `${namespace}/configmaps`, map(name))
  const statuses = async (names: readonly string[]) =>
    (await Promise.all(names.map(create))).map(({ status }) => status)
  const names = Array.from({ length: 50 }, (_, i) => `m${i % 25}`)
  const made = await statuses(names)
  assert.equal(made.filter((status) => status === 201).length, 10)
  const { json } = await api.ask('GET', `${namespace}/configmaps`)
  assert.equal(json.items.length, 10)
  for (const { metadata } of json.items.slice(0, 5)) await api.ask('DELETE', `${namespace}/configmaps/${metadata.name}`)
  assert.deepEqual(await statuses(['a', 'b', 'c', 'd', 'e']), [201, 201, 201, 201, 201])
  assert.deepEqual(await statuses(['f']), [403])
  await api.stop()
})

test('of as many as there is room for, none is refused for another one in flight', async () => {
  const api = await serverWith(hard('q', { configmaps: '20' }))
  for (let round = 0; round < 3; round++) {
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, i) => api.ask('POST', `${namespace}/configmaps`, map(`m${i}`))),
    )
    assert.deepEqual(new Set(made.map(({ status }) => status)), new Set([201]))
    await Promise.all(made.map((_, i) => api.ask('DELETE', `${namespace}/configmaps/m${i}`)))
  }
  await api.stop()
})

test('creations of the same name are charged for once', async () => {
  const api = await serverWith(hard('q', { configmaps: '2' }))
  const made = await Promise.all(
    Array.from({ length: 5 }, () => api.ask('POST', `${namespace}/configmaps`, map('same'))),
  )
  assert.deepEqual(made.map(({ status }) => status).sort(), [201, 409, 409, 409, 409])
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('other'))).status, 201)
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('third'))).status, 403)
  await api.stop()
})

test('generated names are charged for each', async () => {
  const api = await serverWith(hard('q', { secrets: '3' }))
  const secret = { metadata: { generateName: 's-' } }
  const made = await Promise.all(Array.from({ length: 6 }, () => api.ask('POST', `${namespace}/secrets`, secret)))
  assert.equal(made.filter(({ status }) => status === 201).length, 3)
  await api.stop()
})

test('a quota holds from when it is there, for what was there before, and as it is changed', async () => {
  const api = await testServer()
  await api.ask('POST', `${namespace}/configmaps`, map('a'))
  await api.ask('POST', quotas, hard('q', { configmaps: '1' }))
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('b'))).status, 403)
  await api.ask('PATCH', `${quotas}/q`, { spec: { hard: { configmaps: '2' } } }, merge)
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('b'))).status, 201)
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('c'))).status, 403)
  await api.ask('DELETE', `${quotas}/q`)
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('c'))).status, 201)
  await api.ask('POST', quotas, hard('q', { configmaps: '4' }))
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('d'))).status, 201)
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('e'))).status, 403)
  await api.stop()
})

test('other namespaces are none of its business', async () => {
  const api = await testServer({ namespaces: ['default', 'other'] })
  await api.ask('POST', quotas, hard('q', { configmaps: '0' }))
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('a'))).status, 403)
  assert.equal((await api.ask('POST', '/api/v1/namespaces/other/configmaps', map('a'))).status, 201)
  await api.stop()
})

describe('a quota of services', () => {
  let api: TestServer
  before(async () => {
    api = await serverWith(
      hard('q', { services: '3', 'services.nodeports': '2', 'services.loadbalancers': '1', 'count/services': '9' }),
    )
  })
  after(() => api.stop())
  const service = (name: string, type: string, ports = 1, rest: object = {}) => ({
    metadata: { name },
    spec: {
      type,
      selector: { a: 'b' },
      ports: Array.from({ length: ports }, (_, i) => ({ name: `p${i}`, port: 80 + i })),
      ...rest,
    },
  })
  const services = `${namespace}/services`

  test('counts node ports, given out or yet to be', async () => {
    const { json } = await api.ask('POST', services, service('n', 'NodePort', 3))
    assert.equal(
      json.message,
      'services "n" is forbidden: exceeded quota: q, requested: services.nodeports=3, used: services.nodeports=0, limited: services.nodeports=2',
    )
    assert.equal((await api.ask('POST', services, service('n', 'NodePort'))).status, 201)
  })

  test('counts what an update makes of a service', async () => {
    assert.equal((await api.ask('POST', services, service('a', 'ClusterIP', 2))).status, 201)
    const patch = (name: string, type: string) => api.ask('PATCH', `${services}/${name}`, { spec: { type } }, merge)
    const refused = await patch('a', 'NodePort')
    assert.match(
      refused.json.message,
      /exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=1, limited/,
    )
    const freed = await patch('n', 'ClusterIP')
    assert.equal(freed.status, 200, freed.text)
    assert.equal((await patch('a', 'NodePort')).status, 200)
  })

  test('counts no node ports for a load balancer that wants none', async () => {
    const balanced = service('l', 'LoadBalancer', 2, { allocateLoadBalancerNodePorts: false })
    const { status, text } = await api.ask('POST', services, balanced)
    assert.equal(status, 201, text)
    const full = await api.ask(
      'POST',
      services,
      service('x', 'LoadBalancer', 1, { allocateLoadBalancerNodePorts: false }),
    )
    assert.match(
      full.json.message,
      /requested: services=1,services.loadbalancers=1, used: services=3,services.loadbalancers=1, limited: services=3,services.loadbalancers=1$/,
    )
  })
})

test('a quota of storage counts by class, and what a claim grows by', async () => {
  const gold = 'gold.storageclass.storage.k8s.io'
  const api = await serverWith(
    hard('q', {
      'requests.storage': '10Gi',
      [`${gold}/requests.storage`]: '3Gi',
      [`${gold}/persistentvolumeclaims`]: '2',
    }),
  )
  const claims = `${namespace}/persistentvolumeclaims`
  const claim = (name: string, storage: string, storageClassName?: string) => ({
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, storageClassName },
  })
  const made = await api.ask('POST', claims, claim('a', '2Gi', 'gold'))
  assert.equal(made.status, 201, made.text)
  const { json } = await api.ask('POST', claims, claim('b', '2Gi', 'gold'))
  assert.equal(
    json.message,
    `persistentvolumeclaims "b" is forbidden: exceeded quota: q, requested: ${gold}/requests.storage=2Gi, used: ${gold}/requests.storage=2Gi, limited: ${gold}/requests.storage=3Gi`,
  )
  assert.equal((await api.ask('POST', claims, claim('b', '8Gi', 'iron'))).status, 201)
  const full = await api.ask('POST', claims, claim('c', '1', 'iron'))
  assert.match(
    full.json.message,
    /requested: requests.storage=1, used: requests.storage=10Gi, limited: requests.storage=10Gi$/,
  )
  await api.stop()
})

test('several quotas all have to have room, and the first one that has none is told of', async () => {
  const api = await serverWith(hard('a', { pods: '5' }), hard('b', { pods: '0' }), hard('c', { 'count/pods': '0' }))
  const { json } = await api.ask('POST', pods, pod('p'))
  assert.equal(
    json.message,
    'pods "p" is forbidden: exceeded quota: b, requested: pods=1, used: pods=0, limited: pods=0',
  )
  // Nothing is left of the attempt in the quota that had room.
  await api.ask('DELETE', `${quotas}/b`)
  await api.ask('DELETE', `${quotas}/c`)
  for (const name of ['p', 'q', 'r', 's', 't']) assert.equal((await api.ask('POST', pods, pod(name))).status, 201)
  assert.equal((await api.ask('POST', pods, pod('u'))).status, 403)
  await api.stop()
})

test('quotas are asked in order of name, whenever they have come', async () => {
  const api = await serverWith(hard('b', { pods: '0' }))
  const told = async () =>
    (await api.ask('POST', pods, pod('p'))).json.message.replace(/.*exceeded quota: (\w+),.*/, '$1')
  assert.equal(await told(), 'b')
  await api.ask('POST', quotas, hard('c', { pods: '0' }))
  await api.ask('POST', quotas, hard('a', { pods: '0' }))
  assert.equal(await told(), 'a')
  await api.ask('PATCH', `${quotas}/a`, { spec: { hard: { pods: '1' } } }, merge)
  assert.equal(await told(), 'b')
  await api.stop()
})

test('a quota that comes while something is written counts it, and one that goes leaves nothing behind', async () => {
  const api = await serverWith(hard('q', { configmaps: '5' }))
  const made = Array.from({ length: 3 }, (_, i) => api.ask('POST', `${namespace}/configmaps`, map(`m${i}`)))
  const more = [
    api.ask('POST', quotas, hard('r', { 'count/configmaps': '3' })),
    api.ask('DELETE', `${quotas}/q`),
    ...Array.from({ length: 3 }, (_, i) => api.ask('POST', `${namespace}/configmaps`, map(`n${i}`))),
  ]
  await Promise.all([...made, ...more])
  const { json } = await api.ask('GET', `${namespace}/configmaps`)
  const { status } = await api.ask('POST', `${namespace}/configmaps`, map('z'))
  assert.equal(status, json.items.length >= 3 ? 403 : 201)
  for (const { metadata } of json.items) await api.ask('DELETE', `${namespace}/configmaps/${metadata.name}`)
  for (const name of ['a', 'b', 'c'])
    assert.equal((await api.ask('POST', `${namespace}/configmaps`, map(name))).status, 201)
  assert.equal((await api.ask('POST', `${namespace}/configmaps`, map('d'))).status, 403)
  await api.stop()
})

test('scopes say which pods a quota is about', async () => {
  const api = await serverWith(
    hard('short', { pods: '1' }, { scopes: ['Terminating'] }),
    hard('modest', { pods: '1' }, { scopes: ['BestEffort', 'NotTerminating'] }),
  )
  const resources = { requests: { cpu: '1' } }
  const ask = async (name: string, needs: object, spec: object = {}) =>
    (await api.ask('POST', pods, pod(name, needs, spec))).json.message?.replace(/.*(exceeded quota: \w+).*/, '$1')
  assert.equal(await ask('a', {}), undefined)
  assert.equal(await ask('b', {}), 'exceeded quota: modest')
  assert.equal(await ask('c', resources), undefined)
  assert.equal(await ask('d', resources, { activeDeadlineSeconds: 5 }), undefined)
  assert.equal(await ask('e', resources, { activeDeadlineSeconds: 5 }), 'exceeded quota: short')
  // One that gets a deadline later comes under the other quota.
  const late = await api.ask('PATCH', `${pods}/c`, { spec: { activeDeadlineSeconds: 5 } }, merge)
  assert.match(late.json.message, /exceeded quota: short, requested: pods=1, used: pods=1, limited: pods=1$/)
  await api.stop()
})

test('a pod whose node is lost keeps nobody from having another one', async () => {
  const api = await serverWith(hard('q', { pods: '1' }))
  await api.ask('POST', pods, pod('a', {}, { nodeName: 'lost' }))
  const { json } = await api.ask('DELETE', `${pods}/a`)
  assert.equal(json.metadata.deletionGracePeriodSeconds, 30)
  assert.equal((await api.ask('POST', pods, pod('b'))).status, 403)
  await api.clock.advance(59_000)
  assert.equal((await api.ask('POST', pods, pod('b'))).status, 403)
  await api.clock.advance(3000)
  assert.equal((await api.ask('POST', pods, pod('b'))).status, 201)
  await api.stop()
})
