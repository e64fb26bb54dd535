// Server-side apply: the client sends what it wants, the server merges it into the live object and remembers who
// wants what. Fields that the manager gave up and nobody else owns vanish; fields that others own are conflicts.

import type { AnyKind } from '#api/kind.ts'
import { internalError } from '#api/status-error.ts'

export interface Apply {
  readonly kind: AnyKind
  /** Undefined when the object does not exist yet. */
  readonly live: object | undefined
  /** The parsed body, apiVersion and kind included. */
  readonly applied: object
  readonly manager: string
  readonly force: boolean
  /** `status`, `scale`, …; absent for the object itself. */
  readonly subresource?: string | undefined
  readonly nowMs: number
}

/** The merged object with its managed fields, not yet decoded or defaulted; `live` itself where nothing changes. */
export function applyServerSide(apply: Apply): object {
  throw internalError(`not there yet: ${apply.manager}`)
}
