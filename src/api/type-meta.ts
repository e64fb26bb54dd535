// What a body says of its own kind and version against what is expected: built-in kinds take what is left out from the
// address, custom ones have to say it. Sentences, and which of them are 400 and which 422, are upstream's.

import { jsonType } from '#lib/json.ts'
import { FieldErrors } from './field-errors.ts'
import type { AnyKind } from './kind.ts'
import { badRequest, invalid, type StatusError } from './status-error.ts'

/** Where something stands that is read: the body of a request, or what a patch has made of an object. */
export interface TypeMetaOptions {
  /** What has come, for the error; without it everything may be left out. */
  readonly body?: () => Uint8Array | string
  /** The kinds that there are: what is none of them is told so. */
  readonly kindOf?: (apiVersion: string, kind: string) => AnyKind | undefined
  /** A patch has made it: the error for what is not readable. Unless given, the one for a body. */
  readonly refuse?: (why: string) => Error
}

/** Upstream's sentence around whatever is wrong with a body that says which kind it is. */
export const cannotBeHandled = (kind: Pick<AnyKind, 'kind' | 'version'>, why: string) =>
  badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${why}`)

/** Upstream's sentence around whatever is wrong with a body that does not say which kind it is. */
export const unrecognized = (kind: Pick<AnyKind, 'kind'>, body: Uint8Array | string, why: string): StatusError =>
  badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${why} (${summary(body)})`)

/** The start of the body as upstream shows it: text where it looks like an object, else hexadecimal. */
function summary(body: Uint8Array | string): string {
  const bytes = Buffer.from(typeof body === 'string' ? Buffer.from(body) : body)
  if (bytes.length === 0) return '<empty>'
  const more = bytes.length > 30 ? ' ...' : ''
  return bytes.subarray(0, 30).toString(bytes[0] === 123 ? 'utf8' : 'hex') + more
}

type Head = Readonly<Record<string, unknown>>

/** Refuses what says that it is something else, and a custom object that does not say what it is. Only the first look
 *  is taken where all is well. */
export function checkTypeMeta(kind: AnyKind, head: Head, options: TypeMetaOptions): void {
  if (head.kind === kind.kind && head.apiVersion === kind.apiVersion) return
  const [given, apiVersion] = [textOf(kind, head, 'kind', options), textOf(kind, head, 'apiVersion', options)]
  if (apiVersion.split('/').length > 2)
    throw unread(kind, `unexpected GroupVersion string: ${apiVersion}`, head, options)
  if (kind.custom) checkCustom(kind, head, { given, apiVersion }, options)
  else checkBuiltIn(kind, given || kind.kind, apiVersion || kind.apiVersion, options)
}

function textOf(kind: AnyKind, head: Head, field: 'kind' | 'apiVersion', options: TypeMetaOptions): string {
  const value = head[field]
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  const why = `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonType(value)} into Go struct field .${field} of type string`
  throw unread(kind, why, head, options)
}

const unread = (kind: AnyKind, why: string, head: Head, { refuse, body }: TypeMetaOptions): Error =>
  refuse?.(why) ?? unrecognized(kind, body?.() ?? JSON.stringify(head), why)

interface Said {
  readonly given: string
  readonly apiVersion: string
}

function checkCustom(kind: AnyKind, head: Head, { given, apiVersion }: Said, options: TypeMetaOptions): void {
  const { body, refuse } = options
  if (given === '' && body) throw unread(kind, `Object 'Kind' is missing in '${textFrom(body())}'`, head, options)
  const said = { given: given || kind.kind, apiVersion: apiVersion === '' && !body ? kind.apiVersion : apiVersion }
  if (said.apiVersion !== kind.apiVersion && !refuse) throw otherVersion(kind, said.apiVersion)
  const errors = new FieldErrors()
  if (said.given !== kind.kind) errors.invalid('kind', said.given, `must be ${kind.kind}`)
  if (said.apiVersion !== kind.apiVersion) errors.invalid('apiVersion', said.apiVersion, `must be ${kind.apiVersion}`)
  if (!errors.any) return
  const { metadata } = head as { metadata?: { name?: unknown } | null }
  const name = typeof metadata?.name === 'string' ? metadata.name : ''
  throw invalid({ group: groupOf(said.apiVersion), kind: said.given }, name, errors.all)
}

const textFrom = (body: Uint8Array | string): string =>
  typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '')

const otherVersion = (kind: AnyKind, apiVersion: string): StatusError =>
  badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${kind.apiVersion})`)

/** Where upstream keeps its built-in kinds, as it says in the error. */
const scheme = 'pkg/api/legacyscheme/scheme.go:30'

function checkBuiltIn(kind: AnyKind, given: string, apiVersion: string, { kindOf, refuse }: TypeMetaOptions): void {
  if (given === kind.kind && apiVersion === kind.apiVersion) return
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  const misfit = (why: string) =>
    refuse?.(why) ??
    badRequest(`${given} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: ${why}`)
  const known = kindOf?.(apiVersion, given)
  if (kindOf && (known === undefined || known.custom))
    throw misfit(`no kind "${given}" is registered for version "${apiVersion}" in scheme "${scheme}"`)
  if (given !== kind.kind) {
    const to = `(${kind.group.split('.')[0] || 'core'}.${kind.kind})`
    throw misfit(`converting (${version}.${given}) to ${to}: unknown conversion`)
  }
  const why = otherVersion(kind, apiVersion)
  throw refuse?.(why.message) ?? why
}
