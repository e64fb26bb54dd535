// An object as the server would make it from what a client sends, and what it would complain of. For tests of the
// kinds: they see decoding, defaults, hooks and rules work together.

import { decode, decodeAs } from './decode.ts'
import { applyDefaults } from './defaults.ts'
import { FieldErrors } from './field-errors.ts'
import type { AnyKind, ApiObject, ObjectOf } from './kind.ts'
import { resolved } from './schema.ts'
import { validateCreate, validateUpdate } from './validate.ts'

// biome-ignore lint/suspicious/noExplicitAny: JSON as a client may send it
type Sent = any

const texts = (errors: FieldErrors): string[] => errors.all.map(({ field, message }) => `${field}: ${message}`)

const completed = (kind: AnyKind, sent: Sent): ApiObject => {
  const metadata = { name: 'a', ...(kind.namespaced ? { namespace: 'default' } : {}), ...sent.metadata }
  const { object } = decode(kind, { ...sent, metadata })
  applyDefaults(kind, object)
  return object
}

export function made<K extends AnyKind>(kind: K, sent: Sent, nowMs = 0): ObjectOf<K> {
  const object = completed(kind, sent)
  if (kind.status && !kind.strategy.statusOnCreate) {
    const shape = resolved(kind.schema)
    if (shape.type === 'message') object.status = decodeAs(shape.fields.status!.schema, {}).object
    applyDefaults(kind, object)
  }
  kind.strategy.prepareForCreate?.(object, { nowMs })
  return object as ObjectOf<K>
}

/** `field: message` of everything that is wrong with it. */
export function problems(kind: AnyKind, sent: Sent): string[] {
  const errors = new FieldErrors()
  validateCreate(kind, made(kind, sent) as ApiObject, errors)
  return texts(errors)
}

/** What is wrong with going from one to the other. */
export function changeProblems(kind: AnyKind, before: Sent, after: Sent, subresource = ''): string[] {
  const version = { metadata: { name: 'a', resourceVersion: '1', uid: 'u' } }
  const old =
    subresource === 'status' ? completed(kind, { ...before, ...version }) : made(kind, { ...before, ...version })
  const next = completed(kind, { ...after, ...version })
  if (subresource === '' && kind.status) next.status = old.status
  const context = { nowMs: 0, subresource }
  if (subresource === 'status') kind.strategy.prepareForStatusUpdate?.(next, old, context)
  else kind.strategy.prepareForUpdate?.(next, old, context)
  const errors = new FieldErrors()
  validateUpdate(kind, next, old, subresource, errors)
  return texts(errors)
}

/** The table row of an object with the status that it brings: `Name=a Ready=2/3`. */
export function row(kind: AnyKind, sent: Sent, nowMs = 0): string {
  const object = completed(kind, sent)
  return kind.columns.map(({ name, value }) => `${name}=${value(object, nowMs)}`).join(' ')
}
