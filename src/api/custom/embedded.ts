// Objects of the API inside of custom resources: they say what they are, and their metadata keeps the rules that
// metadata has everywhere. Unlike the rest of a value, they are looked at in every change, as upstream does.

import { isObject } from '#lib/json.ts'
import { FieldErrors } from '../field-errors.ts'
import type { AnyKind, ApiObject } from '../kind.ts'
import { dns1035Label, nameIsPathSegment } from '../names.ts'
import { validateObjectMeta } from '../validate-object-meta.ts'
import { memberNode } from './correlation.ts'
import type { Structural } from './structural.ts'

/** Undefined where there can be none, so that nothing is walked for them. */
export function embeddedCheck(
  root: Structural,
): ((object: Readonly<Record<string, unknown>>, errors: FieldErrors) => void) | undefined {
  const within = new Map<Structural, boolean>()
  if (!hasEmbedded(root, within)) return undefined
  return (object, errors) => walk(root, object, '', within, errors)
}

function hasEmbedded(node: Structural, within: Map<Structural, boolean>): boolean {
  const below = [...node.properties.values(), node.items, node.values].filter(
    (one) => one !== undefined && one !== true,
  )
  const found = below.map((one) => hasEmbedded(one, within))
  const any = node.embedded || found.includes(true)
  within.set(node, any)
  return any
}

function walk(
  node: Structural,
  value: unknown,
  at: string,
  within: ReadonlyMap<Structural, boolean>,
  errors: FieldErrors,
): void {
  if (Array.isArray(value)) {
    const { items } = node
    if (!items || !within.get(items)) return
    value.forEach((item, i) => {
      walk(items, item, `${at}[${i}]`, within, errors)
    })
  } else if (isObject(value)) {
    if (node.embedded) checkResource(value, at, errors)
    for (const [name, member] of Object.entries(value)) {
      const below = memberNode(node, name)
      if (!below || !within.get(below)) continue
      const place = !node.properties.has(name) ? `${at}[${name}]` : at === '' ? name : `${at}.${name}`
      walk(below, member, place, within, errors)
    }
  }
}

function checkResource(value: Readonly<Record<string, unknown>>, at: string, errors: FieldErrors): void {
  const place = (name: string) => (at === '' ? name : `${at}.${name}`)
  const { apiVersion, kind, metadata } = value
  if (checkText(apiVersion, place('apiVersion'), errors) && apiVersion.split('/').length > 2) {
    errors.invalid(place('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`)
  }
  if (checkText(kind, place('kind'), errors)) {
    const wrong = dns1035Label(kind.toLowerCase())
    if (wrong.length > 0) {
      errors.invalid(place('kind'), kind, `may have mixed case, but should otherwise match: ${wrong.join(',')}`)
    }
  }
  if (metadata === undefined) return
  if (isObject(metadata)) checkMetadata(metadata as ApiObject['metadata'], at, errors)
  else errors.invalid(place('metadata'), metadata, 'must be an object')
}

function checkText(value: unknown, at: string, errors: FieldErrors): value is string {
  if (value === undefined || value === '') errors.required(at)
  else if (typeof value !== 'string') errors.invalid(at, value, 'must be a string')
  else return true
  return false
}

function checkMetadata(metadata: ApiObject['metadata'], at: string, errors: FieldErrors): void {
  const kind = { namespaced: !!metadata.namespace, custom: true, strategy: { nameRule: nameIsPathSegment } }
  const found = new FieldErrors()
  // It need not have a name.
  const object = { apiVersion: '', kind: '', metadata: metadata.name ? metadata : { ...metadata, name: 'fakename' } }
  validateObjectMeta(kind as unknown as AnyKind, object, found)
  for (const { reason, field, message } of found.all) errors.add(reason, at === '' ? field : `${at}.${field}`, message)
}
