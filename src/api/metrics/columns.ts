// The columns of metrics-server's tables: what is used in all, and over which time.

import type { Column } from '../kind.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { Quantity } from '../quantity.ts'

export interface Measured {
  readonly metadata: ObjectMeta
  readonly window: string
}

export type Usage = Readonly<Record<string, string>>

export function usageColumns<T extends Measured>(usages: (object: T) => readonly Usage[]): readonly Column<T>[] {
  const total = (name: string): Column<T> => ({
    name,
    type: 'string',
    format: 'quantity',
    value: (object) =>
      usages(object)
        .map((usage) => Quantity.parse(usage[name] ?? '0'))
        .reduce((a, b) => a.add(b), Quantity.zero)
        .toString(),
  })
  return [
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      description: 'Name of the resource',
      value: ({ metadata }) => metadata.name,
    },
    total('cpu'),
    total('memory'),
    { name: 'Window', type: 'string', format: 'duration', value: ({ window }) => window },
  ]
}
