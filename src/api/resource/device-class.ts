import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { DeviceClassSpec } from './device-class-types.ts'
import { validateDeviceClass } from './validate-device-class.ts'

export const DeviceClass = kind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  scope: 'Cluster',
  doc: 'A sort of devices that claims may ask for.',
  fields: {
    spec: DeviceClassSpec.at(2, 'Which devices, and how they are set up.'),
  },
  columns: [nameColumn, ageColumn],
  validate: validateDeviceClass,
})
export type DeviceClass = ObjectOf<typeof DeviceClass>
