// What a request's query says, checked as upstream's validation of ListOptions, CreateOptions and the others
// does, with its texts.

import { cannotBeHandled, DecodeError, decodeAs, inexact } from '#api/decode.ts'
import { FieldErrors } from '#api/field-errors.ts'
import { DeleteOptions as DeleteOptionsSchema } from '#api/meta/options.ts'
import { badRequest, invalid } from '#api/status-error.ts'

const refuse = (kind: string, errors: FieldErrors): void => {
  if (errors.any) throw invalid({ group: 'meta.k8s.io', kind }, '', errors.all)
}

/** As upstream reads switches in queries: everything that is not a no is a yes. Clients in Python write True and False. */
export const isTrue = (value: string | null): boolean =>
  value !== null && value !== '0' && value.toLowerCase() !== 'false'

export interface ListQuery {
  readonly labelSelector: string
  readonly fieldSelector: string
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
  readonly limit: number
  readonly continue: string
  readonly timeoutSeconds: number | undefined
  readonly allowBookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const problem = numberProblem(text, /^[+-]?\d+$/, -(2n ** 63n), 2n ** 63n - 1n)
  if (problem) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${problem}`)
  return Number(text)
}

/** What Go says of a text that is no number of that size. */
function numberProblem(text: string, form: RegExp, min: bigint, max: bigint): string | undefined {
  if (!form.test(text)) return 'invalid syntax'
  const digits = BigInt(text.replace(/^\+/, ''))
  return digits < min || digits > max ? 'value out of range' : undefined
}

export function listQuery(query: URLSearchParams, watch: boolean): ListQuery {
  const initial = query.get('sendInitialEvents')
  const options: ListQuery = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    limit: integer(query, 'limit') ?? 0,
    continue: query.get('continue') ?? '',
    timeoutSeconds: integer(query, 'timeoutSeconds'),
    allowBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: initial === null ? undefined : isTrue(initial),
  }
  const errors = new FieldErrors()
  if (watch) checkWatch(options, errors)
  else checkList(options, errors)
  refuse('ListOptions', errors)
  return options
}

function checkWatch(options: ListQuery, errors: FieldErrors): void {
  const match = options.resourceVersionMatch
  if (options.sendInitialEvents !== undefined && match !== 'NotOlderThan')
    errors.forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  if (match === '') return
  if (options.sendInitialEvents === undefined)
    errors.forbidden(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    )
  if (match !== 'NotOlderThan') errors.notSupported('resourceVersionMatch', match, ['NotOlderThan'])
  if (options.continue !== '')
    errors.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided')
}

function checkList(options: ListQuery, errors: FieldErrors): void {
  const match = options.resourceVersionMatch
  if (match !== '') {
    if (options.resourceVersion === '')
      errors.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided')
    if (options.continue !== '')
      errors.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided')
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', ''])
    if (match === 'Exact' && options.resourceVersion === '0')
      errors.forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
  if (options.sendInitialEvents !== undefined)
    errors.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')
}

/** A resourceVersion as a number; undefined where the client named none. */
export function parseRevision(text: string): number | undefined {
  if (text === '') return undefined
  const problem = text.length > 16 || !/^\d+$/.test(text) ? numberProblem(text, /^\d+$/, 0n, 2n ** 64n - 1n) : undefined
  if (problem) {
    const quoted = JSON.stringify(text)
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: ${problem}`,
    )
  }
  return Number(text)
}

export interface WriteQuery {
  readonly dryRun: boolean
  readonly fieldManager: string
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict'
  readonly force: boolean
}

/** `isApply`: where the options are those of a server-side apply. */
export function writeQuery(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  isApply = false,
): WriteQuery {
  const errors = new FieldErrors()
  const force = query.get('force')
  if (isApply && !query.get('fieldManager')) errors.required('fieldManager', 'is required for apply patch')
  if (kind === 'PatchOptions' && !isApply && force !== null)
    errors.forbidden('force', 'may not be specified for non-apply patch')
  const dryRun = query.getAll('dryRun')
  checkDryRun(dryRun, errors)
  const fieldManager = query.get('fieldManager') ?? ''
  if (fieldManager.length > 128) errors.tooLong('fieldManager', 128)
  for (const { 0: character, index } of fieldManager.matchAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu)) {
    const point = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    const at = Buffer.byteLength(fieldManager.slice(0, index))
    errors.invalid('fieldManager', fieldManager, `invalid character U+${point} (at position ${at})`)
  }
  const validation = query.get('fieldValidation') ?? ''
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(validation))
    errors.notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn'])
  refuse(kind, errors)
  return {
    dryRun: dryRun.length > 0,
    fieldManager,
    // Upstream's default since 1.27.
    fieldValidation: validation === '' ? 'Warn' : (validation as WriteQuery['fieldValidation']),
    force: isTrue(force),
  }
}

export function checkDryRun(values: readonly string[], errors: FieldErrors): void {
  if (values.length === 0) return
  const wrong = values.filter((value) => value !== 'All')
  if (wrong.length > 0) errors.notSupported('dryRun', values, ['All'])
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined
  readonly propagationPolicy?: string | undefined
  readonly orphanDependents?: boolean | undefined
  readonly preconditions?:
    | { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined }
    | undefined
  readonly dryRun: boolean
}

/** The body of a DELETE, or its query where there is no body. */
export function deleteOptions(query: URLSearchParams, body: unknown): DeleteOptions {
  const given = body === undefined ? deleteQuery(query) : decodedOptions(body)
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions, dryRun = [] } = given
  const errors = new FieldErrors()
  if (propagationPolicy !== undefined && orphanDependents !== undefined)
    errors.invalid(
      'propagationPolicy',
      propagationPolicy,
      'orphanDependents and deletionPropagation cannot be both set',
    )
  if (propagationPolicy !== undefined && !propagationPolicies.includes(propagationPolicy))
    errors.notSupported('propagationPolicy', propagationPolicy, [...propagationPolicies, 'nil'])
  checkDryRun(dryRun, errors)
  refuse('DeleteOptions', errors)
  return {
    gracePeriodSeconds,
    propagationPolicy,
    orphanDependents,
    preconditions,
    dryRun: dryRun.length > 0 || isTrue(query.get('dryRun')),
  }
}

const propagationPolicies: readonly string[] = ['Foreground', 'Background', 'Orphan']

type GivenOptions = Partial<DeleteOptionsSchema>

function decodedOptions(body: unknown): GivenOptions {
  try {
    return decodeAs<DeleteOptionsSchema>(DeleteOptionsSchema, body).object
  } catch (error) {
    if (error instanceof DecodeError) throw cannotBeHandled({ kind: 'DeleteOptions', version: 'v1' }, error.message)
    throw error
  }
}

function deleteQuery(query: URLSearchParams): GivenOptions {
  const given: { -readonly [F in keyof GivenOptions]: GivenOptions[F] } = {}
  const grace = integer(query, 'gracePeriodSeconds')
  if (grace !== undefined && !Number.isSafeInteger(grace))
    throw badRequest(`gracePeriodSeconds: ${query.get('gracePeriodSeconds')}${inexact}`)
  if (grace !== undefined) given.gracePeriodSeconds = grace
  const policy = query.get('propagationPolicy')
  if (policy) given.propagationPolicy = policy
  const orphan = query.get('orphanDependents')
  if (orphan !== null) given.orphanDependents = isTrue(orphan)
  const dryRun = query.getAll('dryRun')
  if (dryRun.length > 0) given.dryRun = dryRun
  return given
}
