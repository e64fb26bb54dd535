import { formatTime } from '#lib/clock.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { ResourceSliceSpec } from './resource-slice-types.ts'
import { validateSlice } from './validate-slice.ts'

/** A taint begins when it is first told, unless its driver knows better. */
function stampTaints({ devices = [] }: ResourceSliceSpec, nowMs: number): void {
  for (const { taints = [] } of devices) for (const taint of taints) taint.timeAdded ??= formatTime(nowMs)
}

export const ResourceSlice = kind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  scope: 'Cluster',
  doc: 'Tells of devices that a driver has, on a node or for many.',
  fields: {
    spec: ResourceSliceSpec.at(2, 'The devices.'),
  },
  columns: [
    nameColumn,
    {
      name: 'Node',
      description: 'The node that can use the devices.',
      value: ({ spec }) => spec.nodeName ?? '<unset>',
    },
    { name: 'Driver', description: 'The driver of the devices.', value: ({ spec }) => spec.driver },
    { name: 'Pool', description: 'The pool of the devices.', value: ({ spec }) => spec.pool.name },
    ageColumn,
  ],
  prepareForCreate: ({ spec }, { nowMs }) => stampTaints(spec, nowMs),
  prepareForUpdate: ({ spec }, _old, { nowMs }) => stampTaints(spec, nowMs),
  validateCreate: (slice, errors) => validateSlice(slice, undefined, errors),
  validateUpdate: validateSlice,
  selectableFields: {
    'spec.driver': ({ spec }) => spec.driver,
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
  },
})
export type ResourceSlice = ObjectOf<typeof ResourceSlice>
