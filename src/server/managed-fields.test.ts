import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Deployment } from '#api/apps/deployment.ts'
import { arbitraryObject } from '#api/arbitrary.ts'
import { ConfigMap } from '#api/core/config-map.ts'
import { Pod } from '#api/core/pod.ts'
import { Service } from '#api/core/service.ts'
import { decode } from '#api/decode.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { kinds } from '#api/kinds.ts'
import type { ManagedFieldsEntry } from '#api/meta/object-meta.ts'
import { formatTime } from '#lib/clock.ts'
import { deepFreeze } from '#lib/freeze.ts'
import { difference, type FieldSet, paths, union } from './field-set.ts'
import { differsOnlyInTimes } from './managed-entries.ts'
import { trackUpdate } from './managed-fields.ts'

const nowMs = Date.UTC(2026, 0, 1)
type Change = Partial<Parameters<typeof trackUpdate>[0]>

const made = (kind: AnyKind, json: object): ApiObject => deepFreeze(decode(kind, json).object)

const track = (kind: AnyKind, old: object | undefined, next: object, change: Change = {}): ApiObject =>
  deepFreeze(trackUpdate({ kind, old, next, manager: 'kubectl', nowMs, ...change }) as ApiObject)

const entriesOf = (object: object): readonly ManagedFieldsEntry[] => (object as ApiObject).metadata.managedFields ?? []

/** `manager/operation/subresource` with its paths. */
const owners = (object: object): Record<string, string[]> =>
  Object.fromEntries(
    entriesOf(object).map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, subresource].filter(Boolean).join('/'),
      [...paths(fieldsV1 as FieldSet)],
    ]),
  )

const configMap = (data: object, metadata: object = {}): ApiObject =>
  made(ConfigMap, { metadata: { name: 'a', namespace: 'b', ...metadata }, data })

/** The next state of an object: what a client that has read it sends back. */
const edited = (kind: AnyKind, object: object, change: object): ApiObject =>
  made(kind, { ...structuredClone(object), ...change })

describe('trackUpdate()', () => {
  it('gives a new object to its creator, as upstream writes it', () => {
    const deployment = made(Deployment, {
      metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'web',
                image: 'nginx',
                env: [{ name: 'A', value: '1' }],
                ports: [{ containerPort: 80, protocol: 'TCP' }],
              },
            ],
          },
        },
      },
      status: { replicas: 3 },
    })
    assert.deepEqual(entriesOf(track(Deployment, undefined, deployment)), [
      {
        manager: 'kubectl',
        operation: 'Update',
        apiVersion: 'apps/v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
          'f:spec': {
            'f:replicas': {},
            'f:selector': {},
            'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} },
            'f:template': {
              'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
              'f:spec': {
                'f:containers': {
                  'k:{"name":"web"}': {
                    '.': {},
                    'f:env': { '.': {}, 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
                    'f:image': {},
                    'f:name': {},
                    'f:ports': {
                      '.': {},
                      'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} },
                    },
                    'f:resources': {},
                  },
                },
              },
            },
          },
        },
      },
    ])
  })

  it('owns lists as their rules say: by key, by value, as a whole', () => {
    const pod = made(Pod, {
      metadata: {
        name: 'a',
        finalizers: ['x/y'],
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u-1' }],
      },
      spec: { containers: [{ name: 'c', command: ['sh', '-c'] }], nodeSelector: { disk: 'ssd' } },
    })
    const set = entriesOf(track(Pod, undefined, pod))[0]?.fieldsV1 as FieldSet
    assert.deepEqual(set['f:metadata'], {
      'f:finalizers': { '.': {}, 'v:"x/y"': {} },
      'f:ownerReferences': { '.': {}, 'k:{"uid":"u-1"}': {} },
    })
    assert.deepEqual((set['f:spec'] as FieldSet)['f:nodeSelector'], {})
    assert.deepEqual((set['f:spec'] as FieldSet)['f:containers'], {
      'k:{"name":"c"}': { '.': {}, 'f:command': {}, 'f:name': {}, 'f:resources': {} },
    })
  })

  it('moves a changed field to who changed it, and leaves the rest', () => {
    const first = track(ConfigMap, undefined, configMap({ a: '1', b: '1' }))
    const second = track(ConfigMap, first, edited(ConfigMap, first, { data: { a: '2', b: '1' } }), {
      manager: 'other',
      nowMs: nowMs + 60_000,
    })
    assert.deepEqual(owners(second), { 'kubectl/Update': ['.data', '.data.b'], 'other/Update': ['.data.a'] })
    assert.deepEqual(
      entriesOf(second).map(({ time }) => time),
      ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
    )
  })

  it('forgets what was removed, and the entry with nothing left', () => {
    const first = track(ConfigMap, undefined, configMap({ a: '1', b: '1' }))
    const second = track(ConfigMap, first, edited(ConfigMap, first, { data: { a: '1' } }), { manager: 'other' })
    assert.deepEqual(owners(second), { 'kubectl/Update': ['.data', '.data.a'] })
    const third = track(ConfigMap, second, edited(ConfigMap, second, { data: undefined }), { manager: 'other' })
    assert.equal(third.metadata.managedFields, undefined)
  })

  it('returns what it was given where nothing is owned anew', () => {
    const first = track(ConfigMap, undefined, configMap({ a: '1' }))
    const same = edited(ConfigMap, first, {})
    const second = track(ConfigMap, first, same, { manager: 'other', nowMs: nowMs + 5000 })
    assert.deepEqual(second, first)
    assert.equal(second.metadata.managedFields, first.metadata.managedFields)
    assert.equal(trackUpdate({ kind: ConfigMap, old: first, next: first, manager: 'x', nowMs }), first)
  })

  it('keeps the entries it does not touch as the objects they are', () => {
    const first = track(ConfigMap, undefined, configMap({ a: '1', b: '1' }))
    const second = track(ConfigMap, first, edited(ConfigMap, first, { data: { a: '1', b: '1', c: '1' } }), {
      manager: 'other',
    })
    assert.equal(entriesOf(second)[0], entriesOf(first)[0])
  })

  it('renews the time of who changes a field that it owns already', () => {
    const first = track(ConfigMap, undefined, configMap({ a: '1' }))
    const second = track(ConfigMap, first, edited(ConfigMap, first, { data: { a: '2' } }), { nowMs: nowMs + 1000 })
    assert.deepEqual(owners(second), owners(first))
    assert.equal(entriesOf(second)[0]?.time, '2026-01-01T00:00:01Z')
  })

  it('keeps status and the rest apart', () => {
    const first = track(Pod, undefined, made(Pod, { metadata: { name: 'a' }, spec: {}, status: { phase: 'Running' } }))
    assert.deepEqual(owners(first), {})
    const labelled = track(Pod, undefined, made(Pod, { metadata: { name: 'a', labels: { x: 'y' } } }))
    const change = { status: { phase: 'Running' }, spec: { nodeName: 'n' } }
    const second = track(Pod, labelled, edited(Pod, labelled, change), { manager: 'kubelet', subresource: 'status' })
    assert.deepEqual(owners(second)['kubelet/Update/status'], ['.status.phase'])
    const third = track(Pod, second, edited(Pod, second, { status: { phase: 'Failed' } }), { manager: 'user' })
    assert.deepEqual(owners(third), owners(second))
  })

  it('never owns what is the server’s', () => {
    const metadata = {
      uid: 'u',
      resourceVersion: '7',
      generation: 2,
      creationTimestamp: formatTime(nowMs),
      selfLink: 's',
    }
    assert.deepEqual(owners(track(ConfigMap, undefined, configMap({}, metadata))), {})
  })

  it('owns items with the same key together', () => {
    const ports = [
      { port: 80, protocol: 'TCP', name: 'a' },
      { port: 80, protocol: 'TCP', name: 'b' },
    ]
    const first = track(Service, undefined, made(Service, { metadata: { name: 'a' }, spec: { ports } }))
    const swapped = edited(Service, first, { spec: { ports: ports.toReversed() } })
    const second = track(Service, first, swapped, { manager: 'other' })
    assert.deepEqual(owners(second)['other/Update'], ['.spec.ports[port=80,protocol="TCP"]'])
  })

  it('starts again for a client that sends an empty list or an empty entry', () => {
    const first = track(ConfigMap, undefined, configMap({ a: '1' }))
    for (const managedFields of [[], [{}]]) {
      const next = { ...first, metadata: { ...first.metadata, managedFields } }
      assert.equal(track(ConfigMap, first, next).metadata.managedFields, undefined)
    }
    const without = { ...first, metadata: { ...first.metadata, managedFields: undefined } }
    assert.deepEqual(owners(track(ConfigMap, first, without)), owners(first))
  })

  it('leaves an object without managed fields without them', () => {
    const bare = configMap({ a: '1' })
    assert.equal(track(ConfigMap, bare, configMap({ a: '2' })).metadata.managedFields, undefined)
  })

  it('lets a client say who owns what, in whatever spelling', () => {
    const first = track(ConfigMap, undefined, configMap({ a: '1' }))
    const entry = { manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1' }
    const finalizers = { 'v: "x"': {}, '.': {} }
    const managedFields = [
      { ...entry, fieldsV1: { 'f:metadata': { 'f:finalizers': finalizers }, 'f:data': { 'f:a': {} } } },
    ]
    const second = track(ConfigMap, first, { ...first, metadata: { ...first.metadata, managedFields } })
    assert.deepEqual(owners(second), { 'x/Apply': ['.data.a', '.metadata.finalizers', '.metadata.finalizers[="x"]'] })
  })

  const nonsense: readonly unknown[] = [
    'x',
    [1],
    [{ manager: 'x', operation: 'Fly', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
    [{ manager: 'x', operation: 'Apply', apiVersion: '', fieldsType: 'FieldsV1', fieldsV1: {} }],
    [{ manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV2', fieldsV1: {} }],
    [{ manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { spec: {} } }],
    [{ manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'k:{': {} } }],
    [
      {
        manager: 'x',
        operation: 'Apply',
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
        fieldsV1: JSON.parse('{"__proto__":{}}'),
      },
    ],
    [{ manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:a': 1 } }],
  ]
  for (const managedFields of nonsense) {
    it(`keeps what is there against ${JSON.stringify(managedFields)}`, () => {
      const first = track(ConfigMap, undefined, configMap({ a: '1' }))
      const next = { ...first, metadata: { ...first.metadata, managedFields } }
      assert.deepEqual(owners(track(ConfigMap, first, next)), owners(first))
    })
  }

  it('ignores the managed fields in a write to a subresource', () => {
    const first = track(Pod, undefined, made(Pod, { metadata: { name: 'a', labels: { x: 'y' } } }))
    const next = { ...first, metadata: { ...first.metadata, managedFields: [{}] }, status: { phase: 'Running' } }
    const second = track(Pod, first, next, { manager: 'kubelet', subresource: 'status' })
    assert.deepEqual(owners(second)['kubectl/Update'], owners(first)['kubectl/Update'])
  })

  it('merges the oldest of more than ten updaters', () => {
    let object = track(ConfigMap, undefined, configMap({ k0: '1' }), { manager: 'm00' })
    for (let i = 1; i < 25; i++) {
      const data = { ...object.data, [`k${i}`]: '1' }
      const manager = `m${String(i).padStart(2, '0')}`
      object = track(ConfigMap, object, edited(ConfigMap, object, { data }), { manager, nowMs: nowMs + i * 1000 })
      assert.ok(entriesOf(object).length <= 10)
    }
    const managers = entriesOf(object).map(({ manager }) => manager)
    assert.deepEqual(managers, ['ancient-changes', ...Array.from({ length: 9 }, (_, i) => `m${i + 16}`)])
    assert.equal(entriesOf(object)[0]?.time, formatTime(nowMs + 15_000))
    const all = new Set(Object.values(owners(object)).flat())
    assert.equal(all.size, 26)
  })

  for (const kind of kinds) {
    it(`owns every change of a ${kind.kind} exactly once among updaters`, () => {
      fc.assert(
        fc.property(arbitraryObject(kind), arbitraryObject(kind), (a, b) => {
          const named = { name: 'x' }
          const one = made(kind, { ...a, metadata: { ...(a.metadata as object), ...named, managedFields: undefined } })
          const two = made(kind, { ...b, metadata: { ...(b.metadata as object), ...named, managedFields: undefined } })
          const first = track(kind, undefined, one, { manager: 'one' })
          const second = track(kind, first, two, { manager: 'two' })
          const [mine, theirs] = ['one', 'two'].map(
            (name) => entriesOf(second).find(({ manager }) => manager === name)?.fieldsV1 as FieldSet | undefined,
          )
          assert.deepEqual(difference(mine, theirs), mine)
          // What is owned after both is what is owned when the second creates it, unless the first left nothing.
          if (entriesOf(first).length === 0) return
          const alone = entriesOf(track(kind, undefined, two, { manager: 'one' }))[0]?.fieldsV1 as FieldSet | undefined
          const leaves = (set: FieldSet | undefined) => new Set(paths(set))
          assert.equal(leaves(difference(alone, union(mine, theirs))).size, 0)
        }),
        { numRuns: 40, seed: 11 },
      )
    })
  }

  it('does not know names that every object inherits', () => {
    const first = track(ConfigMap, undefined, configMap({ a: '1' }))
    const data = JSON.parse('{"a":"1","constructor":"x","__proto__":"y"}')
    const second = track(ConfigMap, first, { ...first, data }, { manager: 'other' })
    assert.deepEqual(owners(second)['other/Update'], ['.data.__proto__', '.data.constructor'])
  })
})

describe('differsOnlyInTimes()', () => {
  it('tells a write that only renews a time from one that changes something', () => {
    const first = track(ConfigMap, undefined, configMap({ a: '1' }))
    const later = entriesOf(first).map((entry) => ({ ...entry, time: formatTime(nowMs + 1000) }))
    const renewed = { ...first, metadata: { ...first.metadata, managedFields: later } }
    assert.equal(differsOnlyInTimes(first, renewed), true)
    assert.equal(differsOnlyInTimes(first, { ...renewed, data: { a: '2' } }), false)
    const other = later.map((entry) => ({ ...entry, manager: 'other' }))
    assert.equal(
      differsOnlyInTimes(first, { ...renewed, metadata: { ...first.metadata, managedFields: other } }),
      false,
    )
  })
})
