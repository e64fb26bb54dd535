// OpenAPI version 2: one document for everything, as JSON and in the protobuf form that older kubectl asks for.
// Made when first asked for, and made again when the set of kinds has changed.

import type { AnyKind } from './kind.ts'
import type { KindRegistry } from './kind-registry.ts'
import { type Method, type Operation, type Parameter, type PathItem, pathsOf } from './openapi-paths.ts'
import { Definitions, type JsonSchema } from './openapi-schema.ts'
import { encodeOpenApiV2 } from './openapi-v2-protobuf.ts'
import { define, describe, documentOf, isServed, type OpenApiDocument, type OpenApiInfo } from './openapi-v3.ts'

/** What kubectl asks for. */
export const protobufAccepted = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
/** What the answer says it is: Go's reader of media types refuses the one above. */
export const protobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

export class OpenApiV2 {
  readonly #kinds: KindRegistry
  readonly #info: OpenApiInfo
  readonly #virtual: readonly AnyKind[]
  #generation = -1
  #json: OpenApiDocument | undefined
  #protobuf: OpenApiDocument | undefined

  /** `virtual` are those kinds that are served and never stored. */
  constructor(kinds: KindRegistry, info: OpenApiInfo, virtual: readonly AnyKind[] = []) {
    this.#kinds = kinds
    this.#info = info
    this.#virtual = virtual
  }

  get json(): OpenApiDocument {
    this.#refresh()
    this.#json ??= documentOf(new TextEncoder().encode(JSON.stringify(this.#make())))
    return this.#json
  }

  /** For those that accept `protobufAccepted`. */
  get protobuf(): OpenApiDocument {
    this.#refresh()
    this.#protobuf ??= documentOf(encodeOpenApiV2(this.#make()))
    return this.#protobuf
  }

  #make(): JsonSchema {
    return openApiV2([...this.#kinds.all, ...this.#virtual], this.#info)
  }

  #refresh(): void {
    if (this.#generation === this.#kinds.generation) return
    this.#generation = this.#kinds.generation
    this.#json = undefined
    this.#protobuf = undefined
  }
}

export function openApiV2(kinds: readonly AnyKind[], info: OpenApiInfo): JsonSchema {
  const definitions = new Definitions('v2')
  define(definitions, kinds, kinds)
  const paths = kinds.flatMap((kind) => pathsOf(kind)).sort((a, b) => (a.path < b.path ? -1 : 1))
  return {
    swagger: '2.0',
    info: { title: info.title, version: info.version },
    paths: Object.fromEntries(paths.map((item) => [item.path, pathItem(item, definitions)])),
    definitions: definitions.all,
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  }
}

const produces = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
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
  return {
    description: op.description,
    consumes: op.body === 'patch' ? patchTypes.filter((type) => isServed(op, type)) : ['*/*'],
    produces: op.answer === undefined ? ['*/*'] : produces.filter((type) => isServed(op, type)),
    schemes: ['https'],
    tags: [op.tag],
    operationId: op.id,
    parameters: [...body(op, definitions), ...op.parameters.map(parameter)],
    responses: {
      ...Object.fromEntries(op.codes.map((code) => [code, { description: describe(code), schema }])),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': op.action,
    'x-kubernetes-group-version-kind': op.kind,
  }
}

function body(op: Operation, definitions: Definitions): JsonSchema[] {
  if (op.body === undefined) return []
  const name = op.body === 'patch' ? 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch' : op.body
  return [{ name: 'body', in: 'body', ...(op.bodyOptional ? {} : { required: true }), schema: definitions.refTo(name) }]
}

const parameter = ({ name, in: place, type, description }: Parameter): JsonSchema => ({
  name,
  in: place,
  description,
  type,
  uniqueItems: true,
  ...(place === 'path' ? { required: true } : {}),
})
