import { createdColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { LimitRangeSpec } from './limit-range-types.ts'
import { defaultLimits, validateLimitRange } from './validate-limit-range.ts'

export const LimitRange = kind({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  scope: 'Namespaced',
  doc: 'Bounds and defaults for what pods and claims of a namespace ask for.',
  fields: {
    spec: LimitRangeSpec.at(2, 'The bounds.'),
  },
  generation: false,
  createOnUpdate: true,
  columns: [nameColumn, createdColumn],
  defaults: defaultLimits,
  validate: validateLimitRange,
})
export type LimitRange = ObjectOf<typeof LimitRange>
