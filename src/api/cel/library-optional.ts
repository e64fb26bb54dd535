// Values that may not be there.

import { fn, type Overload } from './functions.ts'
import { CelError, List, Optional, sizeOf, Timestamp, Uint, type Value } from './values.ts'

function isZero(value: Value): boolean {
  if (value === null || value === '' || value === 0n || value === 0 || value === false) return true
  if (value instanceof Uint) return value.value === 0n
  if (value instanceof Timestamp) return false
  if (value instanceof Optional) return value.value === undefined
  if (typeof value !== 'object') return false
  if ('ns' in value) return value.ns === 0n
  return sizeOf(value) === 0
}

function present({ value }: Optional): Value {
  if (value === undefined) throw new CelError('optional.none() dereference')
  return value
}

export const optionalLibrary: readonly Overload[] = [
  fn('optional.of', '(A) -> optional(A)', (value: Value) => new Optional(value)),
  fn('optional.none', '() -> optional(A)', () => Optional.none),
  fn('optional.ofNonZeroValue', '(A) -> optional(A)', (value: Value) =>
    isZero(value) ? Optional.none : new Optional(value),
  ),
  fn('hasValue', 'optional(A).() -> bool', ({ value }: Optional) => value !== undefined),
  fn('value', 'optional(A).() -> A', present),
  fn('or', 'optional(A).(optional(A)) -> optional(A)', (a: Optional, b: Optional) => (a.value === undefined ? b : a)),
  fn('orValue', 'optional(A).(A) -> A', (a: Optional, b: Value) => a.value ?? b),
  fn('optional.unwrap', '(list(optional(A))) -> list(A)', unwrap),
  fn('unwrapOpt', 'list(optional(A)).() -> list(A)', unwrap),
  fn('first', 'list(A).() -> optional(A)', (list: List) =>
    list.size === 0 ? Optional.none : new Optional(list.at(0)),
  ),
  fn('last', 'list(A).() -> optional(A)', (list: List) =>
    list.size === 0 ? Optional.none : new Optional(list.at(list.size - 1)),
  ),
]

function unwrap(list: List): List {
  const present = list
    .values()
    .flatMap((item) => (item instanceof Optional && item.value !== undefined ? [item.value] : []))
  return new List(present)
}
