// The rules of `x-kubernetes-validations`. They are stored and checked for their form, and run by whoever registers
// here what can read CEL; until then they say nothing.

import type { FieldErrors } from '../field-errors.ts'
import type { Structural } from './structural.ts'

/** `old` is undefined for a new object. `at` is empty for the object as a whole. */
export type RunRules = (node: Structural, value: unknown, old: unknown, at: string, errors: FieldErrors) => void

let run: RunRules = () => {}

export const runRules: RunRules = (node, value, old, at, errors) => run(node, value, old, at, errors)

/** Registers what runs the rules; returns what takes it back, for tests. */
export function useRules(next: RunRules): () => void {
  const before = run
  run = next
  return () => {
    run = before
  }
}
