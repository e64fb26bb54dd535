// A claim can only grow once it has a volume, and only if the volume's class says that volumes of it can.

import { PersistentVolumeClaim } from '#api/core/persistent-volume-claim.ts'
import { classAnnotation } from '#api/core/volume-warnings.ts'
import { Quantity } from '#api/quantity.ts'
import { forbidden } from '#api/status-error.ts'
import { StorageClass } from '#api/storage/storage-class.ts'
import type { AdmissionPlugin } from './admission.ts'
import { find } from './classes.ts'

const classOf = ({ metadata, spec }: PersistentVolumeClaim): string =>
  metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? ''

const sizeOf = ({ spec }: PersistentVolumeClaim): Quantity => {
  const size = spec.resources?.requests?.storage
  return size === undefined ? Quantity.zero : Quantity.parse(size)
}

export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: ({ operation, kind, subresource }) =>
    operation === 'UPDATE' && kind.resource === PersistentVolumeClaim.resource && subresource === '',
  validate: ({ call, kind, name, object, old }) => {
    const [next, before] = [object as PersistentVolumeClaim, old as PersistentVolumeClaim]
    if (sizeOf(next).compare(sizeOf(before)) <= 0) return
    if (before.status.phase !== 'Bound')
      throw forbidden(kind, name, 'Only bound persistent volume claims can be expanded')
    const className = classOf(next)
    const known = className !== '' && className === classOf(before)
    if (known && find(call.core, StorageClass, className)?.allowVolumeExpansion) return
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'
    throw forbidden(kind, name, why)
  },
}
