import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from './decode.ts'
import { FieldErrors } from './field-errors.ts'
import { type ApiObject, kind } from './kind.ts'
import { int32, type Json, list, map, message, opt, req, string } from './schema.ts'
import { validateCreate, validateUpdate } from './validate.ts'

const Port = message('test/v1.Port', 'A port.', {
  name: req(string).required().maxLength(4).at(1, ''),
  port: req(int32).min(1).max(65535).at(2, ''),
  protocol: string.oneOf('TCP', 'UDP').at(3, ''),
})
const Spec = message('test/v1.Spec', 'A spec.', {
  replicas: opt(int32).min(0).at(1, ''),
  ports: list(Port).required().maxLength(2).at(2, ''),
  colours: list(string.oneOf('red', 'blue')).at(3, ''),
  byName: map(Port).at(4, ''),
  word: string.check((w) => (w === 'bad' ? 'must not be bad' : undefined)).at(5, ''),
})
const Thing = kind({
  group: '',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  scope: 'Namespaced',
  doc: 'A thing.',
  fields: { spec: Spec.at(2, ''), status: opt(Spec).at(3, '') },
  status: true,
  validate: (thing, errors) => {
    if (thing.spec.replicas === 13) errors.forbidden('spec.replicas', 'thirteen')
  },
  validateUpdate: (next, old, errors) => {
    if (next.spec.word !== old.spec.word) errors.invalid('spec.word', next.spec.word, 'field is immutable')
  },
  validateStatusUpdate: (next, _old, errors) => {
    if (next.status?.replicas === 13) errors.forbidden('status.replicas', 'thirteen')
  },
})
const Wide = kind({
  group: 'things.example.com',
  version: 'v1',
  kind: 'Wide',
  plural: 'wides',
  scope: 'Cluster',
  doc: 'A thing of the whole cluster.',
  fields: {},
})

const texts = (run: (errors: FieldErrors) => void): string[] => {
  const errors = new FieldErrors()
  run(errors)
  return errors.all.map((e) => `${e.field}: ${e.message}`)
}
const ports = [{ name: 'http', port: 80 }]
const thing = (spec: Json, metadata: Json = { name: 'a', namespace: 'ns' }): ApiObject =>
  decode(Thing, { metadata, spec: { ports, ...(spec as object) } }).object
const created = (spec: Json, metadata?: Json) => texts((errors) => validateCreate(Thing, thing(spec, metadata), errors))

test('declared rules are told with the path and the words of upstream', () => {
  const cases: readonly [spec: Json, errors: string[]][] = [
    [{}, []],
    [{ replicas: -1 }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    [{ ports: null }, ['spec.ports: Required value']],
    [
      { ports: [{}, { name: 'https', port: 70_000, protocol: 'X' }] },
      [
        'spec.ports[0].name: Required value',
        'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.ports[1].name: Too long: may not be more than 4 bytes',
        'spec.ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.ports[1].protocol: Unsupported value: "X": supported values: "TCP", "UDP"',
      ],
    ],
    [{ ports: [...ports, ...ports, ...ports] }, ['spec.ports: Too many: 3: must have at most 2 items']],
    [{ colours: ['red', 'green'] }, ['spec.colours[1]: Unsupported value: "green": supported values: "red", "blue"']],
    [{ byName: { a: { port: 1 } } }, ['spec.byName[a].name: Required value']],
    [{ word: 'bad' }, ['spec.word: Invalid value: "bad": must not be bad']],
    [{ replicas: 13 }, ['spec.replicas: Forbidden: thirteen']],
  ]
  for (const [spec, errors] of cases) assert.deepEqual(created(spec), errors, JSON.stringify(spec))
})

test('metadata follows the rules of upstream', () => {
  const at = { name: 'a', namespace: 'ns' }
  const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u', controller: true }
  const cases: readonly [metadata: Json, starts: string[]][] = [
    [{ namespace: 'ns' }, ['metadata.name: Required value: name or generateName is required']],
    [{ name: 'a' }, ['metadata.namespace: Required value']],
    [
      { name: 'A', namespace: 'ns' },
      ['metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist'],
    ],
    [{ name: 'a', namespace: 'n.s' }, ['metadata.namespace: Invalid value: "n.s": must not contain dots']],
    [{ ...at, generateName: 'a-' }, []],
    [{ ...at, generateName: 'AA-' }, ['metadata.generateName: Invalid value: "AA-": a lowercase RFC 1123']],
    [{ ...at, labels: { a: '-' } }, ['metadata.labels: Invalid value: "-": a valid label must be']],
    [{ ...at, labels: { 'a b': '' } }, ['metadata.labels: Invalid value: "a b": name part must consist']],
    [{ ...at, annotations: { 'Example.com/A': '' } }, []],
    [{ ...at, annotations: { 'a b': '' } }, ['metadata.annotations: Invalid value: "a b": name part must consist']],
    [{ ...at, annotations: { a: 'x'.repeat(262_143) } }, []],
    [
      { ...at, annotations: { a: 'x'.repeat(262_144) } },
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
    [{ ...at, finalizers: ['a'] }, ['metadata.finalizers: Invalid value: "a": name is neither a standard finalizer']],
    [{ ...at, finalizers: ['example.com/a', 'orphan'] }, []],
    [{ ...at, ownerReferences: [owner] }, []],
    [
      { ...at, ownerReferences: [owner, { ...owner, name: 'y' }] },
      [
        'metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"X","name":"x","uid":"u","controller":true},{"apiVersion":"v1","kind":"X","name":"y","uid":"u","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for x and y',
      ],
    ],
    [
      { ...at, ownerReferences: [{}] },
      [
        'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
        'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
        'metadata.ownerReferences.name: Invalid value: "": must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
      ],
    ],
  ]
  for (const [metadata, starts] of cases) {
    const errors = created({}, metadata)
    assert.equal(errors.length, starts.length, `${JSON.stringify(metadata).slice(0, 100)}: ${errors.join(' ')}`)
    starts.forEach((start, i) => {
      assert.equal(errors[i]?.slice(0, start.length), start)
    })
  }
})

test('an object of the cluster has no namespace, and a custom one may have short finalizers', () => {
  const object = decode(Wide, { metadata: { name: 'a', namespace: 'ns', finalizers: ['a'] } }).object
  assert.deepEqual(
    texts((errors) => validateCreate(Wide, object, errors)),
    ['metadata.namespace: Forbidden: not allowed on this type'],
  )
})

test('an update cannot change what names the object, nor add finalizers while it is being deleted', () => {
  const metadata = { name: 'A_old', namespace: 'ns', uid: 'u', resourceVersion: '1', generation: 2 }
  const old = thing({ word: 'x' }, { ...metadata, deletionTimestamp: '2024-05-01T10:00:00Z', finalizers: ['x/a'] })
  const updated = (next: ApiObject, subresource = '') =>
    texts((errors) => validateUpdate(Thing, next, old, subresource, errors))
  assert.deepEqual(updated(structuredClone(old)), [])
  const next = structuredClone(old)
  next.metadata = { ...next.metadata, uid: 'v', resourceVersion: '', generation: 1, finalizers: ['x/c', 'x/b'] }
  next.spec.word = 'y'
  assert.deepEqual(updated(next), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x/b", "x/c"}',
    'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    'metadata.generation: Invalid value: 1: must not be decremented',
    'metadata.uid: Invalid value: "v": field is immutable',
    'spec.word: Invalid value: "y": field is immutable',
  ])
  const status = { ...structuredClone(old), spec: {}, status: { replicas: 13 } }
  assert.deepEqual(updated(status, 'status'), ['status.replicas: Forbidden: thirteen'])
})
