import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Toleration } from '#api/core/taint.ts'
import { type TestServer, testServer } from '../fixture.ts'
import { newest } from './classes.ts'
import { mergeTolerations } from './runtime-class.ts'

const pods = '/api/v1/namespaces/default/pods'
const claims = '/api/v1/namespaces/default/persistentvolumeclaims'
const ingresses = '/apis/networking.k8s.io/v1/namespaces/default/ingresses'
const priorityClasses = '/apis/scheduling.k8s.io/v1/priorityclasses'
const runtimeClasses = '/apis/node.k8s.io/v1/runtimeclasses'
const storageClasses = '/apis/storage.k8s.io/v1/storageclasses'
const ingressClasses = '/apis/networking.k8s.io/v1/ingressclasses'
const merge = { 'content-type': 'application/merge-patch+json' }

const pod = (spec: object = {}) => ({
  metadata: { generateName: 'p-' },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
})

/** Puts objects there; all must be good. */
async function put(api: TestServer, url: string, ...objects: readonly object[]): Promise<void> {
  for (const object of objects) {
    const { status, text } = await api.ask('POST', url, object)
    assert.equal(status, 201, text)
  }
}

describe('priorities', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
    await put(
      api,
      priorityClasses,
      { metadata: { name: 'high' }, value: 1000 },
      { metadata: { name: 'meek' }, value: 7, preemptionPolicy: 'Never' },
    )
  })
  after(() => api.stop())

  const ranked = async (spec: object) => {
    const { json, status } = await api.ask('POST', pods, pod(spec))
    if (status !== 201) return json.message.replace(/^pods "[^"]+" is forbidden: /, '')
    return [json.spec.priorityClassName ?? '', json.spec.priority, json.spec.preemptionPolicy]
  }
  const preempts = 'PreemptLowerPriority'
  const computed = (field: string, given: unknown, wanted: unknown) =>
    `the ${field} (${given}) must not be provided in pod spec; priority admission controller computed ${wanted} from the given PriorityClass name`

  for (const [spec, expected] of [
    [{}, ['', 0, preempts]],
    [{ priorityClassName: 'high' }, ['high', 1000, preempts]],
    [{ priorityClassName: 'high', priority: 1000, preemptionPolicy: preempts }, ['high', 1000, preempts]],
    [{ priorityClassName: 'meek' }, ['meek', 7, 'Never']],
    [{ priorityClassName: 'system-cluster-critical' }, ['system-cluster-critical', 2_000_000_000, preempts]],
    [{ priorityClassName: 'none' }, 'no PriorityClass with name none was found'],
    [{ priority: 5 }, computed('integer value of priority', 5, 0)],
    [{ priorityClassName: 'high', priority: 5 }, computed('integer value of priority', 5, 1000)],
    [
      { priorityClassName: 'meek', preemptionPolicy: preempts },
      computed('string value of PreemptionPolicy', preempts, 'Never'),
    ],
  ] as const)
    test(`a pod with ${JSON.stringify(spec)}`, async () => assert.deepEqual(await ranked(spec), expected))

  test('are those of the default class where a pod names none; there is one such class', async () => {
    await put(api, priorityClasses, { metadata: { name: 'usual' }, value: 5, globalDefault: true })
    assert.deepEqual(await ranked({}), ['usual', 5, preempts])
    const another = { metadata: { name: 'other' }, value: 6, globalDefault: true }
    const { status, json } = await api.ask('POST', priorityClasses, another)
    assert.equal(status, 403)
    assert.equal(
      json.message,
      'priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
    )
    assert.equal((await api.ask('PATCH', `${priorityClasses}/high`, { globalDefault: true }, merge)).status, 403)
    assert.equal((await api.ask('PATCH', `${priorityClasses}/usual`, { description: 'd' }, merge)).status, 200)
    await api.ask('PATCH', `${priorityClasses}/usual`, { globalDefault: false }, merge)
    assert.equal((await api.ask('PATCH', `${priorityClasses}/high`, { globalDefault: true }, merge)).status, 200)
    assert.deepEqual(await ranked({}), ['high', 1000, preempts])
    await api.ask('DELETE', `${priorityClasses}/high`)
    assert.deepEqual(await ranked({}), ['', 0, preempts])
  })

  test('stay when a pod is replaced by somebody who does not repeat them', async () => {
    const { json } = await api.ask('POST', pods, pod({ priorityClassName: 'meek' }))
    const { priority: _p, preemptionPolicy: _q, ...spec } = json.spec
    const replaced = await api.ask('PUT', `${pods}/${json.metadata.name}`, { ...json, spec })
    assert.deepEqual(
      [replaced.status, replaced.json.spec?.priority, replaced.json.spec?.preemptionPolicy],
      [200, 7, 'Never'],
      replaced.text,
    )
  })

  test('of the system have names of their own', async () => {
    for (const [object, message] of [
      [{ metadata: { name: 'system-x' }, value: 1 }, /names with 'system-' prefix are reserved for system use only/],
      [
        { metadata: { name: 'x' }, value: 2_000_000_000 },
        /maximum allowed value of a user defined priority is 1000000000/,
      ],
    ] as const) {
      const { status, json } = await api.ask('POST', priorityClasses, object)
      assert.equal(status, 422)
      assert.match(json.message, message)
    }
  })
})

describe('classes of runtimes', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
    const tolerations = [{ key: 'vm', operator: 'Exists', effect: 'NoSchedule' }]
    await put(
      api,
      runtimeClasses,
      { metadata: { name: 'plain' }, handler: 'plain' },
      {
        metadata: { name: 'vm' },
        handler: 'vm',
        overhead: { podFixed: { memory: '128Mi', cpu: '100m' } },
        scheduling: { nodeSelector: { vm: 'yes', arch: 'a' }, tolerations },
      },
    )
  })
  after(() => api.stop())

  const vm = { overhead: { memory: '128Mi', cpu: '100m' }, nodeSelector: { vm: 'yes', arch: 'a' } }
  for (const [about, spec, expected] of [
    ['none', {}, {}],
    ['a class that asks for nothing', { runtimeClassName: 'plain' }, {}],
    ['a class that asks for much', { runtimeClassName: 'vm' }, vm],
    [
      'a class whose wishes are fulfilled',
      { runtimeClassName: 'vm', overhead: { memory: '134217728', cpu: '0.1' }, nodeSelector: { vm: 'yes', b: 'c' } },
      { ...vm, nodeSelector: { ...vm.nodeSelector, b: 'c' } },
    ],
    ['a class that is not there', { runtimeClassName: 'none' }, 'pod rejected: RuntimeClass "none" not found'],
    [
      'another overhead',
      { runtimeClassName: 'vm', overhead: { cpu: '1' } },
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ],
    [
      'an overhead without a class',
      { overhead: { cpu: '1' } },
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    ],
    [
      'another place',
      { runtimeClassName: 'vm', nodeSelector: { arch: 'b' } },
      'conflict: runtimeClass.scheduling.nodeSelector[arch] = a; pod.spec.nodeSelector[arch] = b',
    ],
  ] as const)
    test(`a pod with ${about}`, async () => {
      const { json, status } = await api.ask('POST', pods, pod(spec))
      const { overhead, nodeSelector, tolerations } = json.spec ?? {}
      const found =
        status === 201
          ? { ...(overhead ? { overhead } : {}), ...(nodeSelector ? { nodeSelector } : {}) }
          : json.message.replace(/^pods "[^"]+" is forbidden: /, '')
      assert.deepEqual(found, expected)
      if (status === 201)
        assert.equal(
          tolerations.some(({ key }: Toleration) => key === 'vm'),
          'overhead' in (expected as object),
        )
    })
})

describe('mergeTolerations()', () => {
  const all: Toleration = { operator: 'Exists' }
  const any: Toleration = { key: 'a', operator: 'Exists' }
  const equal: Toleration = { key: 'a', operator: 'Equal', value: 'b', effect: 'NoSchedule' }
  const short: Toleration = { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }
  const long: Toleration = { ...short, tolerationSeconds: 9 }
  for (const [about, own, more, merged] of [
    ['keeps what differs', [equal], [{ ...equal, value: 'c' }], [equal, { ...equal, value: 'c' }]],
    ['takes one of two equal ones', [equal], [{ ...equal }], [equal]],
    ['takes the wider one, whosever it is', [equal], [any], [any]],
    ['takes the wider one, wherever it stands', [all], [any, equal, short], [all]],
    ['takes the longer one', [short], [long], [long]],
    ['does not take it for any effect', [long], [any, { ...any, effect: 'NoSchedule' }], [any]],
  ] as readonly [string, Toleration[], Toleration[], Toleration[]][])
    test(about, () => assert.deepEqual(mergeTolerations(own, more), merged))
})

describe('default classes', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
  })
  after(() => api.stop())

  const claim = (name: string, spec: object = {}, annotations = {}) => ({
    metadata: { name, annotations },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  })
  const isDefault = (name: string, group: string) => ({
    metadata: { name, annotations: { [`${group}.kubernetes.io/is-default-class`]: 'true' } },
  })
  const made = async (url: string, object: object, field: string) => {
    const { status, json, text } = await api.ask('POST', url, object)
    assert.equal(status, 201, text)
    return json.spec[field]
  }

  test('of storage are for claims that say nothing; the newest counts', async () => {
    assert.equal(await made(claims, claim('a'), 'storageClassName'), undefined)
    await put(api, storageClasses, { metadata: { name: 'plain' }, provisioner: 'p.io/x' })
    await put(api, storageClasses, { ...isDefault('old', 'storageclass'), provisioner: 'p.io/x' })
    assert.equal(await made(claims, claim('b'), 'storageClassName'), 'old')
    assert.equal(await made(claims, claim('c', { storageClassName: '' }), 'storageClassName'), '')
    assert.equal(await made(claims, claim('d', { storageClassName: 'plain' }), 'storageClassName'), 'plain')
    const annotated = { 'volume.beta.kubernetes.io/storage-class': 'plain' }
    assert.equal(await made(claims, claim('e', {}, annotated), 'storageClassName'), undefined)
    await api.clock.advance(2000)
    await put(api, storageClasses, { ...isDefault('new', 'storageclass'), provisioner: 'p.io/x' })
    assert.equal(await made(claims, claim('f'), 'storageClassName'), 'new')
    await api.ask('DELETE', `${storageClasses}/new`)
    assert.equal(await made(claims, claim('g'), 'storageClassName'), 'old')
  })

  test('of ingresses are for those that say nothing', async () => {
    const ingress = (name: string, spec: object = {}, annotations = {}) => ({
      metadata: { name, annotations },
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } }, ...spec },
    })
    assert.equal(await made(ingresses, ingress('a'), 'ingressClassName'), undefined)
    await put(api, ingressClasses, { ...isDefault('web', 'ingressclass'), spec: { controller: 'c.io/x' } })
    assert.equal(await made(ingresses, ingress('b'), 'ingressClassName'), 'web')
    assert.equal(await made(ingresses, ingress('c', { ingressClassName: 'x' }), 'ingressClassName'), 'x')
    const annotated = { 'kubernetes.io/ingress.class': 'y' }
    assert.equal(await made(ingresses, ingress('d', {}, annotated), 'ingressClassName'), undefined)
  })

  test('of equally new ones the first by name is taken', () => {
    const marked = (name: string, created: string) => ({ name, created })
    assert.equal(newest([]), undefined)
    assert.equal(newest([marked('a', '1'), marked('b', '2'), marked('c', '2')])?.name, 'b')
  })
})
