// What other servers say of their kinds in OpenAPI version 2, taken into this server's document as upstream does: only
// what stands below their own version, with the definitions that this needs; a definition of a name that means
// something else here gets a name of its own. And the same as a document of version 3, for servers that have none.

import type { JsonSchema } from '#api/openapi-schema.ts'
import { equalJson, isObject } from '#lib/json.ts'

type Definitions = Record<string, JsonSchema>

export interface PartialDocument {
  readonly paths: Readonly<Record<string, JsonSchema>>
  readonly definitions: Readonly<Definitions>
}

const prefix = '#/definitions/'

/** Every reference in a value, changed by `to`. */
function mapReferences(value: unknown, to: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => mapReferences(each, to))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) =>
      key === '$ref' && typeof each === 'string' && each.startsWith(prefix)
        ? [key, to(each.slice(prefix.length))]
        : [key, mapReferences(each, to)],
    ),
  )
}

function referencesIn(value: unknown): readonly string[] {
  const found: string[] = []
  mapReferences(value, (name) => {
    found.push(name)
    return name
  })
  return found
}

/** Of a document what stands below `path`, and what that refers to. */
export function partBelow(document: unknown, path: string): PartialDocument | undefined {
  if (!isObject(document) || document.swagger !== '2.0' || !isObject(document.paths)) return undefined
  const all = isObject(document.definitions) ? document.definitions : {}
  const isBelow = (each: string) => each === `${path}/` || each.startsWith(`${path}/`)
  const paths = Object.entries(document.paths).filter(([each, item]) => isBelow(each) && isObject(item))
  const definitions: Definitions = {}
  const missing = referencesIn(paths)
  for (const queue = [...missing]; queue.length > 0; ) {
    const name = queue.pop()!
    const definition = Object.hasOwn(all, name) ? all[name] : undefined
    if (Object.hasOwn(definitions, name) || !isObject(definition)) continue
    definitions[name] = definition as JsonSchema
    queue.push(...referencesIn(definition))
  }
  return { paths: Object.fromEntries(paths) as Record<string, JsonSchema>, definitions }
}

/** The first name of the form `name_v2` that is free, or means the same. */
function freeName(name: string, definition: JsonSchema, taken: Readonly<Definitions>): string {
  let free = name
  for (let n = 2; Object.hasOwn(taken, free) && !equalJson(taken[free], definition); n++) free = `${name}_v${n}`
  return free
}

export function mergeOpenApi(document: JsonSchema, parts: readonly PartialDocument[]): JsonSchema {
  const paths = { ...(document.paths as Record<string, JsonSchema>) }
  const definitions = { ...(document.definitions as Definitions) }
  for (const part of parts) {
    const names = new Map<string, string>()
    for (const [name, definition] of Object.entries(part.definitions))
      names.set(name, freeName(name, definition, definitions))
    const renamed = (value: unknown) => mapReferences(value, (name) => `${prefix}${names.get(name) ?? name}`)
    for (const [name, definition] of Object.entries(part.definitions))
      definitions[names.get(name)!] = renamed(definition) as JsonSchema
    for (const [path, item] of Object.entries(part.paths)) paths[path] ??= renamed(item) as JsonSchema
  }
  return { ...document, paths, definitions }
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']

/** A document of version 3 that says the same. */
export function asOpenApiV3({ paths, definitions }: PartialDocument, info: object): object {
  const moved = (value: unknown) => mapReferences(value, (name) => `#/components/schemas/${name}`)
  const convertedPaths = Object.entries(paths).map(([path, item]) => {
    const { parameters, ...rest } = moved(item) as JsonSchema
    const operations = Object.entries(rest).map(([key, each]) =>
      methods.includes(key) && isObject(each) ? [key, operation(each)] : [key, each],
    )
    const shared = parameters === undefined ? {} : { parameters: parametersOf(parameters) }
    return [path, { ...Object.fromEntries(operations), ...shared }]
  })
  return {
    openapi: '3.0.0',
    info,
    paths: Object.fromEntries(convertedPaths),
    components: { schemas: moved(definitions) },
  }
}

const list = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : []

function parametersOf(value: unknown): readonly object[] {
  return list(value)
    .filter((each) => each.in !== 'body')
    .map(({ name, in: place, description, required, ...schema }) => ({
      name,
      in: place,
      description,
      required,
      schema,
    }))
}

function operation(of: Readonly<Record<string, unknown>>): object {
  const { consumes, produces, schemes: _schemes, parameters, responses, ...rest } = of
  const contentOf = (types: unknown, schema: unknown) =>
    Object.fromEntries((Array.isArray(types) ? types : ['*/*']).map((type) => [String(type), { schema }]))
  const body = list(parameters).find((each) => each.in === 'body')
  const answers = Object.entries(isObject(responses) ? responses : {}).map(([code, answer]) => {
    const { schema, ...described } = isObject(answer) ? answer : {}
    return [code, schema === undefined ? described : { ...described, content: contentOf(produces, schema) }]
  })
  return {
    ...rest,
    ...(parameters === undefined ? {} : { parameters: parametersOf(parameters) }),
    ...(body ? { requestBody: { content: contentOf(consumes, body.schema), required: body.required } } : {}),
    responses: Object.fromEntries(answers),
  }
}
