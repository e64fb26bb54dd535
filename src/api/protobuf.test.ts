import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { JSONSchemaProps } from './apiextensions/json-schema.ts'
import { Deployment } from './apps/deployment.ts'
import { arbitraryObject } from './arbitrary.ts'
import { ConfigMap } from './core/config-map.ts'
import { ResourceFieldSelector } from './core/env.ts'
import { Pod } from './core/pod.ts'
import { Secret } from './core/secret.ts'
import { Service } from './core/service.ts'
import { decode, decodeAs } from './decode.ts'
import { kinds } from './kinds.ts'
import { DeleteOptions } from './meta/options.ts'
import { Status } from './meta/status.ts'
import { PodDisruptionBudget } from './policy/pod-disruption-budget.ts'
import { decodeMessage, encodeMessage, ProtobufError } from './protobuf.ts'
import {
  decodeProtobuf,
  encodeProtobuf,
  encodeProtobufAs,
  envelope,
  protobufList,
  protobufWatchFrame,
  readEnvelope,
  readWatchFrames,
} from './protobuf-envelope.ts'

/** Independent of the schema: the numbers as upstream's .proto files have them. */
const upstream = protobuf.parse(
  `syntax = "proto2";
  message Time { optional int64 seconds = 1; optional int32 nanos = 2; }
  message Quantity { optional string string = 1; }
  message IntOrString { optional int64 type = 1; optional int32 intVal = 2; optional string strVal = 3; }
  message ObjectMeta { optional string name = 1; optional string namespace = 3; optional int64 generation = 7;
    optional Time creationTimestamp = 8; map<string, string> labels = 11; repeated string finalizers = 14; }
  message HTTPGetAction { optional string path = 1; optional IntOrString port = 2; }
  message ProbeHandler { optional HTTPGetAction httpGet = 2; }
  message Probe { optional ProbeHandler handler = 1; optional int32 periodSeconds = 4; }
  message Resources { map<string, Quantity> limits = 1; }
  message Container { optional string name = 1; optional Resources resources = 8; optional Probe livenessProbe = 10; optional bool tty = 18; }
  message PodSpec { repeated Container containers = 2; optional int64 terminationGracePeriodSeconds = 4; }
  message Pod { optional ObjectMeta metadata = 1; optional PodSpec spec = 2; }
  message TypeMeta { optional string apiVersion = 1; optional string kind = 2; }
  message Unknown { optional TypeMeta typeMeta = 1; optional bytes raw = 2; optional string contentEncoding = 3; optional string contentType = 4; }
  message Secret { map<string, bytes> data = 2; }
  message RawExtension { optional bytes raw = 1; }
  message WatchEvent { optional string type = 1; optional RawExtension object = 2; }
  message ListMeta { optional string resourceVersion = 2; optional int64 remainingItemCount = 4; }
  message PodList { optional ListMeta metadata = 1; repeated Pod items = 2; }`,
  { keepCase: true },
).root

const plain = (type: string, bytes: Uint8Array): Record<string, unknown> => {
  const message = upstream.lookupType(type)
  return message.toObject(message.decode(bytes), { longs: Number, bytes: String })
}

const pod = decode(Pod, {
  metadata: {
    name: 'web',
    namespace: 'default',
    generation: 7,
    creationTimestamp: '2026-01-02T03:04:05Z',
    labels: { app: 'web' },
    finalizers: ['a/b'],
  },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'web',
        tty: true,
        resources: { limits: { cpu: '500m' } },
        livenessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 5 },
      },
    ],
  },
}).object

describe('protobuf', () => {
  it('encodes with the numbers and messages of upstream', () => {
    const read = plain('Pod', encodeMessage(Pod.schema, pod))
    assert.deepEqual(read, {
      metadata: {
        name: 'web',
        namespace: 'default',
        generation: 7,
        creationTimestamp: { seconds: 1767323045, nanos: 0 },
        labels: { app: 'web' },
        finalizers: ['a/b'],
      },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'web',
            tty: true,
            resources: { limits: { cpu: { string: '500m' } } },
            livenessProbe: {
              handler: { httpGet: { path: '/health', port: { type: 1, intVal: 0, strVal: 'http' } } },
              periodSeconds: 5,
            },
          },
        ],
      },
    })
  })

  it('decodes what an independent encoder writes, zeros and unknown fields included', () => {
    const type = upstream.lookupType('Pod')
    const bytes = type
      .encode({
        metadata: { name: '', namespace: '', creationTimestamp: {}, labels: { a: '' } },
        spec: { containers: [{ name: '', tty: false, resources: { limits: { cpu: { string: '1' } } } }] },
      })
      .finish()
    const unknown = protobuf.Writer.create()
      .uint32((999 << 3) | 2)
      .string('?')
      .finish()
    assert.deepEqual(decodeMessage(Pod.schema, Buffer.concat([bytes, unknown])), {
      metadata: { labels: { a: '' } },
      spec: { containers: [{ name: '', resources: { limits: { cpu: '1' } } }] },
    })
  })

  it('writes the bytes of secrets, not their base64', () => {
    const secret = decode(Secret, { data: { password: Buffer.from([0, 255]).toString('base64') } }).object
    assert.deepEqual(plain('Secret', encodeMessage(Secret.schema, secret)), { data: { password: 'AP8=' } })
    assert.deepEqual(decodeMessage(Secret.schema, encodeMessage(Secret.schema, secret)).data, { password: 'AP8=' })
  })

  it('puts an object into the envelope that names its type', () => {
    const bytes = encodeProtobuf(Deployment, decode(Deployment, { metadata: { name: 'a' } }).object)
    assert.equal(Buffer.from(bytes.subarray(0, 4)).toString('latin1'), 'k8s\0')
    const unknown = plain('Unknown', bytes.subarray(4))
    assert.deepEqual(unknown.typeMeta, { apiVersion: 'apps/v1', kind: 'Deployment' })
    assert.equal(unknown.contentType, '')
    const { apiVersion, kind } = readEnvelope(bytes)
    assert.deepEqual({ apiVersion, kind }, { apiVersion: 'apps/v1', kind: 'Deployment' })
  })

  it('writes lists around the bytes of their items', () => {
    const item = encodeMessage(Pod.schema, pod)
    const metadata = { resourceVersion: '12', remainingItemCount: 3 }
    const bytes = Buffer.concat(protobufList({ apiVersion: 'v1', kind: 'PodList' }, metadata, [item, item]))
    const list = plain('PodList', readEnvelope(bytes).raw)
    assert.deepEqual(list.metadata, metadata)
    assert.deepEqual(list.items, [plain('Pod', item), plain('Pod', item)])
  })

  it('frames watch events around enveloped objects, and reads them back from any cut of the stream', () => {
    const object = envelope(Pod, [encodeMessage(Pod.schema, pod)])
    const frame = Buffer.concat(protobufWatchFrame('ADDED', object))
    assert.equal(frame.readUInt32BE(0), frame.length - 4)
    const event = plain('WatchEvent', frame.subarray(4)) as { type: string; object: { raw: string } }
    assert.equal(event.type, 'ADDED')
    assert.equal(event.object.raw, Buffer.concat(object).toString('base64'))
    const stream = Buffer.concat([frame, frame])
    for (let cut = 0; cut <= stream.length; cut++) {
      const first = readWatchFrames(stream.subarray(0, cut))
      const second = readWatchFrames(Buffer.concat([first.rest, stream.subarray(cut)]))
      const events = [...first.events, ...second.events]
      assert.deepEqual(
        events.map(({ type, object }) => [type, readEnvelope(object).kind]),
        [
          ['ADDED', 'Pod'],
          ['ADDED', 'Pod'],
        ],
      )
    }
  })

  it('carries Status and DeleteOptions', () => {
    const status = { status: 'Failure', code: 409, reason: 'Conflict', details: { causes: [{ field: '.a' }] } }
    const bytes = encodeProtobufAs({ apiVersion: 'v1', kind: 'Status' }, Status, status)
    assert.deepEqual(decodeProtobuf(Status, bytes), { apiVersion: 'v1', kind: 'Status', ...status })
    const options = { gracePeriodSeconds: 0, preconditions: { uid: 'u' }, propagationPolicy: 'Orphan' }
    assert.deepEqual(decodeMessage(DeleteOptions, encodeMessage(DeleteOptions, options)), options)
  })

  for (const kind of kinds) {
    it(`brings any ${kind.apiVersion} ${kind.kind} back as it was`, () => {
      fc.assert(
        fc.property(arbitraryObject(kind), (given) => {
          const object = decode(kind, given).object
          const back = decode(kind, decodeProtobuf(kind.schema, encodeProtobuf(kind, object))).object
          assert.deepEqual(back, object)
        }),
        { numRuns: 60, seed: 1 },
      )
    })
  }

  it('refuses hostile bytes with an error of its own, whatever they are', () => {
    const good = Buffer.from(encodeProtobuf(Pod, pod))
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const bytes = Buffer.from(good.subarray(0, length))
        if (at < length) bytes[at] = byte
        try {
          decodeProtobuf(Pod.schema, bytes)
        } catch (error) {
          assert.ok(error instanceof ProtobufError, String(error))
        }
      }),
      { numRuns: 3000, seed: 1 },
    )
    assert.throws(() => decodeProtobuf(Pod.schema, Buffer.from('{}')), /expected prefix \[107 56 115 0\]/)
    assert.throws(() => decodeMessage(ConfigMap.schema, Buffer.from([0x0a, 0x7f, 0])), /unexpected EOF/)
    assert.throws(() => decodeMessage(ConfigMap.schema, Buffer.from([0x08, 0x01])), /wrong wireType = 0 for field 1/)
  })

  it('refuses numbers and lengths that have no end', () => {
    const endless = Buffer.alloc(12, 0xff)
    for (const bytes of [Buffer.concat([Buffer.from([0x10]), endless]), Buffer.concat([Buffer.from([0x0a]), endless])])
      assert.throws(() => decodeMessage(DeleteOptions, bytes), ProtobufError)
  })

  it('carries what is not set in a map: times and schemas', () => {
    const budget = decode(PodDisruptionBudget, { status: { disruptedPods: { a: null } } }).object
    const back = decodeMessage(PodDisruptionBudget.schema, encodeMessage(PodDisruptionBudget.schema, budget))
    assert.deepEqual(decode(PodDisruptionBudget, back).object, budget)
    assert.equal(budget.status?.disruptedPods?.a, null)
    const schema = decodeAs<object>(JSONSchemaProps, { dependencies: { a: null, b: [] }, items: [] }).object
    assert.deepEqual(schema, { dependencies: { a: null, b: null } })
    assert.deepEqual(decodeMessage(JSONSchemaProps, encodeMessage(JSONSchemaProps, schema)), schema)
  })

  it('carries zeros that JSON has: a quantity and a port', () => {
    const service = decode(Service, { spec: { ports: [{ port: 1, targetPort: 0 }] } }).object
    const back = decodeMessage(Service.schema, encodeMessage(Service.schema, service))
    assert.deepEqual(back.spec, { ports: [{ port: 1, targetPort: 0 }] })
    const divisor = { resource: 'limits.cpu', divisor: '0' }
    assert.deepEqual(decodeMessage(ResourceFieldSelector, encodeMessage(ResourceFieldSelector, divisor)), divisor)
  })

  it('carries the years 0 to 9999', () => {
    for (const deletionTimestamp of ['0000-01-01T00:00:00Z', '0001-01-01T00:00:01Z', '9999-12-31T23:59:59Z']) {
      const { object } = decode(ConfigMap, { metadata: { deletionTimestamp } })
      const back = decodeMessage(ConfigMap.schema, encodeMessage(ConfigMap.schema, object))
      assert.deepEqual(back.metadata, { deletionTimestamp })
    }
  })

  it('keeps a map key called __proto__', () => {
    const map = decodeAs<{ data: object }>(ConfigMap.schema, JSON.parse('{"data":{"__proto__":"x"}}')).object
    const back = decodeMessage(ConfigMap.schema, encodeMessage(ConfigMap.schema, map))
    assert.deepEqual(Object.entries(back.data as object), [['__proto__', 'x']])
  })
})
