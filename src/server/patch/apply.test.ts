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
import { StatusError } from '#api/status-error.ts'
import { deepFreeze } from '#lib/freeze.ts'
import { difference, equals, type FieldSet, intersection, paths, union } from '../field-set.ts'
import { trackUpdate } from '../managed-fields.ts'
import { compare, fieldsOf } from '../owned-fields.ts'
import { ownershipOf } from '../ownership.ts'
import { type Apply, applyServerSide } from './apply.ts'

const nowMs = Date.UTC(2026, 0, 1)

/** Applies, and brings the result into the form in which it would be stored. */
function apply(kind: AnyKind, live: ApiObject | undefined, applied: object, options: Partial<Apply> = {}): ApiObject {
  const next = applyServerSide({
    kind,
    live,
    applied: deepFreeze(applied),
    manager: 'me',
    force: false,
    nowMs,
    ...options,
  })
  return next === live ? live : deepFreeze(decode(kind, next).object)
}

const updated = (kind: AnyKind, old: ApiObject | undefined, next: object, manager = 'kubectl'): ApiObject =>
  deepFreeze(trackUpdate({ kind, old, next: decode(kind, next).object, manager, nowMs }) as ApiObject)

const entryOf = (object: ApiObject, manager: string): ManagedFieldsEntry | undefined =>
  object.metadata.managedFields?.find((entry) => entry.manager === manager)

const owned = (object: ApiObject, manager: string): string[] => [
  ...paths(entryOf(object, manager)?.fieldsV1 as FieldSet | undefined),
]

const refused = (run: () => unknown): StatusError => {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof StatusError, String(error))
    return error
  }
  throw new Error('nothing was thrown')
}

const deployment = (spec: object = {}, metadata: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
})

const template = (...containers: object[]): object => ({
  template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
})

const configMap = (data: object, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'b', ...metadata },
  data,
})

describe('applyServerSide()', () => {
  it('creates what is not there, owned as it was said', () => {
    const object = apply(Deployment, undefined, deployment({ replicas: 3, ...template({ name: 'c', image: 'x' }) }))
    assert.equal(object.spec.replicas, 3)
    assert.deepEqual(object.metadata.managedFields, [
      {
        manager: 'me',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': {
            'f:replicas': {},
            'f:selector': {},
            'f:template': {
              'f:metadata': { 'f:labels': { 'f:app': {} } },
              'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
            },
          },
        },
      },
    ])
  })

  it('changes nothing the second time, not even a time', () => {
    const first = apply(ConfigMap, undefined, configMap({ a: '1' }))
    const second = apply(ConfigMap, first, configMap({ a: '1' }), { nowMs: nowMs + 60_000 })
    assert.equal(second, first)
  })

  it('renews the time when what is wanted changes', () => {
    const first = apply(ConfigMap, undefined, configMap({ a: '1' }))
    const second = apply(ConfigMap, first, configMap({ a: '2' }), { nowMs: nowMs + 60_000 })
    assert.equal(entryOf(second, 'me')?.time, '2026-01-01T00:01:00Z')
    assert.deepEqual(owned(second, 'me'), ['.data.a'])
  })

  it('is in conflict with who has changed a field', () => {
    const live = updated(Deployment, undefined, deployment({ replicas: 3 }), 'kubectl-client-side-apply')
    const error = refused(() => apply(Deployment, live, deployment({ replicas: 5 })))
    assert.equal(error.code, 409)
    assert.equal(error.reason, 'Conflict')
    assert.equal(
      error.message,
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
    )
    assert.deepEqual(error.details, {
      causes: [
        {
          reason: 'FieldManagerConflict',
          message: 'conflict with "kubectl-client-side-apply" using apps/v1',
          field: '.spec.replicas',
        },
      ],
    })
  })

  it('lists several conflicts by their managers', () => {
    const one = updated(ConfigMap, undefined, configMap({ a: '1', b: '1' }), 'one')
    const two = updated(ConfigMap, one, { ...one, data: { ...one.data, c: '1' } }, 'two')
    const three = apply(ConfigMap, two, configMap({ d: '1' }), { manager: 'three' })
    const error = refused(() => apply(ConfigMap, three, configMap({ a: '2', b: '2', c: '2', d: '2' })))
    assert.equal(
      error.message,
      [
        'Apply failed with 4 conflicts: conflicts with "one" using v1:',
        '- .data.a',
        '- .data.b',
        'conflicts with "three":',
        '- .data.d',
        'conflicts with "two" using v1:',
        '- .data.c',
      ].join('\n'),
    )
    assert.equal(error.details?.causes?.length, 4)
  })

  it('names the subresource through which a field was changed', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { x: 'y' } }, spec: {} }
    const created = updated(Pod, undefined, pod)
    const next = { ...created, status: { phase: 'Running' } }
    const live = trackUpdate({
      kind: Pod,
      old: created,
      next,
      manager: 'kubelet',
      subresource: 'status',
      nowMs,
    }) as ApiObject
    const wanted = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, status: { phase: 'Failed' } }
    const error = refused(() => apply(Pod, live, wanted, { subresource: 'status' }))
    assert.match(error.message, /conflict with "kubelet" with subresource "status" using v1: .status.phase$/)
    const forced = apply(Pod, live, wanted, { subresource: 'status', force: true })
    assert.equal(forced.status.phase, 'Failed')
    assert.equal(entryOf(forced, 'me')?.subresource, 'status')
    assert.equal(entryOf(forced, 'kubelet'), undefined)
    // Through the object itself nobody owns a status.
    assert.equal(entryOf(apply(Pod, live, wanted), 'me'), undefined)
  })

  it('takes a field by force, and leaves its owner the rest', () => {
    const live = updated(ConfigMap, undefined, configMap({ a: '1', b: '1' }))
    const next = apply(ConfigMap, live, configMap({ a: '2' }), { force: true })
    assert.deepEqual(next.data, { a: '2', b: '1' })
    assert.deepEqual(owned(next, 'me'), ['.data.a'])
    assert.deepEqual(owned(next, 'kubectl'), ['.data', '.data.b'])
  })

  it('shares a field whose value all want', () => {
    const one = apply(ConfigMap, undefined, configMap({ a: '1' }), { manager: 'one' })
    const two = apply(ConfigMap, one, configMap({ a: '1' }), { manager: 'two' })
    assert.deepEqual([owned(two, 'one'), owned(two, 'two')], [['.data.a'], ['.data.a']])
    const left = apply(ConfigMap, two, configMap({}), { manager: 'one' })
    assert.deepEqual(left.data, { a: '1' })
    assert.deepEqual(owned(left, 'two'), ['.data.a'])
    const gone = apply(ConfigMap, left, configMap({}), { manager: 'two' })
    assert.equal(gone.data?.a, undefined)
  })

  it('removes what is no longer wanted, but not what others have added beside it', () => {
    const app = {
      name: 'app',
      image: 'x',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '1' },
      ],
    }
    const first = apply(
      Deployment,
      undefined,
      deployment({ replicas: 1, ...template(app, { name: 'side', image: 'y' }) }),
    )
    const scaled = updated(Deployment, first, { ...first, spec: { ...first.spec, replicas: 4 } }, 'scaler')
    const second = apply(Deployment, scaled, deployment(template({ ...app, env: [{ name: 'B', value: '1' }] })))
    assert.equal(second.spec.replicas, 4)
    assert.deepEqual(
      second.spec.template.spec.containers.map(({ name, env }: { name: string; env: object[] }) => [name, env]),
      [['app', [{ name: 'B', value: '1' }]]],
    )
  })

  it('keeps an item that it gives up as long as another owns something in it', () => {
    const first = apply(Deployment, undefined, deployment(template({ name: 'c', image: 'x', tty: true })))
    const second = apply(Deployment, first, deployment(template({ name: 'c', workingDir: '/w' })), { manager: 'other' })
    const third = apply(Deployment, second, deployment())
    const [container] = third.spec.template.spec.containers
    assert.deepEqual({ ...container, resources: undefined }, { name: 'c', workingDir: '/w', resources: undefined })
  })

  it('removes a whole struct that only it had set', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
    const first = apply(Deployment, undefined, deployment({ strategy }))
    const second = apply(Deployment, first, deployment({ strategy: { type: 'Recreate' } }))
    assert.deepEqual(second.spec.strategy, { type: 'Recreate' })
  })

  it('never removes the name or the identity of an object', () => {
    const first = apply(ConfigMap, undefined, configMap({ a: '1' }, { labels: { x: 'y' } }))
    const live = deepFreeze({ ...first, metadata: { ...first.metadata, uid: 'u', resourceVersion: '7' } })
    const second = apply(ConfigMap, live, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })
    assert.deepEqual(second, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'b', uid: 'u', resourceVersion: '7' },
    })
  })

  it('merges lists in the order of who applies, with the others where they were', () => {
    const names = (object: ApiObject) => object.spec.template.spec.containers.map(({ name }: { name: string }) => name)
    const first = apply(Deployment, undefined, deployment(template({ name: 'a' }, { name: 'b' }, { name: 'c' })))
    const second = apply(Deployment, first, deployment(template({ name: 'c' }, { name: 'x' }, { name: 'a' })), {
      manager: 'other',
    })
    assert.deepEqual(names(second), ['b', 'c', 'x', 'a'])
    const third = apply(Deployment, second, deployment(template({ name: 'c' }, { name: 'x' }, { name: 'a' })), {
      manager: 'other',
    })
    assert.equal(third, second)
  })

  it('knows a port by its number and protocol, whether the protocol is said or not', () => {
    const service = (...ports: object[]) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { ports },
    })
    const live = updated(Service, undefined, service({ port: 80, protocol: 'TCP' }, { port: 80, protocol: 'UDP' }))
    const next = apply(Service, live, service({ port: 80, name: 'http' }))
    assert.deepEqual(
      next.spec.ports.map(({ port, protocol, name }: { port: number; protocol: string; name: string }) => [
        port,
        protocol,
        name,
      ]),
      [
        [80, 'TCP', 'http'],
        [80, 'UDP', undefined],
      ],
    )
    assert.deepEqual(owned(next, 'me'), [
      '.spec.ports[port=80,protocol="TCP"]',
      '.spec.ports[port=80,protocol="TCP"].name',
      '.spec.ports[port=80,protocol="TCP"].port',
    ])
  })

  it('replaces lists that are owned as a whole', () => {
    const live = updated(Deployment, undefined, deployment(template({ name: 'c', command: ['a', 'b'] })))
    const wanted = deployment(template({ name: 'c', command: ['a'] }))
    assert.match(refused(() => apply(Deployment, live, wanted)).message, /containers\[name="c"\]\.command$/)
    const next = apply(Deployment, live, wanted, { force: true })
    assert.deepEqual(next.spec.template.spec.containers[0].command, ['a'])
  })

  it('gives what nobody is known to own to before-first-apply', () => {
    const live = deepFreeze(decode(ConfigMap, configMap({ a: '1', b: '1' })).object)
    const error = refused(() => apply(ConfigMap, live, configMap({ a: '2' })))
    assert.match(error.message, /conflict with "before-first-apply" using v1: .data.a$/)
    const next = apply(ConfigMap, live, configMap({ a: '1' }))
    assert.deepEqual(owned(next, 'before-first-apply'), ['.data', '.data.a', '.data.b'])
    assert.deepEqual(owned(next, 'me'), ['.data.a'])
  })

  it('is one manager whichever version it applies in', () => {
    const first = apply(Deployment, undefined, deployment({ replicas: 1 }))
    const managedFields = first.metadata.managedFields?.map((entry) => ({ ...entry, apiVersion: 'apps/v1beta1' }))
    const older = deepFreeze({ ...first, metadata: { ...first.metadata, managedFields } })
    const next = apply(Deployment, older, deployment({ replicas: 2 }))
    assert.deepEqual(
      next.metadata.managedFields?.map(({ apiVersion }) => apiVersion),
      ['apps/v1'],
    )
  })

  describe('by kubectl, of what was applied on the client before', () => {
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
    const config = configMap({ a: '1', b: '1' })
    const live = updated(
      ConfigMap,
      undefined,
      configMap({ a: '1', b: '1' }, { annotations: { [annotation]: JSON.stringify(config) } }),
      'kubectl-client-side-apply',
    )

    it('is no conflict for the fields of the annotation, which it renews', () => {
      const wanted = configMap({ a: '2', b: '1' })
      const next = apply(ConfigMap, live, wanted, { manager: 'kubectl' })
      assert.deepEqual(next.data, { a: '2', b: '1' })
      assert.equal(next.metadata.annotations?.[annotation], `${JSON.stringify(wanted)}\n`)
    })

    it('is a conflict for fields that changed since', () => {
      const changed = updated(ConfigMap, live, { ...live, data: { a: '3', b: '1' } }, 'edit')
      const error = refused(() => apply(ConfigMap, changed, configMap({ a: '2', b: '2' }), { manager: 'kubectl' }))
      assert.match(error.message, /1 conflict: conflict with "edit" using v1: .data.a$/)
    })

    it('is a conflict for everybody else', () => {
      assert.equal(refused(() => apply(ConfigMap, live, configMap({ a: '2' }))).code, 409)
    })

    it('survives an annotation that makes no sense', () => {
      for (const text of ['{', '[]', '{}', JSON.stringify({ apiVersion: 'v2' })]) {
        const odd = deepFreeze({ ...live, metadata: { ...live.metadata, annotations: { [annotation]: text } } })
        assert.equal(refused(() => apply(ConfigMap, odd, configMap({ a: '2' }), { manager: 'kubectl' })).code, 409)
      }
    })
  })

  const wrong: readonly [name: string, kind: AnyKind, applied: object, code: number, text: string][] = [
    [
      'an unknown field',
      ConfigMap,
      { ...configMap({}), foo: 1 },
      500,
      'failed to create typed patch object (b/a; /v1, Kind=ConfigMap): .foo: field not declared in schema',
    ],
    [
      'a value of the wrong type',
      ConfigMap,
      configMap({ a: true }),
      500,
      'failed to create typed patch object (b/a; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:true}',
    ],
    [
      'a map for a list, and text for a number',
      Deployment,
      deployment({ replicas: '3', template: { spec: { containers: { name: 'a' } } } }),
      500,
      'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): errors:\n  .spec.replicas: expected numeric (int or float), got string\n  .spec.template.spec.containers: expected list, got &{map[name:a]}',
    ],
    [
      'keys that stand twice',
      Deployment,
      deployment(template({ name: 'a', env: [{ name: 'X' }, { name: 'X' }] })),
      500,
      'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="a"].env: duplicate entries for key [name="X"]',
    ],
    [
      'values that stand twice in a set',
      ConfigMap,
      configMap({}, { finalizers: ['x', 'x'] }),
      500,
      'failed to create typed patch object (b/a; /v1, Kind=ConfigMap): .metadata.finalizers: duplicate entries for key [="x"]',
    ],
    [
      'an item without its key',
      Deployment,
      deployment(template({ image: 'x' })),
      500,
      'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: element 0: associative list with keys has an element that omits key field "name" (and doesn\'t have default value)',
    ],
    [
      'another version',
      Deployment,
      { ...deployment(), apiVersion: 'apps/v2' },
      400,
      'invalid object type: apps/v2, Kind=Deployment',
    ],
    ['managed fields', ConfigMap, configMap({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
  ]
  for (const [name, kind, applied, code, text] of wrong) {
    it(`refuses ${name}`, () => {
      const error = refused(() => apply(kind, undefined, applied))
      assert.deepEqual([error.code, error.message], [code, text])
    })
  }

  it('answers nesting that is deeper than the stack', () => {
    const data = JSON.parse(`${'{"x":'.repeat(100_000)}1${'}'.repeat(100_000)}`)
    const applied = { ...configMap({ a: '1' }), data: { a: data } }
    const error = refused(() =>
      applyServerSide({ kind: ConfigMap, live: undefined, applied, manager: 'me', force: false, nowMs }),
    )
    assert.ok([400, 500].includes(error.code))
  })

  for (const kind of kinds) {
    /** A canonical configuration, or undefined where the random one cannot be applied. */
    const config = (json: Record<string, unknown>): ApiObject | undefined => {
      const { labels, annotations, finalizers } = json.metadata as Record<string, unknown>
      const object = decode(kind, { ...json, metadata: { name: 'x', labels, annotations, finalizers } }).object
      try {
        applyServerSide({ kind, live: undefined, applied: object, manager: 'try', force: false, nowMs })
        return object
      } catch {
        return undefined
      }
    }
    const rules = ownershipOf(kind)
    const wantedBy = (object: ApiObject) => {
      const set = fieldsOf(rules, object)
      return set && kind.status
        ? difference(set, intersection(set, { 'f:status': (set['f:status'] ?? {}) as FieldSet }))
        : set
    }
    const setOf = (object: ApiObject, manager: string) => entryOf(object, manager)?.fieldsV1 as FieldSet | undefined

    it(`keeps its promises for any ${kind.kind}`, () => {
      let tried = 0
      fc.assert(
        fc.property(arbitraryObject(kind), arbitraryObject(kind), (a, b) => {
          const [one, two] = [config(a), config(b)]
          fc.pre(one !== undefined && two !== undefined)
          tried++
          const options = { manager: 'one', force: true }
          const first = apply(kind, undefined, one as ApiObject, options)
          assert.equal(apply(kind, first, one as ApiObject, { ...options, nowMs: nowMs + 1e6 }), first, 'applied twice')

          const second = apply(kind, first, two as ApiObject, { manager: 'two', force: true })
          assert.ok(equals(setOf(second, 'two'), wantedBy(two as ApiObject)), 'who applies owns what it applied')
          const off = compare(rules, two, second)
          const differing = union(off?.changed, off?.removed)
          assert.equal(intersection(differing, wantedBy(two as ApiObject)), undefined, 'what is applied is there')

          const nothing = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'x' } }
          const third = apply(kind, second, nothing, options)
          assert.equal(setOf(third, 'one'), undefined)
          const rest = compare(rules, two, third)
          assert.equal(
            intersection(union(rest?.changed, rest?.removed), wantedBy(two as ApiObject)),
            undefined,
            'what another owns stays',
          )
          const fourth = apply(kind, third, nothing, { manager: 'two', force: true })
          assert.equal(fourth.metadata.managedFields, undefined, 'what nobody wants nobody owns')
          const left = difference(fieldsOf(rules, fourth), fieldsOf(rules, decode(kind, nothing).object))
          assert.deepEqual(
            [...paths(left)].filter((path) => !path.startsWith('.status')),
            [],
            'and it is gone',
          )
        }),
        { numRuns: 40, seed: 13 },
      )
      assert.ok(tried > 0)
    })
  }
})
