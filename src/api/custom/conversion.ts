// What a conversion webhook is asked, and whether its answer can be taken: each object in its place, in the version
// and of the kind that was asked for, the same one as before, with nothing of its metadata changed but labels and
// annotations. Pure; errors are in upstream's words.

import { isObject } from '#lib/json.ts'
import { FieldErrors, fieldErrorsText, Path } from '../field-errors.ts'
import type { ApiObject } from '../kind.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { validateAnnotations } from '../validate-object-meta.ts'

const group = 'apiextensions.k8s.io'
const known: readonly string[] = ['v1', 'v1beta1']

export interface Conversion {
  readonly objects: readonly ApiObject[]
  /** The group and version that is wanted. */
  readonly desired: string
  readonly uid: string
}

interface Review {
  readonly apiVersion: string
  readonly kind: string
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly ApiObject[] }
}

export function conversionReview(versions: readonly string[], { objects, desired, uid }: Conversion): Review {
  const version = versions.find((candidate) => known.includes(candidate))
  if (version === undefined) throw new Error('no supported conversion review versions')
  return {
    apiVersion: `${group}/${version}`,
    kind: 'ConversionReview',
    request: { uid, desiredAPIVersion: desired, objects },
  }
}

/** As upstream prints the kind of an object: `example.com/v1, Kind=Foo`. */
export const shownKind = ({ apiVersion, kind }: Pick<ApiObject, 'apiVersion' | 'kind'>): string =>
  `${apiVersion}, Kind=${kind}`

/** The objects of an answer, each with the metadata of the one it stands for. Throws an Error that says why not. */
export function convertedObjects(answer: unknown, review: Review): readonly ApiObject[] {
  const { objects, desiredAPIVersion: desired } = review.request
  const subject = `conversion webhook for ${shownKind(objects[0]!)}`
  const converted = answered(answer, review, `${subject} failed: `)
  if (converted.length !== objects.length) {
    throw new Error(`${subject} returned ${converted.length} objects, expected ${objects.length}`)
  }
  return objects.map((original, i) => {
    const alone = objects.length === 1
    const fail = (what: string, why: string) => new Error(`${subject} returned invalid ${what}: ${why}`)
    const next = converted[i]
    const version = mismatchedKind(original, next, desired)
    if (version !== undefined) throw fail(`${alone ? '' : 'converted '}object at index ${i}`, version)
    const problem = mismatch(original, next as ApiObject)
    if (problem !== undefined) throw fail(alone ? 'object' : `converted object at index ${i}`, problem)
    const metadata = alone ? 'metadata' : `metadata in object at index ${i}`
    const given = (next as ApiObject).metadata
    return { ...(next as ApiObject), metadata: restored(original, given, (why) => fail(metadata, why)) }
  })
}

function answered(answer: unknown, { apiVersion, request }: Review, before: string): readonly unknown[] {
  const fail = (why: string) => new Error(`${before}${why}`)
  const { response, ...header } = isObject(answer) ? answer : ({} as Record<string, unknown>)
  const first = apiVersion.endsWith('/v1')
  if (first && (header.apiVersion !== apiVersion || header.kind !== 'ConversionReview')) {
    const got = `${header.apiVersion ?? ''}, Kind=${header.kind ?? ''}`.replace(/^, /, '/, ')
    throw fail(`expected webhook response of ${apiVersion}, Kind=ConversionReview, got ${got}`)
  }
  if (!isObject(response)) throw fail('no response provided')
  if (first && response.uid !== request.uid) {
    const text = JSON.stringify(typeof response.uid === 'string' ? response.uid : '')
    throw fail(`expected response.uid=${JSON.stringify(request.uid)}, got ${text}`)
  }
  const { status = '', message = '' } = isObject(response.result) ? response.result : {}
  if (status !== 'Success') {
    throw fail(
      typeof message === 'string' && message !== '' ? message : `response.result.status was '${status}', not 'Success'`,
    )
  }
  return Array.isArray(response.convertedObjects) ? response.convertedObjects : []
}

function mismatchedKind(original: ApiObject, next: unknown, desired: string): string | undefined {
  const { apiVersion = '', kind = '' } = isObject(next) ? next : {}
  if (apiVersion !== desired) return `invalid groupVersion (expected ${desired}, received ${apiVersion})`
  return kind === original.kind ? undefined : `invalid kind (expected ${original.kind}, received ${kind})`
}

/** What is wrong with the identity of an object; undefined if it is the same one. */
function mismatch(original: ApiObject, next: Readonly<Record<string, unknown>>): string | undefined {
  const metadata = isObject(next.metadata) ? next.metadata : {}
  const same = (name: 'name' | 'namespace' | 'uid', title: string): string | undefined => {
    const [before, after] = [original.metadata[name] ?? '', metadata[name] ?? '']
    return before === after ? undefined : `must have the same ${title}: ${before} != ${after}`
  }
  return same('name', 'name') ?? same('namespace', 'namespace') ?? same('uid', 'UID')
}

function restored(original: ApiObject, given: unknown, invalid: (why: string) => Error): ApiObject['metadata'] {
  if (given === undefined) throw invalid('missing metadata in converted object')
  if (!isObject(given)) throw invalid(`invalid metadata of type ${goType(given)} in converted object`)
  const { labels: _labels, annotations: _annotations, ...kept } = original.metadata
  const out: ApiObject['metadata'] = { ...kept }
  for (const field of ['labels', 'annotations'] as const) {
    const texts = given[field]
    if (texts === undefined || texts === null) continue
    if (!isObject(texts)) throw invalid(`invalid metadata.${field} of type ${goType(texts)} in converted object`)
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text === 'string') continue
      throw invalid(`metadata.${field}[${key}] must be a string, but is ${goType(text)} in converted object`)
    }
    const errors = new FieldErrors()
    const at = Path.of('metadata').child(field)
    if (field === 'labels') validateLabels(texts as Record<string, string>, at, errors)
    else validateAnnotations(texts as Record<string, string>, at, errors)
    if (errors.any) throw invalid(fieldErrorsText(errors.all))
    out[field] = texts as Record<string, string>
  }
  return out
}

function goType(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'bigint') return 'int64'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'object' ? 'map[string]interface {}' : 'string'
}
