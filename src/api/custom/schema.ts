// A structural schema as one of ours, so that a custom kind is what a built-in one is for everybody else: its shape
// tells who owns which field, how lists are merged and which defaults there are. How values are read, and what
// clients are shown, is told by the structural schema itself (`declared`).

import { isObject, put } from '#lib/json.ts'
import type { JSONSchemaProps } from '../apiextensions/json-schema.ts'
import { ObjectMeta } from '../meta/object-meta.ts'
import { type AnyField, type AnySchema, type Declared, type Rules, Schema, type Shape, string } from '../schema.ts'
import { pruned, type Structural } from './structural.ts'

/** `name` is that of the messages below, as `com.example/v1.Widget.spec`; they are in no document by it. */
export function schemaOf(node: Structural, name: string, required = false): AnySchema {
  const declared: Declared = {
    decode: (value, onUnknown) => pruned(node, value, onUnknown),
    openApi: (dialect) => (dialect === 'v3' ? plain(node.source) : forVersion2(node.source)),
    required,
  }
  return new Schema({ ...shapeOf(node, name), declared } as Shape, 'pointer', rulesOf(node.source))
}

export function fieldsOf(node: Structural, name: string): Record<string, AnyField> {
  const fields = [...node.properties].map(([field, of]) => {
    const schema = schemaOf(of, `${name}.${field}`, node.source.required?.includes(field))
    return [field, schema.at(0, of.source.description ?? '')] as const
  })
  return Object.fromEntries(fields)
}

const scalars = { string: 'string', integer: 'int64', number: 'double', boolean: 'bool' } as const

function shapeOf(node: Structural, name: string): Shape {
  if (node.intOrString) return { type: 'intOrString' }
  if (node.type === 'array') {
    return node.items ? { type: 'list', of: schemaOf(node.items, `${name}.items`) } : { type: 'any' }
  }
  if (node.type in scalars) return { type: scalars[node.type as keyof typeof scalars] }
  if (node.values === true) return { type: 'any' }
  if (node.values) return { type: 'map', of: schemaOf(node.values, `${name}.values`) }
  if (node.properties.size === 0 && node.preserves && !node.embedded) return { type: 'any' }
  if (node.type !== 'object' && node.properties.size === 0) return { type: 'any' }
  const fields = node.embedded ? { ...fieldsOf(node, name), ...header } : fieldsOf(node, name)
  return {
    type: 'message',
    name,
    doc: node.source.description ?? '',
    fields,
    ...(node.preserves ? { open: true } : {}),
  }
}

const header: Record<string, AnyField> = {
  apiVersion: string.at(0, 'The group and version of the object.'),
  kind: string.at(0, 'The kind of the object.'),
  metadata: new Schema(ObjectMeta.shape, 'pointer').at(0, 'Name, labels and the rest that all objects have.'),
}

function rulesOf(source: JSONSchemaProps): Rules {
  const listType = source['x-kubernetes-list-type']
  const keys = source['x-kubernetes-list-map-keys']
  return {
    ...(source.default === undefined ? {} : { default: source.default }),
    ...(source.nullable ? { nullable: true } : {}),
    ...(listType === undefined ? {} : { listType: listType as NonNullable<Rules['listType']> }),
    ...(keys?.length ? { listMapKeys: keys } : {}),
    mapType: (source['x-kubernetes-map-type'] ?? 'granular') as NonNullable<Rules['mapType']>,
  }
}

/** Without what decoding has put in for absent fields. */
function plain(source: JSONSchemaProps): Record<string, unknown> {
  return copied(source, () => true)
}

const junctors: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'not'])

/** Readers of version 2 know neither null nor alternatives, and refuse what they take for a contradiction, so where
 *  these occur less is said, as upstream does. */
function forVersion2(source: JSONSchemaProps): Record<string, unknown> {
  const vague =
    source.nullable || source['x-kubernetes-int-or-string'] || source['x-kubernetes-preserve-unknown-fields']
  const dropped = new Set<string>([
    ...junctors,
    'nullable',
    'default',
    ...(vague ? ['type', 'items', 'properties'] : []),
  ])
  return copied(source, (field) => !dropped.has(field), forVersion2)
}

const below = new Set(['items', 'additionalProperties', 'not'])
const lists = new Set(['allOf', 'anyOf', 'oneOf'])

function copied(
  source: JSONSchemaProps,
  keep: (field: string) => boolean,
  copy: (source: JSONSchemaProps) => Record<string, unknown> = plain,
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(source)) {
    if (value === undefined || !keep(field)) continue
    if (field === 'properties') {
      const properties: Record<string, unknown> = {}
      for (const [name, of] of Object.entries(value as Record<string, JSONSchemaProps>)) put(properties, name, copy(of))
      out[field] = properties
    } else if (below.has(field) && isObject(value)) out[field] = copy(value as JSONSchemaProps)
    else if (lists.has(field)) out[field] = (value as JSONSchemaProps[]).map((one) => copy(one))
    else out[field] = value
  }
  return out
}
