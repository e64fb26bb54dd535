// Whether an object of a custom kind is good, in upstream's order: what the schema says, what it embeds, then its
// rules. What was bad before and has not changed is only warned of.

import type { FieldErrors } from '../field-errors.ts'
import type { ApiObject } from '../kind.ts'
import { Correlated } from './correlation.ts'
import { embeddedCheck } from './embedded.ts'
import { compileRules } from './rules.ts'
import { ruleRun, runRules } from './run-rules.ts'
import type { Structural } from './structural.ts'
import { validateValue } from './validate-value.ts'

export interface ObjectCheck {
  /** `old` is undefined for a new object. */
  readonly errors: (next: ApiObject, old: ApiObject | undefined, errors: FieldErrors) => void
  /** Of an object that has just been checked. */
  readonly warnings: (object: ApiObject, old: ApiObject | undefined) => readonly string[]
}

const standardFinalizers: ReadonlySet<string> = new Set([
  'orphan',
  'foregroundDeletion',
  'customresourcecleanup.apiextensions.k8s.io',
])

/** Finalizers of somebody's own have somebody's name. */
const finalizerWarnings = (next: readonly string[], old: readonly string[]): readonly string[] =>
  next
    .filter((finalizer) => !old.includes(finalizer) && !finalizer.includes('/') && !standardFinalizers.has(finalizer))
    .sort()
    .map(
      (finalizer) =>
        `metadata.finalizers: ${JSON.stringify(finalizer)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`,
    )

/** After these nobody can tell what a rule would find. */
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

/** Rules are compiled when the first object comes. */
export function objectCheck(root: Structural): ObjectCheck {
  let compiled: { readonly rules: ReturnType<typeof compileRules> } | undefined
  const embedded = embeddedCheck(root)
  const warned = new WeakMap<ApiObject, readonly string[]>()
  return {
    errors: (next: ApiObject, old: ApiObject | undefined, errors: FieldErrors): void => {
      validateValue(root, next, old, '', errors)
      embedded?.(next, errors)
      compiled ??= { rules: compileRules(root, true) }
      if (!compiled.rules) return
      if (errors.all.some(({ reason }) => blocking.has(reason))) {
        const text =
          'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'
        errors.invalid('<nil>', null, text)
        return
      }
      const run = ruleRun(errors)
      runRules(compiled.rules, { value: next, old, at: '' }, run, old && new Correlated(root, next, old))
      if (run.warnings.length > 0) warned.set(next, run.warnings)
    },
    warnings: (object: ApiObject, old: ApiObject | undefined): readonly string[] => [
      ...(warned.get(object) ?? []),
      ...finalizerWarnings(object.metadata.finalizers ?? [], old?.metadata.finalizers ?? []),
    ],
  }
}
