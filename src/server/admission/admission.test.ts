import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { seededRandom } from '#lib/random.ts'
import { type TestServer, testServer } from '../fixture.ts'
import { admissionPlugins } from './plugins.ts'

const pods = '/api/v1/namespaces/default/pods'
const services = '/api/v1/namespaces/default/services'
const pod = (spec: object = {}): object => ({
  metadata: { generateName: 'p-' },
  spec: { containers: [{ name: 'c', image: 'i' }], initContainers: [{ name: 'i', image: 'i' }], ...spec },
})
const service = (name: string, spec: object = {}): object => ({
  metadata: { name },
  spec: { ports: [{ port: 80 }], selector: { a: 'b' }, ...spec },
})

describe('a new pod', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
  })
  after(() => api.stop())

  test('runs as the default account, with its token in every container', async () => {
    const { json, status, text } = await api.ask('POST', pods, pod())
    assert.equal(status, 201, text)
    assert.deepEqual([json.spec.serviceAccountName, json.spec.serviceAccount], ['default', 'default'])
    const [volume] = json.spec.volumes
    assert.match(volume.name, /^kube-api-access-[a-z0-9]{5}$/)
    assert.deepEqual(volume.projected.sources[0], { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } })
    for (const container of [...json.spec.containers, ...json.spec.initContainers])
      assert.deepEqual(container.volumeMounts, [
        { name: volume.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
      ])
  })

  test('has no token if it does not want one', async () => {
    const { json } = await api.ask('POST', pods, pod({ automountServiceAccountToken: false }))
    assert.equal(json.spec.volumes, undefined)
  })

  test('is refused without its account, after having waited for it', async () => {
    const asked = api.ask('POST', pods, pod({ serviceAccountName: 'none' }))
    await api.clock.advance(1001)
    const { status, json } = await asked
    assert.equal(status, 403)
    assert.match(
      json.message,
      /is forbidden: error looking up service account default\/none: serviceaccount "none" not found$/,
    )
  })

  test('is let in when its account comes in time', async () => {
    const asked = api.ask('POST', pods, pod({ serviceAccountName: 'late' }))
    await api.clock.advance(100)
    await api.ask('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'late' } })
    assert.equal((await asked).status, 201)
  })

  test('stays five minutes on a node that is not ready, unless it says otherwise', async () => {
    const { json } = await api.ask(
      'POST',
      pods,
      pod({ tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }] }),
    )
    assert.deepEqual(json.spec.tolerations, [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists' },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ])
  })

  test('keeps that when it is replaced by somebody who does not repeat it', async () => {
    const { json } = await api.ask('POST', pods, pod())
    const { tolerations: _, ...spec } = json.spec
    const replaced = await api.ask('PUT', `${pods}/${json.metadata.name}`, { ...json, spec })
    assert.equal(replaced.status, 200, replaced.text)
    assert.equal(replaced.json.spec.tolerations.length, 2)
  })

  test('cannot name its priority itself', async () => {
    assert.match(
      (await api.ask('POST', pods, pod({ priority: 5 }))).json.message,
      /the integer value of priority \(5\) must not be provided in pod spec/,
    )
    assert.match(
      (await api.ask('POST', pods, pod({ priorityClassName: 'x' }))).json.message,
      /no PriorityClass with name x was found/,
    )
    const critical = await api.ask('POST', pods, pod({ priorityClassName: 'system-node-critical' }))
    assert.equal(critical.json.spec.priority, 2_000_001_000)
  })
})

test('a new node begins with the taint of one that is not ready', async () => {
  const api = await testServer()
  const { json } = await api.ask('POST', '/api/v1/nodes', { metadata: { name: 'n' } })
  assert.deepEqual(json.spec.taints, [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
  await api.stop()
})

describe('services', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
  })
  after(() => api.stop())

  test('get an address that nobody else has', async () => {
    const { json, status, text } = await api.ask('POST', services, service('a'))
    assert.equal(status, 201, text)
    assert.match(json.spec.clusterIP, /^10\.96\.\d+\.\d+$/)
    assert.deepEqual(json.spec.clusterIPs, [json.spec.clusterIP])
    assert.deepEqual([json.spec.ipFamilies, json.spec.ipFamilyPolicy], [['IPv4'], 'SingleStack'])
    const taken = await api.ask('POST', services, service('b', { clusterIP: json.spec.clusterIP }))
    assert.equal(taken.status, 422)
    assert.equal(
      taken.json.message,
      `Service "b" is invalid: spec.clusterIPs: Invalid value: ["${json.spec.clusterIP}"]: failed to allocate IP ${json.spec.clusterIP}: provided IP is already allocated`,
    )
    const outside = await api.ask('POST', services, service('b', { clusterIP: '192.168.0.1' }))
    assert.match(
      outside.json.message,
      /failed to allocate IP 192.168.0.1: the provided network does not match the current range/,
    )
    const two = await api.ask('POST', services, service('b', { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.8'] }))
    assert.equal(
      two.json.message,
      'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.8"]: first value must match `clusterIP`',
    )
    const both = await api.ask('POST', services, service('b', { ipFamilies: ['IPv4', 'IPv6'] }))
    assert.equal(
      both.json.message,
      'Service "b" is invalid: [spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services, spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster]',
    )
    await api.ask('DELETE', `${services}/a`)
    assert.equal((await api.ask('POST', services, service('b', { clusterIP: json.spec.clusterIP }))).status, 201)
  })

  test('without an address have none', async () => {
    const headless = await api.ask('POST', services, service('h', { clusterIP: 'None' }))
    assert.deepEqual(headless.json.spec.clusterIPs, ['None'])
    const external = await api.ask('POST', services, {
      metadata: { name: 'e' },
      spec: { type: 'ExternalName', externalName: 'x.org' },
    })
    assert.deepEqual([external.status, external.json.spec.clusterIP], [201, undefined])
  })

  test('the API itself has the first address', async () => {
    const { json } = await api.ask('POST', services, service('kubernetes'))
    assert.equal(json.spec.clusterIP, '10.96.0.1')
  })

  test('get node ports, give them back, and keep them through updates that do not name them', async () => {
    const { json } = await api.ask('POST', services, service('n', { type: 'NodePort' }))
    const { nodePort } = json.spec.ports[0]
    assert.ok(nodePort >= 30086 && nodePort <= 32767, String(nodePort))
    const taken = await api.ask('POST', services, service('m', { type: 'NodePort', ports: [{ port: 80, nodePort }] }))
    assert.equal(
      taken.json.message,
      `Service "m" is invalid: spec.ports[0].nodePort: Invalid value: ${nodePort}: provided port is already allocated`,
    )
    const outside = await api.ask(
      'POST',
      services,
      service('m', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }),
    )
    assert.match(
      outside.json.message,
      /provided port is not in the valid range. The range of valid ports is 30000-32767/,
    )
    const replaced = await api.ask('PUT', `${services}/n`, service('n', { type: 'NodePort' }))
    assert.equal(replaced.status, 200, replaced.text)
    assert.equal(replaced.json.spec.ports[0].nodePort, nodePort, replaced.text)
    assert.equal(replaced.json.spec.clusterIP, json.spec.clusterIP)
    await api.ask('PUT', `${services}/n`, service('n', { type: 'ClusterIP' }))
    assert.equal(
      (await api.ask('POST', services, service('m', { type: 'NodePort', ports: [{ port: 80, nodePort }] }))).status,
      201,
    )
  })

  test('a dry run takes nothing', async () => {
    const { json } = await api.ask('POST', `${services}?dryRun=All`, service('dry', { type: 'NodePort' }))
    const { clusterIP, ports } = json.spec
    const real = await api.ask(
      'POST',
      services,
      service('dry', { type: 'NodePort', clusterIP, ports: [{ port: 80, nodePort: ports[0].nodePort }] }),
    )
    assert.equal(real.status, 201, real.text)
  })

  test('many made at once have each their own', async () => {
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, i) => api.ask('POST', services, service(`s${i}`, { type: 'NodePort' }))),
    )
    assert.equal(new Set(made.map(({ json }) => json.spec.clusterIP)).size, 50)
    assert.equal(new Set(made.map(({ json }) => json.spec.ports[0].nodePort)).size, 50)
  })
})

test('a range that is used up is told of, and what is stored counts after a restart', async () => {
  const api = await testServer()
  const plugins = () => admissionPlugins({ store: api.store, random: seededRandom(2), cidr: '10.0.0.0/30' })
  const small = await testServer({ store: api.store, admission: plugins(), namespaces: [] })
  assert.equal((await small.ask('POST', services, service('a'))).status, 201)
  const restarted = await testServer({ store: api.store, admission: plugins(), namespaces: [] })
  assert.equal((await restarted.ask('POST', services, service('b'))).status, 201)
  const full = await restarted.ask('POST', services, service('c'))
  assert.deepEqual(
    [full.status, full.json.message],
    [500, 'Internal error occurred: failed to allocate a serviceIP: range is full'],
  )
  await api.stop()
})
