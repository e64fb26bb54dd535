// The AdmissionReview that a webhook is sent, and what may come back. Pure. Texts are upstream's.

import { isObject, type JsonObject } from '#lib/json.ts'
import { type RequestHead, requestOf } from '../request-head.ts'

const group = 'admission.k8s.io'
const known: readonly string[] = ['v1', 'v1beta1']

/** The first that both know. Throws where there is none. */
export function reviewVersion(versions: readonly string[]): string {
  const version = versions.find((one) => known.includes(one))
  if (version === undefined) throw new Error('webhook does not accept known AdmissionReview versions (v1, v1beta1)')
  return version
}

export function reviewOf(
  version: string,
  uid: string,
  head: RequestHead,
  objects: { readonly object: object | null; readonly oldObject: object | null },
): object {
  const { dryRun, options, ...about } = requestOf(head)
  return {
    kind: 'AdmissionReview',
    apiVersion: `${group}/${version}`,
    request: { uid, ...about, ...objects, dryRun, options },
  }
}

export interface Verdict {
  readonly allowed: boolean
  readonly result: JsonObject | undefined
  /** Base64 of a JSON patch; empty where nothing is to be changed. */
  readonly patch: string
  readonly patchType: string
  readonly auditAnnotations: readonly (readonly [string, string])[]
  readonly warnings: readonly string[]
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const named = (apiVersion: string, kind: string): string => {
  const [first = '', second] = apiVersion.split('/')
  const [itsGroup, version] = second === undefined ? ['', first] : [first, second]
  return `${itsGroup}/${version}, Kind=${kind}`
}

/** Throws what is wrong with the answer. */
export function verdictOf(
  answer: unknown,
  { version, uid, mutating }: { version: string; uid: string; mutating: boolean },
): Verdict {
  const review = isObject(answer) ? answer : {}
  const { response } = review
  if (!isObject(response)) throw new Error('webhook response was absent')
  if (version === 'v1' && text(response.uid) !== uid)
    throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(text(response.uid))}`)
  checkKind(review, version)
  return {
    allowed: response.allowed === true,
    result: isObject(response.status) ? response.status : undefined,
    ...patchOf(response, version, mutating),
    auditAnnotations: pairsOf(response.auditAnnotations),
    warnings: Array.isArray(response.warnings) ? response.warnings.filter((one) => typeof one === 'string') : [],
  }
}

/** The older version may leave out what it is. */
function checkKind({ apiVersion, kind }: JsonObject, version: string): void {
  const [givenVersion, givenKind] = [text(apiVersion), text(kind)]
  if (version !== 'v1' && givenVersion === '' && givenKind === '') return
  const expected = `${group}/${version}`
  if (givenVersion !== expected || givenKind !== 'AdmissionReview')
    throw new Error(
      `expected webhook response of ${named(expected, 'AdmissionReview')}, got ${named(givenVersion, givenKind)}`,
    )
}

const pairsOf = (value: unknown): readonly [string, string][] =>
  isObject(value) ? Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string') : []

function patchOf(response: JsonObject, version: string, mutating: boolean): Pick<Verdict, 'patch' | 'patchType'> {
  const patch = text(response.patch)
  const { patchType } = response
  const typed = patchType !== undefined && patchType !== null
  if (version !== 'v1') return { patch: mutating ? patch : '', patchType: patch === '' ? '' : 'JSONPatch' }
  if (!mutating) {
    if (patch !== '') throw new Error('validating webhook may not return response.patch')
    if (typed) throw new Error('validating webhook may not return response.patchType')
    return { patch: '', patchType: '' }
  }
  if (patch !== '' && !typed) throw new Error('webhook returned response.patch but not response.patchType')
  if (patch === '' && typed) throw new Error('webhook returned response.patchType but not response.patch')
  if (typed && text(patchType) === '') throw new Error('webhook returned invalid response.patchType of ""')
  return { patch, patchType: text(patchType) }
}
