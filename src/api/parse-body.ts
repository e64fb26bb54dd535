// From the bytes of a request to parsed JSON. Broken text, too deep nesting and duplicate keys are found here and
// told in upstream's words; good bodies take the straight way through JSON.parse.

import { parseExact } from '#lib/exact-json.ts'
import { put } from '#lib/json.ts'
import { type Decoded, decode, type Strictness } from './decode.ts'
import { JsonSyntaxError, maxDepth, scanJson } from './json-scanner.ts'
import type { AnyKind, ApiObject } from './kind.ts'
import { unrecognized } from './type-meta.ts'
import { parseYaml, YamlError, yamlDuplicates } from './yaml.ts'

export type BodyFormat = 'json' | 'yaml'

export interface ParsedBody {
  readonly value: unknown
  /** `duplicate field "spec.x"`. */
  readonly duplicates: readonly string[]
}

/** Text that cannot be read at all; its message is upstream's. */
export class BodyError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'BodyError'
  }
}

const decoder = new TextDecoder()
const toText = (body: Uint8Array | string): string => (typeof body === 'string' ? body : decoder.decode(body))

/** Throws a BodyError. Duplicates are looked for only if wanted. */
export function parseJson(body: Uint8Array | string, findDuplicates = false): ParsedBody {
  const text = toText(body)
  let value: unknown
  try {
    value = wellFormed(text, parseExact(text))
  } catch (error) {
    throw new BodyError(syntaxProblem(text) ?? String(error))
  }
  const shape = measure(text)
  if (shape.depth > maxDepth) throw new BodyError('exceeded max depth')
  // A key that stands twice is one key in what was parsed: only then is it worth to look for its place.
  const duplicates = findDuplicates && shape.keys !== countKeys(value) ? scanJson(text) : []
  return { value, duplicates }
}

/** Throws a BodyError. JSON is YAML, so it is tried as that first, as upstream does. */
export function parseYamlBody(body: Uint8Array | string, findDuplicates = false): ParsedBody {
  const text = toText(body)
  if (/^\s*\{/.test(text)) {
    try {
      return parseJson(text, findDuplicates)
    } catch (error) {
      if (!(error instanceof BodyError)) throw error
    }
  }
  try {
    const value = wellFormed(text, parseYaml(text))
    if (depthOf(value, 0) > maxDepth) throw new BodyError('exceeded max depth')
    return { value, duplicates: findDuplicates ? yamlDuplicates(text) : [] }
  } catch (error) {
    throw error instanceof YamlError ? new BodyError(convertingYaml + error.message) : error
  }
}

/** Half a surrogate pair, which only an escape can bring in, is no character: Go reads U+FFFD. */
function wellFormed(text: string, value: unknown): unknown {
  return text.includes('\\u') && /\\u[dD][89a-fA-F]/.test(text) ? repaired(value) : value
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(repaired)
  const out: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) put(out, key.toWellFormed(), repaired(member))
  return out
}

const convertingYaml = 'error converting YAML to JSON: '

export interface DecodeBodyOptions {
  readonly format?: BodyFormat
  readonly strictness?: Strictness
}

/** The whole way from bytes to an object of the kind. Throws a StatusError (400). */
export function decodeBody<T extends ApiObject = ApiObject>(
  kind: AnyKind,
  body: Uint8Array | string,
  { format = 'json', strictness = 'Ignore' }: DecodeBodyOptions = {},
): Decoded<T> {
  const { value, duplicates } = parseBody(kind, body, format, strictness !== 'Ignore')
  return decode<T>(kind, value, { strictness, duplicates, body: () => body })
}

/** Throws a StatusError (400) with upstream's sentence for a body that is no object at all. */
export function parseBody(
  kind: Pick<AnyKind, 'kind'>,
  body: Uint8Array | string,
  format: BodyFormat,
  findDuplicates: boolean,
): ParsedBody {
  try {
    const parsed = format === 'json' ? parseJson(body, findDuplicates) : parseYamlBody(body, findDuplicates)
    const { value } = parsed
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BodyError(noObject(value))
    return parsed
  } catch (error) {
    if (!(error instanceof BodyError)) throw error
    // Upstream tells these two from each other, here and nowhere else.
    const why = error.message.startsWith(convertingYaml)
      ? error.message.slice(convertingYaml.length)
      : `couldn't get version/kind; json parse error: ${error.message}`
    throw unrecognized(kind, body, why)
  }
}

const typeMeta =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

function noObject(value: unknown): string {
  const json = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return value === null
    ? "Object 'Kind' is missing in 'null'"
    : `json: cannot unmarshal ${json} into Go value of type ${typeMeta}`
}

function syntaxProblem(text: string): string | undefined {
  try {
    scanJson(text)
    return undefined
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message
    throw error
  }
}

/** Colons outside of strings are as many as there are keys; good JSON is assumed. */
function measure(text: string): { keys: number; depth: number } {
  let keys = 0
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 34: {
        i = closingQuote(text, i)
        break
      }
      case 58:
        keys++
        break
      case 91:
      case 123:
        if (++depth > deepest) deepest = depth
        break
      case 93:
      case 125:
        depth--
    }
  }
  return { keys, depth: deepest }
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); ; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes++
    if (slashes % 2 === 0) return at
  }
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let keys = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') keys += countKeys(item)
    return keys
  }
  const object = value as Record<string, unknown>
  for (const key in object) {
    keys++
    const child = object[key]
    if (typeof child === 'object') keys += countKeys(child)
  }
  return keys
}

function depthOf(value: unknown, above: number): number {
  if (typeof value !== 'object' || value === null) return above
  if (above > maxDepth) return above
  let deepest = above + 1
  for (const child of Object.values(value)) deepest = Math.max(deepest, depthOf(child, above + 1))
  return deepest
}
