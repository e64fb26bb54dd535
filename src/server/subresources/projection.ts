// Subresources that are a part of an object, read as the whole and written alone: what of a write counts.

import { timed } from '#api/certificates/decisions.ts'
import { type AnyKind, type ApiObject, allMetadata, type WritableMetadata } from '#api/kind.ts'

/** Leaves in `next` what may be changed through the subresource, and takes all else from `old`. */
export type Projection = (next: ApiObject, old: ApiObject, about: { kind: AnyKind; nowMs: number }) => void

/** In the order in which the fields stand in `old`. */
const keepRest = (next: ApiObject, old: ApiObject, written: string): void => {
  const value = next[written]
  for (const field of Object.keys(next)) if (field !== 'metadata') delete next[field]
  for (const field of Object.keys(old)) {
    if (field === 'metadata') continue
    const kept = field === written ? value : old[field]
    if (kept !== undefined) next[field] = kept
  }
  if (value !== undefined) next[written] = value
}

/** Whose the fields are is always written. */
const keepMetadata = (next: ApiObject, old: ApiObject, kept: readonly WritableMetadata[] = allMetadata): void => {
  const { metadata } = next
  for (const field of kept) {
    const before = old.metadata[field]
    if (before === undefined) delete metadata[field]
    else Object.assign(metadata, { [field]: before })
  }
}

interface Container {
  readonly name: string
  readonly resources?: unknown
  readonly resizePolicy?: unknown
}

const resized = (next: readonly Container[] = [], old: readonly Container[] = []): Container[] =>
  old.map((container) => {
    const wanted = next.find(({ name }) => name === container.name)
    if (!wanted) return container
    const { resources, resizePolicy } = wanted
    return { ...container, ...(resources ? { resources } : {}), ...(resizePolicy ? { resizePolicy } : {}) }
  })

export const projections: Readonly<Record<string, Projection>> = {
  status: (next, old, { kind }) => {
    keepRest(next, old, 'status')
    keepMetadata(next, old, kind.strategy.statusKeeps ?? [])
  },
  ephemeralcontainers: (next, old) => {
    const { ephemeralContainers } = next.spec ?? {}
    keepRest(next, old, '')
    next.spec = { ...old.spec, ...(ephemeralContainers ? { ephemeralContainers } : {}) }
    keepMetadata(next, old)
  },
  resize: (next, old) => {
    const { containers, initContainers } = next.spec ?? {}
    keepRest(next, old, '')
    next.spec = { ...old.spec, containers: resized(containers, old.spec.containers) }
    if (old.spec.initContainers) next.spec.initContainers = resized(initContainers, old.spec.initContainers)
    keepMetadata(next, old)
  },
  finalize: (next, old) => {
    next.status = old.status
  },
  approval: (next, old, { nowMs }) => {
    const conditions = timed(next.status?.conditions ?? [], old.status?.conditions ?? [], nowMs)
    keepRest(next, old, 'status')
    next.status = { ...old.status, ...(conditions.length > 0 ? { conditions } : {}) }
  },
}
