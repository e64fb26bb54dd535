// The types of values that a schema declares: of custom resources by their JSON Schema, of built-in kinds by theirs.
// Field names that expressions cannot write are escaped. How large values get at most is kept for estimates: what
// the schema says, or what fits into a request.

import { type AnySchema, resolved } from '#api/schema.ts'
import { converterOf, type Shaped } from './convert.ts'
import {
  Bool,
  Bytes,
  Double,
  DurationType,
  Dyn,
  Int,
  listOf,
  mapOf,
  type ObjectType,
  Text,
  TimestampType,
  type Type,
} from './types.ts'
import type { ObjectField, ObjectShape, Unordered } from './values.ts'

const maxRequestBytes = 3 * 1024 * 1024

const sized = (kind: 'string' | 'bytes', max: number): Type => ({ kind, sized: { max } })

const keywords: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)
const escapes: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
}

/** As an expression writes the name of a field; undefined where it cannot. */
export function escapedName(name: string): string | undefined {
  if (keywords.has(name)) return `__${name}__`
  if (!/^[A-Za-z_][A-Za-z0-9_.\-/]*$/.test(name)) return undefined
  return name.replace(/__|[.\-/]/g, (part) => escapes[part] as string)
}

type Declared = readonly (readonly [name: string, type: Type])[]

/** An object whose fields are asked for when first needed, so that types may contain themselves. */
class SchemaObject implements ObjectType, Shaped {
  readonly kind = 'object'
  readonly name: string
  readonly #declare: () => Declared
  /** How an expression writes a field's name. */
  readonly #written: (name: string) => string | undefined
  #types: Map<string, Type> | undefined
  readonly shape: ObjectShape

  constructor(name: string, declare: () => Declared, written: typeof escapedName = escapedName) {
    this.name = name
    this.#declare = declare
    this.#written = written
    const fields = () => this.#fields()
    let made: Map<string, ObjectField> | undefined
    this.shape = {
      name,
      get fields() {
        made ??= fields()
        return made
      },
    }
  }

  field(name: string): Type | undefined {
    return this.#known().get(name)
  }

  #known(): Map<string, Type> {
    this.#types ??= new Map(
      this.#declare().flatMap(([name, type]) => {
        const escaped = this.#written(name)
        return escaped === undefined ? [] : [[escaped, type] as const]
      }),
    )
    return this.#types
  }

  #fields(): Map<string, ObjectField> {
    const named = this.#declare().map(
      ([name, type]) => [this.#written(name), { name, convert: converterOf(type) }] as const,
    )
    return new Map(named.flatMap(([escaped, field]) => (escaped === undefined ? [] : [[escaped, field] as const])))
  }
}

const asItIs = (field: string): string => field

/** An object's type by its fields, as for `request` and its like; their names are written as they are. */
export const objectType = (name: string, fields: Readonly<Record<string, Type>>): ObjectType =>
  new SchemaObject(name, () => Object.entries(fields), asItIs)

/** What is read of the schema of a custom resource. */
export interface JsonSchema {
  readonly type?: string | undefined
  readonly format?: string | undefined
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined
  readonly additionalProperties?: JsonSchema | boolean | undefined
  readonly items?: JsonSchema | readonly JsonSchema[] | undefined
  readonly required?: readonly string[] | undefined
  readonly default?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly maxItems?: number | undefined
  readonly maxLength?: number | undefined
  readonly maxProperties?: number | undefined
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined
  readonly 'x-kubernetes-list-type'?: string | undefined
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined
}

/** The schema's type; undefined where it declares none, so that expressions cannot refer to the value. */
export function typeOfJsonSchema(schema: JsonSchema, { root = false, name = 'object' } = {}): Type | undefined {
  if (schema['x-kubernetes-int-or-string']) return Dyn
  switch (schema.type) {
    case 'boolean':
      return Bool
    case 'integer':
      return Int
    case 'number':
      return Double
    case 'string':
      return stringType(schema)
    case 'array':
      return arrayType(schema, name)
    case 'object':
      return root || schema['x-kubernetes-embedded-resource'] ? resourceType(schema, name) : objectOrMap(schema, name)
    default:
      return undefined
  }
}

function stringType({ format, maxLength, enum: choices }: JsonSchema): Type {
  switch (format) {
    case 'byte':
      return sized('bytes', maxLength ?? maxRequestBytes - 2)
    case 'duration':
      return DurationType
    case 'date':
    case 'date-time':
      return TimestampType
  }
  // A character may be four bytes long, and a request's size is counted in bytes.
  if (maxLength !== undefined) return sized('string', Math.max(0, maxLength) * 4)
  if (choices && choices.length > 0) {
    return sized('string', Math.max(...choices.map((choice) => (typeof choice === 'string' ? choice.length : 0))))
  }
  return sized('string', maxRequestBytes - 2)
}

function arrayType(schema: JsonSchema, name: string): Type | undefined {
  const { items, maxItems } = schema
  if (!items || Array.isArray(items)) return undefined
  const item = items as JsonSchema
  const of = typeOfJsonSchema(item, { name: `${name}.@idx` })
  if (!of) return undefined
  const max = maxItems ?? Math.floor((maxRequestBytes - 2) / (minBytes(item) + 1))
  const listType = schema['x-kubernetes-list-type']
  const unordered: Unordered | undefined =
    listType === 'set' || listType === 'map'
      ? { by: listType, keys: schema['x-kubernetes-list-map-keys'] ?? [] }
      : undefined
  return { kind: 'list', of, sized: { max }, ...(unordered ? { unordered } : {}) }
}

function objectOrMap(schema: JsonSchema, name: string): Type | undefined {
  const { additionalProperties: values, maxProperties } = schema
  if (typeof values === 'object') {
    const of = typeOfJsonSchema(values, { name: `${name}.@elem` })
    if (!of) return undefined
    const max = maxProperties ?? Math.floor((maxRequestBytes - 2) / (minBytes(values) + 6))
    return { kind: 'map', key: sized('string', maxRequestBytes - 2), of, sized: { max } }
  }
  return new SchemaObject(name, () => declared(schema, name))
}

function declared({ properties = {} }: JsonSchema, name: string): Declared {
  return Object.entries(properties).flatMap(([field, schema]) => {
    const type = typeOfJsonSchema(schema, { name: `${name}.${field}` })
    return type ? [[field, type] as const] : []
  })
}

/** Of any resource the kind, the version and the names can be referred to. */
function resourceType(schema: JsonSchema, name: string): Type {
  const text: Type = sized('string', maxRequestBytes - 2)
  const metadata = new SchemaObject(`${name}.metadata`, () => [
    ['name', text],
    ['generateName', text],
  ])
  return new SchemaObject(name, () => {
    const fields = new Map(declared(schema, name))
    fields.set('apiVersion', text)
    fields.set('kind', text)
    fields.set('metadata', metadata)
    return [...fields]
  })
}

/** How many values of a schema fit into a request, each with a comma. */
export const mostInRequest = (schema: JsonSchema): number => Math.floor(maxRequestBytes / (minBytes(schema) + 1))

/** The least that a value takes in a request. */
function minBytes(schema: JsonSchema, depth = 0): number {
  if (schema['x-kubernetes-int-or-string']) return 1
  switch (schema.type) {
    case 'boolean':
      return 4
    case 'integer':
    case 'number':
      return 1
    case 'string':
      return schema.format === 'duration' ? 4 : schema.format === 'date' ? 12 : schema.format === 'date-time' ? 22 : 2
    case 'object':
      return depth > 50 ? 2 : minObjectBytes(schema, depth)
    default:
      return 2
  }
}

function minObjectBytes({ required = [], properties = {} }: JsonSchema, depth: number): number {
  let size = 2
  for (const name of required) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (property && property.default === undefined) size += name.length + minBytes(property, depth + 1) + 4
  }
  return size
}

const known = new WeakMap<object, Type>()

/** The type of what one of our own schemas declares. Field names are written as they are, as policies write them. */
export function typeOfSchema(schema: AnySchema): Type {
  const shape = resolved(schema)
  switch (shape.type) {
    case 'bool':
      return Bool
    case 'int32':
    case 'int64':
      return Int
    case 'double':
      return Double
    case 'string':
    case 'quantity':
    case 'duration':
      return sized('string', schema.rules.maxLength ?? maxRequestBytes - 2)
    case 'bytes':
      return Bytes
    case 'time':
    case 'microTime':
      return TimestampType
    case 'list':
      return ownList(schema, shape.of)
    case 'map':
      return mapOf(Text, typeOfSchema(shape.of))
    case 'message': {
      if (shape.open) return Dyn
      const cached = known.get(shape)
      if (cached) return cached
      const made = new SchemaObject(
        shape.name,
        () => Object.entries(shape.fields).map(([name, field]) => [name, typeOfSchema(field.schema)]),
        asItIs,
      )
      known.set(shape, made)
      return made
    }
    default:
      return Dyn
  }
}

function ownList({ rules }: AnySchema, item: AnySchema): Type {
  const of = typeOfSchema(item)
  if (rules.listType !== 'set' && rules.listType !== 'map') return listOf(of)
  const unordered = { by: rules.listType, keys: rules.listMapKeys ?? [] }
  return { kind: 'list', of, sized: { max: maxRequestBytes / 2 }, unordered }
}
