// Which fields of an object can be owned through it itself or through one of its subresources: the rest is reset by
// the strategy, whoever writes it.

import type { AnyKind } from '#api/kind.ts'
import { type FieldSet, union, without } from './field-set.ts'

export function ownable(kind: AnyKind, subresource: string, set: FieldSet | undefined): FieldSet | undefined {
  if (subresource === '') return kind.status ? without(set, (step) => step === 'f:status') : set
  if (subresource === 'status') return ownableByStatus(kind, set)
  return set
}

function ownableByStatus({ strategy }: AnyKind, set: FieldSet | undefined): FieldSet | undefined {
  const kept = new Set((strategy.statusKeeps ?? []).map((field) => `f:${field}`))
  const written = without(set, (step) => step !== 'f:status' && step !== 'f:metadata')
  if (kept.size === 0 || written?.['f:metadata'] === undefined) return written
  const metadata = without(written['f:metadata'], (step) => kept.has(step))
  const rest = without(written, (step) => step === 'f:metadata')
  return metadata === undefined ? rest : union(rest, { 'f:metadata': metadata })
}
