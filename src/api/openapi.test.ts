import assert from 'node:assert/strict'
import { test } from 'node:test'
import protobuf from 'protobufjs'
import { type AnyKind, kind } from './kind.ts'
import { KindRegistry } from './kind-registry.ts'
import { kinds } from './kinds.ts'
import { definitionName } from './openapi-schema.ts'
import { OpenApiV2, openApiV2 } from './openapi-v2.ts'
import { OpenApiV3, openApiV3 } from './openapi-v3.ts'
import {
  any,
  int32,
  intOrString,
  list,
  type Message,
  map,
  message,
  opt,
  quantity,
  req,
  resolved,
  Schema,
  string,
  time,
} from './schema.ts'

const Part = message('example/v1.Part', 'A part.', {
  name: req(string).at(1, 'Its name.'),
  size: opt(quantity).at(2, 'Its size.'),
})
const Thing = kind({
  group: 'example',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  scope: 'Namespaced',
  doc: 'A thing.',
  fields: {
    parts: list(Part).patch('merge', 'name').owned('map', 'name').at(2, 'The parts.'),
    colour: string.oneOf('red', 'blue').default('red').at(3, 'The colour.'),
    port: req(intOrString).at(4, 'The port.'),
    count: opt(int32).at(5, 'How many.'),
    since: opt(time).at(6, 'Since when.'),
    extra: map(any).at(7, 'More.'),
    part: Part.at(8, 'One part.'),
  },
  status: true,
  subresources: [
    { name: 'proxy', body: { group: '', version: 'v1', kind: 'ThingProxyOptions' }, verbs: ['get', 'create'] },
    { name: 'eviction', body: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] },
  ],
})
const info = { title: 'Kubernetes', version: 'v1.37.0' }

// biome-ignore lint/suspicious/noExplicitAny: documents are looked into at will
type Loose = any

test('definitions have the names of upstream', () => {
  assert.equal(definitionName('core/v1.PodSpec'), 'io.k8s.api.core.v1.PodSpec')
  assert.equal(definitionName('meta/v1.ObjectMeta'), 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')
  assert.equal(definitionName('com.example.stable/v1.CronTab'), 'com.example.stable.v1.CronTab')
})

test('version 3 says of a field all that its schema says', () => {
  const { components } = openApiV3([Thing], [Thing], info) as Loose
  const thing = components.schemas['io.k8s.api.example.v1.Thing']
  const ref = (name: string) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] })
  assert.deepEqual(thing.required, ['port'])
  assert.deepEqual(thing['x-kubernetes-group-version-kind'], [{ group: 'example', kind: 'Thing', version: 'v1' }])
  assert.deepEqual(thing.properties.parts, {
    description: 'The parts.',
    type: 'array',
    items: { ...ref('io.k8s.api.example.v1.Part'), default: {} },
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
  })
  assert.deepEqual(thing.properties.colour, {
    description: 'The colour.',
    type: 'string',
    enum: ['blue', 'red'],
    default: 'red',
  })
  assert.deepEqual(thing.properties.port, {
    description: 'The port.',
    ...ref('io.k8s.apimachinery.pkg.util.intstr.IntOrString'),
  })
  assert.deepEqual(thing.properties.count, { description: 'How many.', type: 'integer', format: 'int32' })
  assert.deepEqual(thing.properties.part, {
    description: 'One part.',
    ...ref('io.k8s.api.example.v1.Part'),
    default: {},
  })
  assert.deepEqual(components.schemas['io.k8s.apimachinery.pkg.api.resource.Quantity'].oneOf, [
    { type: 'string' },
    { type: 'number' },
  ])
})

test('version 2 refers directly and has no defaults', () => {
  const { definitions } = openApiV2([Thing], info) as Loose
  const { part, colour } = definitions['io.k8s.api.example.v1.Thing'].properties
  assert.deepEqual(part, { description: 'One part.', $ref: '#/definitions/io.k8s.api.example.v1.Part' })
  assert.deepEqual(colour, { description: 'The colour.', type: 'string', enum: ['blue', 'red'] })
  assert.deepEqual(definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'].format, 'int-or-string')
  const { deleteOptions } = definitions['io.k8s.api.policy.v1.Eviction'].properties
  assert.ok(deleteOptions.$ref.endsWith('.DeleteOptions'))
  const options = definitions['io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions']
  assert.deepEqual(options['x-kubernetes-group-version-kind'], [
    { group: 'example', kind: 'DeleteOptions', version: 'v1' },
  ])
})

test('every verb and subresource has its path, its action and its kind', () => {
  const { paths } = openApiV3([Thing], [Thing], info) as Loose
  const found = Object.entries<Loose>(paths).flatMap(([path, item]) =>
    Object.entries<Loose>(item)
      .filter(([method]) => method !== 'parameters')
      .map(
        ([method, op]) =>
          `${method} ${path} ${op['x-kubernetes-action']} ${op['x-kubernetes-group-version-kind'].kind}`,
      ),
  )
  const one = '/apis/example/v1/namespaces/{namespace}/things'
  assert.deepEqual(found.sort(), [
    `delete ${one} deletecollection Thing`,
    `delete ${one}/{name} delete Thing`,
    `get ${one} list Thing`,
    `get ${one}/{name} get Thing`,
    `get ${one}/{name}/proxy connect ThingProxyOptions`,
    `get ${one}/{name}/proxy/{path} connect ThingProxyOptions`,
    `get ${one}/{name}/status get Thing`,
    'get /apis/example/v1/things list Thing',
    `patch ${one}/{name} patch Thing`,
    `patch ${one}/{name}/status patch Thing`,
    `post ${one} post Thing`,
    `post ${one}/{name}/eviction post Eviction`,
    `post ${one}/{name}/proxy connect ThingProxyOptions`,
    `post ${one}/{name}/proxy/{path} connect ThingProxyOptions`,
    `put ${one}/{name} put Thing`,
    `put ${one}/{name}/status put Thing`,
  ])
  // kubectl looks for this one before it lets the server validate fields.
  const names = paths[`${one}/{name}`].patch.parameters.map((p: Loose) => p.name)
  assert.deepEqual(names, ['dryRun', 'fieldManager', 'fieldValidation', 'force'])
})

/** Everything that a document refers to. */
const references = (document: unknown): string[] => [
  ...new Set(
    [...JSON.stringify(document).matchAll(/"\$ref":"#\/(?:definitions|components\/schemas)\/([^"]+)"/g)].map(
      (m) => m[1] as string,
    ),
  ),
]

test('whatever the documents of the built-in kinds refer to is defined, and operations have names of their own', () => {
  const v2 = openApiV2(kinds, info) as Loose
  for (const name of references(v2)) assert.ok(name in v2.definitions, name)
  const ids = [...JSON.stringify(v2.paths).matchAll(/"operationId":"([^"]+)"/g)].map((m) => m[1])
  assert.equal(new Set(ids).size, ids.length)
  for (const of of Map.groupBy(kinds, (k) => k.apiVersion).values()) {
    const v3 = openApiV3(of, kinds, info) as Loose
    for (const name of references(v3)) assert.ok(name in v3.components.schemas, name)
  }
})

test('the index of version 3 names each document by its hash, and follows the kinds', () => {
  const registry = new KindRegistry(kinds)
  const v3 = new OpenApiV3(registry, info)
  const index = () => JSON.parse(new TextDecoder().decode(v3.index.bytes)).paths
  const before = index()
  assert.equal(
    before['apis/apps/v1'].serverRelativeURL,
    `/openapi/v3/apis/apps/v1?hash=${v3.document('apis/apps/v1')?.hash}`,
  )
  assert.equal(v3.document('apis/example/v1'), undefined)
  registry.add(Thing)
  assert.ok(index()['apis/example/v1'])
  assert.ok(v3.document('apis/example/v1'))
  registry.remove(Thing)
  assert.deepEqual(index(), before)
})

test('kinds that are served and never stored are described as well', () => {
  const virtual = { ...Thing, verbs: ['create'] } as const
  const path = '/apis/example/v1/namespaces/{namespace}/things'
  const read = ({ bytes }: { bytes: Uint8Array }) => JSON.parse(new TextDecoder().decode(bytes)) as Loose
  const v3 = new OpenApiV3(new KindRegistry([]), info, [virtual]).document('apis/example/v1')
  assert.ok(v3)
  for (const { paths } of [read(v3), read(new OpenApiV2(new KindRegistry([]), info, [virtual]).json)])
    assert.deepEqual(Object.keys(paths[path]), ['post', 'parameters'])
})

/** The part of gnostic's messages that kubectl reads. */
const proto = `syntax = "proto3";
message Any { string yaml = 2; }
message NamedAny { string name = 1; Any value = 2; }
message TypeItem { repeated string value = 1; }
message ItemsItem { repeated Schema schema = 1; }
message AdditionalPropertiesItem { Schema schema = 1; }
message NamedSchema { string name = 1; Schema value = 2; }
message Properties { repeated NamedSchema additional_properties = 1; }
message Schema {
  string _ref = 1; string format = 2; string description = 4; repeated string required = 19; repeated Any enum = 20;
  AdditionalPropertiesItem additional_properties = 21; TypeItem type = 22; ItemsItem items = 23;
  Properties properties = 25; repeated NamedAny vendor_extension = 31;
}
message QueryParameterSubSchema { string in = 2; string name = 4; string type = 6; }
message NonBodyParameter { QueryParameterSubSchema query_parameter_sub_schema = 3; }
message Parameter { NonBodyParameter non_body_parameter = 2; }
message ParametersItem { Parameter parameter = 1; }
message Operation { string operation_id = 5; repeated ParametersItem parameters = 8; repeated NamedAny vendor_extension = 13; }
message PathItem { Operation patch = 8; }
message NamedPathItem { string name = 1; PathItem value = 2; }
message Paths { repeated NamedPathItem path = 2; }
message Definitions { repeated NamedSchema additional_properties = 1; }
message Document { string swagger = 1; Paths paths = 8; Definitions definitions = 9; }`

test('the protobuf form of version 2 says the same as its JSON', () => {
  const v2 = new OpenApiV2(new KindRegistry([Thing]), info)
  const json = JSON.parse(new TextDecoder().decode(v2.json.bytes))
  const type = protobuf.parse(proto, { keepCase: true }).root.lookupType('Document')
  const document = type.toObject(type.decode(v2.protobuf.bytes)) as Loose
  assert.equal(document.swagger, '2.0')
  const definitions = document.definitions.additional_properties
  assert.deepEqual(
    definitions.map((d: Loose) => d.name),
    Object.keys(json.definitions),
  )
  for (const { name, value } of definitions) assert.deepEqual(schemaOf(value), json.definitions[name], name)
  const { patch } = document.paths.path.find((p: Loose) => p.name.endsWith('/things/{name}')).value
  assert.equal(patch.operation_id, 'patchExampleV1NamespacedThing')
  const queries = patch.parameters.map((p: Loose) => p.parameter.non_body_parameter?.query_parameter_sub_schema?.name)
  assert.ok(queries.includes('fieldValidation'))
  const extension = patch.vendor_extension.find((e: Loose) => e.name === 'x-kubernetes-group-version-kind')
  assert.deepEqual(JSON.parse(extension.value.yaml), { group: 'example', kind: 'Thing', version: 'v1' })
})

/** Back to JSON. */
function schemaOf(schema: Loose): Loose {
  const out: Loose = {}
  if (schema._ref) out.$ref = schema._ref
  for (const field of ['format', 'description']) if (schema[field]) out[field] = schema[field]
  if (schema.required?.length) out.required = schema.required
  if (schema.enum?.length) out.enum = schema.enum.map((e: Loose) => JSON.parse(e.yaml))
  if (schema.additional_properties) out.additionalProperties = schemaOf(schema.additional_properties.schema)
  if (schema.type) out.type = schema.type.value[0]
  if (schema.items) out.items = schemaOf(schema.items.schema[0])
  if (schema.properties) {
    out.properties = Object.fromEntries(
      schema.properties.additional_properties.map((p: Loose) => [p.name, schemaOf(p.value)]),
    )
  }
  for (const { name, value } of schema.vendor_extension ?? []) out[name] = JSON.parse(value.yaml)
  return out
}

test('of a kind that takes any field version 2 names none, or its readers would refuse the others', () => {
  const shape = resolved(Thing.schema) as Message
  const open = { ...Thing, schema: new Schema({ ...shape, open: true }, 'always') } as AnyKind
  const name = 'io.k8s.api.example.v1.Thing'
  const { properties, ...rest } = (openApiV2([open], info) as Loose).definitions[name]
  assert.equal(properties, undefined)
  assert.equal(rest['x-kubernetes-preserve-unknown-fields'], true)
  assert.ok((openApiV3([open], [open], info) as Loose).components.schemas[name].properties.parts)
})
