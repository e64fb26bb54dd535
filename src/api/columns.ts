// Cells that the tables of several kinds share: names, ages, counts, containers, labels. Texts are those of
// upstream's printers, since people and scripts read them.

import type { Column } from './kind.ts'
import { formatLabelSelector } from './labels.ts'
import type { LabelSelector } from './meta/label-selector.ts'
import type { ObjectMeta } from './meta/object-meta.ts'

type Named = { readonly metadata: ObjectMeta }

export const none = '<none>'
const unknown = '<unknown>'

const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

/** `5m10s`, `3h`, `2d4h`: the shorter the time, the more exact. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000)
  // Clocks of two machines may differ by a little.
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * minute) return `${seconds}s`
  if (seconds < 10 * minute) return two(seconds, minute, 'm', 1, 's', minute)
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`
  if (seconds < 8 * hour) return two(seconds, hour, 'h', minute, 'm', hour)
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`
  if (seconds < 8 * day) return two(seconds, day, 'd', hour, 'h', day)
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`
  if (seconds < 8 * year) return two(seconds, year, 'y', day, 'd', year)
  return `${Math.floor(seconds / year)}y`
}

function two(seconds: number, unit: number, name: string, small: number, smallName: string, whole: number): string {
  const rest = Math.floor((seconds % whole) / small)
  return `${Math.floor(seconds / unit)}${name}${rest === 0 ? '' : `${rest}${smallName}`}`
}

/** How long ago that was. */
export const since = (time: string | undefined, nowMs: number): string =>
  time ? humanDuration(nowMs - Date.parse(time)) : unknown

export const nameColumn: Column<Named> = {
  name: 'Name',
  format: 'name',
  description: 'The name, unique among the objects of this kind in its namespace.',
  value: ({ metadata }) => metadata.name ?? '',
}

export const ageColumn: Column<Named> = {
  name: 'Age',
  description: 'How long ago the object was created.',
  value: ({ metadata }, nowMs) => since(metadata.creationTimestamp, nowMs),
}

/** For kinds that have no other cells, as upstream shows them. */
export const createdColumn: Column<Named> = {
  name: 'Created At',
  type: 'date',
  description: 'When the object was created.',
  value: ({ metadata }) => metadata.creationTimestamp ?? '',
}

/** `a=b,c=d`, in the order of the keys. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? none : pairs.sort().join(',')
}

/** The first few, and how many more there are. */
export function withMore(all: readonly string[], max: number, empty: string): string {
  if (all.length === 0) return empty
  const shown = all.slice(0, max).join(',')
  return all.length > max ? `${shown} + ${all.length - max} more...` : shown
}

interface Templated {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers?: readonly { readonly name: string; readonly image?: string | undefined }[] }
    }
  }
}

const containersOf = ({ spec }: Templated) => spec.template.spec.containers ?? []

/** With `-o wide`: what the pods of a workload are made of. */
export const containerColumns: readonly Column<Templated>[] = [
  {
    name: 'Containers',
    priority: 1,
    description: 'The names of the containers in the template.',
    value: (workload) =>
      containersOf(workload)
        .map(({ name }) => name)
        .join(','),
  },
  {
    name: 'Images',
    priority: 1,
    description: 'The images of the containers in the template.',
    value: (workload) =>
      containersOf(workload)
        .map(({ image }) => image ?? '')
        .join(','),
  },
]

/** With `-o wide`, behind the containers. */
export const selectorColumn: Column<{ readonly spec: { readonly selector?: LabelSelector | undefined } }> = {
  name: 'Selector',
  priority: 1,
  description: 'Which pods belong to it.',
  value: ({ spec }) => formatLabelSelector(spec.selector),
}

interface Replicated {
  readonly spec: { readonly replicas?: number | undefined }
  readonly status: { readonly replicas?: number | undefined; readonly readyReplicas?: number | undefined }
}

export const replicaColumns: readonly Column<Replicated>[] = [
  {
    name: 'Desired',
    type: 'integer',
    description: 'How many pods are wanted.',
    value: ({ spec }) => spec.replicas ?? 0,
  },
  {
    name: 'Current',
    type: 'integer',
    description: 'How many pods there are.',
    value: ({ status }) => status.replicas ?? 0,
  },
  {
    name: 'Ready',
    type: 'integer',
    description: 'How many pods are ready.',
    value: ({ status }) => status.readyReplicas ?? 0,
  },
]
