// A JSON patch that an expression gives: a list of `JSONPatch{op, path, from, value}`. One whose test fails changes
// nothing.

import { Constructed } from '#api/cel/constructed.ts'
import { List, type Value } from '#api/cel/values.ts'
import { StatusError } from '#api/status-error.ts'
import { applyJsonPatch, TestFailed, Unfit } from '../../patch/json.ts'
import { jsonOf, Unmutable } from './apply-configuration.ts'

function operationOf(value: Value): object {
  if (!(value instanceof Constructed) || value.typeName !== 'JSONPatch')
    throw new Unmutable('type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch')
  const { fields } = value
  const given = fields.get('value')
  const from = fields.get('from') ?? ''
  return {
    op: fields.get('op') ?? '',
    path: fields.get('path') ?? '',
    ...(from === '' ? {} : { from }),
    ...(given === undefined ? {} : { value: jsonOf(given, unmarshalable) }),
  }
}

const unmarshalable = (why: string): string =>
  `JSONPath valueExpression evaluated to a type that could not marshal to JSON: ${why}`

/** `object` is not changed. */
export function patched(object: object, operations: Value): object {
  if (!(operations instanceof List))
    throw new Unmutable('type mismatch: JSONPatchType.expression should evaluate to array')
  const patch = operations.values().map(operationOf)
  try {
    return applyJsonPatch(object, patch)
  } catch (error) {
    const cause = error instanceof StatusError ? error.cause : undefined
    if (cause instanceof TestFailed) return object
    if (cause instanceof Unfit) throw new Unmutable(`JSONPath: ${cause.message}`)
    throw error
  }
}
