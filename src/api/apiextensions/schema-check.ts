// What can be said of a schema only by those who compile it: whether its rules are good CEL and cheap enough, whether
// its defaults keep the schema. They register here; until then nothing more is asked than the rules of this folder.

import type { FieldErrors, Path } from '../field-errors.ts'
import type { JSONSchemaProps } from './json-schema.ts'

export interface SchemaToCheck {
  /** A structural schema that keeps all rules of this folder. */
  readonly schema: JSONSchemaProps
  readonly path: Path
  /** The schema that stands there now, for what need not be checked again. */
  readonly before: JSONSchemaProps | undefined
}

export type SchemaCheck = (checked: SchemaToCheck, errors: FieldErrors) => void

const checks = new Set<SchemaCheck>()

export const checkSchema: SchemaCheck = (checked, errors) => {
  for (const check of checks) check(checked, errors)
}

/** Registers one who compiles schemas, beside those that are there; returns what takes it back, for tests. */
export function useSchemaCheck(next: SchemaCheck): () => void {
  checks.add(next)
  return () => {
    checks.delete(next)
  }
}
