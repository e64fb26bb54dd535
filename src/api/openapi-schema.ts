// Schemas as OpenAPI definitions, in the dialects of version 2 and 3, with upstream's names and `x-kubernetes-*`
// extensions. kubectl explain, client-side merges and code generators read these.

import { type AnySchema, type Either, type Message, resolved, type ScalarName } from './schema.ts'

export type Dialect = 'v2' | 'v3'
export type JsonSchema = Record<string, unknown>

export interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString'
const rawExtension = 'io.k8s.apimachinery.pkg.runtime.RawExtension'
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Groups whose Go types are not in k8s.io/api. */
const packages: Readonly<Record<string, string>> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
  metrics: 'io.k8s.metrics.pkg.apis.metrics',
}

/** `core/v1.PodSpec` is `io.k8s.api.core.v1.PodSpec`. A name with a dotted package, of a custom kind, stays. */
export function definitionName(name: string): string {
  const slash = name.indexOf('/')
  const group = name.slice(0, slash)
  const rest = name.slice(slash + 1)
  const prefix = group.includes('.') ? group : (packages[group] ?? `io.k8s.api.${group}`)
  return `${prefix}.${rest}`
}

const scalarSchemas: Readonly<Partial<Record<ScalarName, JsonSchema>>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
}

const namedScalars: Readonly<Partial<Record<ScalarName, string>>> = {
  quantity,
  intOrString,
  time: `${meta}.Time`,
  microTime: `${meta}.MicroTime`,
  duration: `${meta}.Duration`,
  any: rawExtension,
}

function namedScalar(name: string, dialect: Dialect): JsonSchema {
  switch (name) {
    case quantity: {
      const description =
        'A fixed-point number, such as 500m, 1.5 or 2Gi: digits, and a suffix of a decimal (n, u, m, k, M, G, T, P, E) or binary (Ki, Mi, Gi, Ti, Pi, Ei) power, or a decimal exponent.'
      return dialect === 'v2'
        ? { description, type: 'string' }
        : { description, oneOf: [{ type: 'string' }, { type: 'number' }] }
    }
    case intOrString: {
      const description = 'A number or a string, such as a port and its name, or a count and a percentage.'
      return dialect === 'v2'
        ? { description, type: 'string', format: 'int-or-string' }
        : { description, format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] }
    }
    case `${meta}.Time`:
      return { description: 'A point in time, RFC 3339 with whole seconds.', type: 'string', format: 'date-time' }
    case `${meta}.MicroTime`:
      return { description: 'A point in time, RFC 3339 with microseconds.', type: 'string', format: 'date-time' }
    case `${meta}.Duration`:
      return { description: 'A span of time, such as 1h30m or 250ms.', type: 'string' }
    case `${meta}.FieldsV1`:
      return { description: 'A set of fields: a trie of their names in JSON.', type: 'object' }
    default:
      return { description: 'Any object.', type: 'object' }
  }
}

/** The definition's name of a message. */
export function nameOf(schema: AnySchema): string {
  const shape = resolved(schema)
  if (shape.type !== 'message') throw new TypeError('only messages have definitions')
  return definitionName(shape.name)
}

/** Collects the definitions that are referred to, and those that they refer to. */
export class Definitions {
  readonly #dialect: Dialect
  readonly #found = new Map<string, JsonSchema>()
  readonly #kinds = new Map<string, readonly GroupVersionKind[]>()

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  /** In the order of their names. */
  get all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** Adds messages that are kinds. All at once, since one may refer to another. */
  addKinds(kinds: readonly (readonly [schema: AnySchema, kinds: readonly GroupVersionKind[]])[]): void {
    for (const [schema, of] of kinds) if (of.length > 0) this.#kinds.set(nameOf(schema), of)
    for (const [schema] of kinds) this.add(schema)
  }

  /** Adds a message under its own name; returns the name. */
  add(schema: AnySchema): string {
    const name = nameOf(schema)
    this.#define(name, () => this.#message(resolved(schema) as Message, schema))
    return name
  }

  refTo(name: string): JsonSchema {
    return { $ref: `${this.#dialect === 'v2' ? '#/definitions/' : '#/components/schemas/'}${name}` }
  }

  #define(name: string, make: () => JsonSchema): void {
    if (this.#found.has(name)) return
    // Stands there before it is made: a type may contain itself.
    this.#found.set(name, {})
    this.#found.set(name, make())
  }

  #message(shape: Message, schema: AnySchema): JsonSchema {
    const name = definitionName(shape.name)
    const kinds = this.#kinds.get(name)
    // Readers of version 2 refuse every field that they do not find, unless they find none at all.
    const isAnything = shape.open === true && this.#dialect === 'v2'
    const properties: Record<string, JsonSchema> = {}
    if (kinds && !('apiVersion' in shape.fields)) {
      properties.apiVersion = { description: 'The group and version of this object.', type: 'string' }
      properties.kind = { description: 'The kind of this object.', type: 'string' }
    }
    const required: string[] = []
    for (const [field, { schema: of, doc }] of Object.entries(shape.fields).sort(([a], [b]) => (a < b ? -1 : 1))) {
      properties[field] = this.#property(of, doc, `${shape.name}.${field}`)
      if (isRequired(of)) required.push(field)
    }
    return {
      ...(shape.doc === '' ? {} : { description: shape.doc }),
      type: 'object',
      ...(required.length === 0 || isAnything ? {} : { required }),
      ...(Object.keys(properties).length === 0 || isAnything ? {} : { properties }),
      ...(kinds
        ? { 'x-kubernetes-group-version-kind': kinds.map(({ group, kind, version }) => ({ group, kind, version })) }
        : {}),
      ...(schema.rules.mapType ? { 'x-kubernetes-map-type': schema.rules.mapType } : {}),
      ...(shape.open ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    }
  }

  #property(schema: AnySchema, doc: string, path: string): JsonSchema {
    const { declared } = resolved(schema)
    if (declared) return declared.openApi(this.#dialect)
    const type = this.#type(schema, path)
    const { rules } = schema
    const value = this.#default(schema)
    const description = doc === '' ? {} : { description: doc }
    const choices = rules.oneOf ?? rules.choices
    const extensions = {
      ...(choices ? { enum: [...choices].sort() } : {}),
      ...(rules.listMapKeys ? { 'x-kubernetes-list-map-keys': rules.listMapKeys } : {}),
      ...(rules.listType ? { 'x-kubernetes-list-type': rules.listType } : {}),
      ...(rules.mapType && resolved(schema).type === 'map' ? { 'x-kubernetes-map-type': rules.mapType } : {}),
      ...(rules.patchMergeKey ? { 'x-kubernetes-patch-merge-key': rules.patchMergeKey } : {}),
      ...(rules.patchStrategy ? { 'x-kubernetes-patch-strategy': rules.patchStrategy } : {}),
      ...(rules.nullable ? { nullable: true } : {}),
      ...(value === undefined ? {} : { default: value }),
    }
    if (!('$ref' in type) || this.#dialect === 'v2') return { ...description, ...type, ...extensions }
    // Version 3.0 ignores what stands beside a $ref.
    return { ...description, allOf: [type], ...extensions }
  }

  #type(schema: AnySchema, path: string): JsonSchema {
    const shape = resolved(schema)
    if (shape.type === 'message') return this.refTo(this.add(schema))
    if (shape.type === 'list') return { type: 'array', items: this.#item(shape.of, path) }
    if (shape.type === 'map') return { type: 'object', additionalProperties: this.#item(shape.of, path) }
    if (shape.type === 'either') return this.#either(shape)
    const plain = scalarSchemas[shape.type]
    if (plain) return plain
    const name =
      path === 'meta/v1.ManagedFieldsEntry.fieldsV1' ? `${meta}.FieldsV1` : (namedScalars[shape.type] ?? rawExtension)
    this.#define(name, () => namedScalar(name, this.#dialect))
    return this.refTo(name)
  }

  /** What it is made of stands in no document, since version 2 could not say it; the messages in it do. */
  #either({ name, doc, forms }: Either): JsonSchema {
    const known = definitionName(name)
    this.#define(known, () => {
      for (const form of Object.values(forms)) this.#type(form.schema, name)
      return { description: doc }
    })
    return this.refTo(known)
  }

  #item(schema: AnySchema, path: string): JsonSchema {
    const type = this.#type(schema, path)
    const choices = schema.rules.oneOf ?? schema.rules.choices
    const known = choices ? { ...type, enum: [...choices].sort() } : type
    if (this.#dialect === 'v2') return known
    const value = zero(schema)
    return '$ref' in known
      ? { allOf: [known], ...(value === undefined ? {} : { default: value }) }
      : { ...known, default: value }
  }

  /** Version 2 has none, since its readers take a default for what the server would send. */
  #default(schema: AnySchema): unknown {
    if (this.#dialect === 'v2') return undefined
    if (schema.rules.default !== undefined) return schema.rules.default
    return schema.presence === 'always' ? zero(schema) : undefined
  }
}

function zero(schema: AnySchema): unknown {
  switch (resolved(schema).type) {
    case 'message':
      return {}
    case 'string':
      return ''
    case 'int32':
    case 'int64':
    case 'double':
      return 0
    case 'bool':
      return false
    default:
      return undefined
  }
}

/** What Go always writes must be there, but for structs, which are written even if nobody set them. */
function isRequired({ presence, rules, shape }: AnySchema): boolean {
  if (rules.required || shape.declared?.required) return true
  return presence === 'always' && rules.default === undefined && shape.type !== 'message' && shape.type !== 'lazy'
}
