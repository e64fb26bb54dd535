// OpenAPI version 3: an index with a hash for each group and version, and a document for each. Made when first
// asked for, kept as bytes, and made again when the set of kinds has changed.

import { createHash } from 'node:crypto'
import type { AnyKind } from './kind.ts'
import type { KindRegistry } from './kind-registry.ts'
import { type Method, type Operation, type Parameter, type PathItem, pathsOf } from './openapi-paths.ts'
import { Definitions, type GroupVersionKind, type JsonSchema, nameOf } from './openapi-schema.ts'
import type { AnySchema } from './schema.ts'
import { listSchema, wireKindFor, wireMessages } from './wire-types.ts'

export interface OpenApiDocument {
  readonly bytes: Uint8Array
  /** Changes with the bytes. Without quotes. */
  readonly hash: string
}

export const documentOf = (bytes: Uint8Array): OpenApiDocument => ({
  bytes,
  hash: createHash('sha512').update(bytes).digest('hex').toUpperCase(),
})

export interface OpenApiInfo {
  readonly title: string
  readonly version: string
}

export class OpenApiV3 {
  readonly #kinds: KindRegistry
  readonly #info: OpenApiInfo
  readonly #virtual: readonly AnyKind[]
  #generation = -1
  #documents = new Map<string, OpenApiDocument>()
  #index: OpenApiDocument | undefined

  /** `virtual` are those kinds that are served and never stored. */
  constructor(kinds: KindRegistry, info: OpenApiInfo, virtual: readonly AnyKind[] = []) {
    this.#kinds = kinds
    this.#info = info
    this.#virtual = virtual
  }

  /** What stands at `/openapi/v3`. */
  get index(): OpenApiDocument {
    this.#refresh()
    this.#index ??= this.#makeIndex()
    return this.#index
  }

  /** What stands at `/openapi/v3/<path>`, such as `api/v1` and `apis/apps/v1`. */
  document(path: string): OpenApiDocument | undefined {
    this.#refresh()
    const known = this.#documents.get(path)
    if (known) return known
    const kinds = this.#byPath().get(path)
    if (!kinds) return undefined
    const text = JSON.stringify(openApiV3(kinds, this.#all, this.#info))
    const document = documentOf(new TextEncoder().encode(text))
    this.#documents.set(path, document)
    return document
  }

  #makeIndex(): OpenApiDocument {
    const paths: Record<string, { serverRelativeURL: string }> = {}
    for (const path of [...this.#byPath().keys()].sort()) {
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${this.document(path)?.hash}` }
    }
    return documentOf(new TextEncoder().encode(JSON.stringify({ paths })))
  }

  get #all(): readonly AnyKind[] {
    return [...this.#kinds.all, ...this.#virtual]
  }

  #byPath(): Map<string, AnyKind[]> {
    return Map.groupBy(this.#all, ({ group, version }) =>
      group === '' ? `api/${version}` : `apis/${group}/${version}`,
    )
  }

  #refresh(): void {
    if (this.#generation === this.#kinds.generation) return
    this.#generation = this.#kinds.generation
    this.#documents = new Map()
    this.#index = undefined
  }
}

/** The document of the given kinds. `all` says which groups delete options are taken in. */
export function openApiV3(kinds: readonly AnyKind[], all: readonly AnyKind[], info: OpenApiInfo): JsonSchema {
  const definitions = new Definitions('v3')
  define(definitions, kinds, all)
  const paths = Object.fromEntries(
    kinds.flatMap((kind) => pathsOf(kind)).map((item) => [item.path, pathItem(item, definitions)]),
  )
  return {
    openapi: '3.0.0',
    info: { title: info.title, version: info.version },
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: definitions.all,
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          description: 'Bearer Token authentication',
          name: 'authorization',
          in: 'header',
        },
      },
    },
  }
}

/** Everything that the kinds' paths refer to. */
export function define(definitions: Definitions, kinds: readonly AnyKind[], all: readonly AnyKind[]): void {
  const found: [schema: AnySchema, kinds: readonly GroupVersionKind[]][] = []
  for (const kind of kinds) {
    const { group, version } = kind
    found.push([kind.schema, [kind]])
    if (kind.verbs.includes('list')) found.push([listSchema(kind), [{ group, version, kind: `${kind.kind}List` }]])
    const bodies = kind.subresources.flatMap(({ body }) => (body ? [body] : []))
    if (kind.scale) bodies.push({ group: 'autoscaling', version: 'v1', kind: 'Scale' })
    for (const body of bodies) {
      const of = wireKindFor(body.group, body.version, body.kind)
      if (of) found.push([of.schema, [of]])
    }
  }
  const everywhere = new Map(all.map(({ group, version }) => [`${group}/${version}`, { group, version }]))
  for (const message of wireMessages) found.push([message, kindsOfWire(message, [...everywhere.values()])])
  definitions.addKinds(found)
}

function kindsOfWire(message: AnySchema, everywhere: readonly Omit<GroupVersionKind, 'kind'>[]): GroupVersionKind[] {
  const name = nameOf(message).split('.').at(-1) ?? ''
  if (name === 'Patch') return []
  if (name === 'DeleteOptions' || name === 'WatchEvent') return everywhere.map((gv) => ({ ...gv, kind: name }))
  return [{ group: '', version: 'v1', kind: name }]
}

const answerTypes = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml']
const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

function pathItem(item: PathItem, definitions: Definitions): JsonSchema {
  const operations = Object.entries(item.operations) as [Method, Operation][]
  return {
    ...Object.fromEntries(operations.map(([method, op]) => [method, operation(op, definitions)])),
    parameters: item.parameters.map(parameter),
  }
}

function operation(op: Operation, definitions: Definitions): JsonSchema {
  const schema = op.answer === undefined ? { type: 'string' } : definitions.refTo(op.answer)
  const types = op.answer === undefined ? ['*/*'] : answerTypes.filter((type) => isServed(op, type))
  const content = Object.fromEntries(types.map((type) => [type, { schema }]))
  return {
    tags: [op.tag],
    description: op.description,
    operationId: op.id,
    ...(op.parameters.length === 0 ? {} : { parameters: op.parameters.map(parameter) }),
    ...(op.body === undefined ? {} : { requestBody: requestBody(op, definitions) }),
    responses: {
      ...Object.fromEntries(op.codes.map((code) => [code, { description: describe(code), content }])),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': op.action,
    'x-kubernetes-group-version-kind': op.kind,
  }
}

function requestBody(op: Operation, definitions: Definitions): JsonSchema {
  const schema = definitions.refTo(
    op.body === 'patch' ? 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch' : (op.body as string),
  )
  const types = op.body === 'patch' ? patchTypes.filter((type) => isServed(op, type)) : ['*/*']
  return {
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
    ...(op.bodyOptional ? {} : { required: true }),
  }
}

/** Whether a media type is one of those that the operation's kind has. */
export const isServed = ({ custom }: Operation, type: string): boolean =>
  !custom || !(type.includes('strategic') || type.includes('protobuf'))

export function describe(code: number): string {
  return { 200: 'OK', 201: 'Created', 202: 'Accepted' }[code] ?? ''
}

const parameter = ({ name, in: place, type, description }: Parameter): JsonSchema => ({
  name,
  in: place,
  description,
  ...(place === 'path' ? { required: true } : {}),
  schema: { type, uniqueItems: true },
})
