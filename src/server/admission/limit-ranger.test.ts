import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestServer, testServer } from '../fixture.ts'

const namespace = '/api/v1/namespaces/default'
const pods = `${namespace}/pods`
const claims = `${namespace}/persistentvolumeclaims`
const merge = { 'content-type': 'application/merge-patch+json' }
const strategic = { 'content-type': 'application/strategic-merge-patch+json' }
const range = (name: string, ...limits: object[]) => ({ metadata: { name }, spec: { limits } })

async function serverWith(...ranges: object[]): Promise<TestServer> {
  const api = await testServer()
  for (const each of ranges) {
    const { status, text } = await api.ask('POST', `${namespace}/limitranges`, each)
    assert.equal(status, 201, text)
  }
  return api
}

const pod = (name: string, resources: object = {}, spec: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i', resources }], automountServiceAccountToken: false, ...spec },
})

test('containers that say nothing get the defaults, and an annotation says so', async () => {
  const api = await serverWith(
    range('limits', {
      type: 'Container',
      default: { cpu: '500m', memory: '512Mi', 'ephemeral-storage': '2Gi' },
      defaultRequest: { cpu: '100m', memory: '200Mi', 'ephemeral-storage': '1Gi' },
    }),
  )
  const { json, status, text } = await api.ask('POST', pods, {
    metadata: { name: 'p' },
    spec: {
      containers: [
        { name: 'none', image: 'i' },
        { name: 'some', image: 'i', resources: { requests: { cpu: '200m' }, limits: { cpu: '300m', memory: '1Gi' } } },
      ],
      initContainers: [
        { name: 'first', image: 'i', resources: { limits: { cpu: '1', memory: '1', 'ephemeral-storage': '1' } } },
      ],
    },
  })
  assert.equal(status, 201, text)
  const [none, some] = json.spec.containers
  assert.deepEqual(none.resources, {
    limits: { cpu: '500m', 'ephemeral-storage': '2Gi', memory: '512Mi' },
    requests: { cpu: '100m', 'ephemeral-storage': '1Gi', memory: '200Mi' },
  })
  assert.deepEqual(some.resources, {
    limits: { cpu: '300m', 'ephemeral-storage': '2Gi', memory: '1Gi' },
    // A limit is a request, too, where nothing else is said.
    requests: { cpu: '200m', 'ephemeral-storage': '1Gi', memory: '1Gi' },
  })
  assert.equal(
    json.metadata.annotations['kubernetes.io/limit-ranger'],
    'LimitRanger plugin set: cpu, ephemeral-storage, memory request for container none; cpu, ephemeral-storage, memory limit for container none; ephemeral-storage request for container some; ephemeral-storage limit for container some',
  )
  await api.stop()
})

const bounds: readonly (readonly [what: string, item: object, resources: object, problem: string | undefined])[] = [
  [
    'asks for too little',
    { type: 'Container', min: { cpu: '100m' } },
    { requests: { cpu: '50m' }, limits: { cpu: '200m' } },
    'minimum cpu usage per Container is 100m, but request is 50m',
  ],
  [
    'may use too little, and asks for too much',
    { type: 'Container', min: { memory: '1Gi' }, max: { cpu: '1', memory: '2Gi' } },
    { requests: { memory: '1Mi' }, limits: { cpu: '2', memory: '1Mi' } },
    '[minimum memory usage per Container is 1Gi, but request is 1Mi, maximum cpu usage per Container is 1, but limit is 2]',
  ],
  [
    'has an odd ratio',
    { type: 'Container', maxLimitRequestRatio: { cpu: '2500m', memory: '2' } },
    { requests: { cpu: '300m' }, limits: { cpu: '1' } },
    '[cpu max limit to request ratio per Container is 2500m, but provided ratio is 3.333333, memory max limit to request ratio per Container is 2, but no request is specified or request is 0]',
  ],
  [
    'has no limit, as a whole',
    { type: 'Pod', max: { memory: '1Gi' } },
    {},
    'maximum memory usage per Pod is 1Gi.  No limit is specified',
  ],
  [
    'asks for nothing, as a whole',
    { type: 'Pod', min: { cpu: '1' } },
    {},
    'minimum cpu usage per Pod is 1.  No request is specified',
  ],
  [
    'uses much of the disk',
    { type: 'Container', max: { 'ephemeral-storage': '1Gi' } },
    { limits: { 'ephemeral-storage': '2Gi' } },
    'maximum ephemeral-storage usage per Container is 1Gi, but limit is 2Gi',
  ],
  [
    'keeps within all bounds',
    { type: 'Container', min: { cpu: '100m' }, max: { cpu: '1' }, maxLimitRequestRatio: { cpu: '2' } },
    { requests: { cpu: '500m' }, limits: { cpu: '1' } },
    undefined,
  ],
]
for (const [what, item, resources, problem] of bounds) {
  test(`a pod that ${what} is ${problem === undefined ? 'let in' : 'refused'}`, async () => {
    const api = await serverWith(range('limits', item))
    const { status, json } = await api.ask('POST', pods, pod('p', resources))
    assert.equal(status, problem === undefined ? 201 : 403)
    if (problem !== undefined) assert.equal(json.message, `pods "p" is forbidden: ${problem}`)
    await api.stop()
  })
}

test('a pod as a whole is its containers and sidecars, its greediest init container, or what it says itself', async () => {
  const api = await serverWith(range('limits', { type: 'Pod', max: { cpu: '2' } }))
  const container = (name: string, cpu: string, rest: object = {}) => ({
    name,
    image: 'i',
    resources: { limits: { cpu } },
    ...rest,
  })
  const ask = async (spec: object) =>
    (await api.ask('POST', `${pods}?dryRun=All`, { metadata: { name: 'p' }, spec })).json.message?.split('Pod ')[1]
  const always = { restartPolicy: 'Always' }
  assert.equal(await ask({ containers: [container('a', '1'), container('b', '1')] }), undefined)
  assert.equal(
    await ask({
      containers: [container('a', '1'), container('b', '1')],
      initContainers: [container('s', '500m', always)],
    }),
    'is 2, but limit is 2500m',
  )
  assert.equal(
    await ask({ containers: [container('a', '1')], initContainers: [container('i', '3')] }),
    'is 2, but limit is 3',
  )
  assert.equal(
    await ask({
      containers: [container('a', '1')],
      initContainers: [container('s', '1', always), container('i', '1500m')],
    }),
    'is 2, but limit is 2500m',
  )
  assert.equal(
    await ask({ containers: [container('a', '1')], resources: { limits: { cpu: '3' } } }),
    'is 2, but limit is 3',
  )
  await api.stop()
})

test('the first range that refuses is told of', async () => {
  const api = await serverWith(
    range('b', { type: 'Container', max: { cpu: '2' } }),
    range('a', { type: 'Container', max: { cpu: '1' } }),
  )
  const { json } = await api.ask('POST', pods, pod('p', { limits: { cpu: '3' } }))
  assert.equal(json.message, 'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 3')
  await api.stop()
})

test('a range that changes holds for what comes after', async () => {
  const api = await serverWith(range('limits', { type: 'Container', max: { cpu: '1' } }))
  const two = { limits: { cpu: '2' } }
  assert.equal((await api.ask('POST', pods, pod('a', two))).status, 403)
  const wider = { spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } }
  assert.equal((await api.ask('PATCH', `${namespace}/limitranges/limits`, wider, merge)).status, 200)
  assert.equal((await api.ask('POST', pods, pod('a', two))).status, 201)
  await api.ask('DELETE', `${namespace}/limitranges/limits`)
  const { json } = await api.ask('POST', pods, pod('b'))
  assert.deepEqual(json.spec.containers[0].resources, {})
  await api.stop()
})

test('a resize has to keep within bounds, other updates and what it leaves alone do not', async () => {
  const api = await testServer()
  await api.ask('POST', pods, pod('p', { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '4', memory: '1Gi' } }))
  await api.ask(
    'POST',
    `${namespace}/limitranges`,
    range('limits', { type: 'Container', max: { cpu: '2', memory: '1Mi' } }),
  )
  const labelled = await api.ask('PATCH', `${pods}/p`, { metadata: { labels: { a: 'b' } } }, merge)
  assert.equal(labelled.status, 200, labelled.text)
  const resize = (cpu: string) =>
    api.ask(
      'PATCH',
      `${pods}/p/resize`,
      { spec: { containers: [{ name: 'c', resources: { limits: { cpu } } }] } },
      strategic,
    )
  const refused = await resize('3')
  assert.equal(refused.json.message, 'pods "p" is forbidden: maximum cpu usage per Container is 2, but limit is 3')
  const smaller = await resize('2')
  assert.equal(smaller.status, 200, smaller.text)
  await api.stop()
})

test('claims keep within bounds, as far as they change', async () => {
  const api = await serverWith(
    range('limits', { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } }),
  )
  const claim = (name: string, storage: string) => ({
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'x', resources: { requests: { storage } } },
  })
  const message = async (storage: string) => (await api.ask('POST', claims, claim('c', storage))).json.message
  assert.equal(
    await message('1Mi'),
    'persistentvolumeclaims "c" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi',
  )
  assert.equal(
    await message('6Gi'),
    'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi',
  )
  assert.equal(await message('5Gi'), undefined)
  await api.ask(
    'PATCH',
    `${namespace}/limitranges/limits`,
    { spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '2Gi' } }] } },
    merge,
  )
  const labelled = await api.ask('PATCH', `${claims}/c`, { metadata: { labels: { a: 'b' } } }, merge)
  assert.equal(labelled.status, 200, labelled.text)
  await api.stop()
})
