// What stores data does not go while somebody uses it: new claims, volumes and classes of their settings get a
// finalizer, which a controller takes away once nobody does.

import { PersistentVolume } from '#api/core/persistent-volume.ts'
import { PersistentVolumeClaim } from '#api/core/persistent-volume-claim.ts'
import { VolumeAttributesClass } from '#api/storage/volume-attributes-class.ts'
import type { AdmissionPlugin } from './admission.ts'

/** By resource. */
const finalizers: ReadonlyMap<string, string> = new Map([
  [PersistentVolumeClaim.resource, 'kubernetes.io/pvc-protection'],
  [PersistentVolume.resource, 'kubernetes.io/pv-protection'],
  [VolumeAttributesClass.resource, 'kubernetes.io/vac-protection'],
])

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: ({ operation, kind, subresource }) =>
    operation === 'CREATE' && subresource === '' && finalizers.has(kind.resource),
  mutate: ({ kind, object }) => {
    const { managedFields, finalizers: given = [], ...metadata } = object!.metadata
    const finalizer = finalizers.get(kind.resource)!
    if (given.includes(finalizer)) return
    // Written in upstream's order of fields.
    object!.metadata = {
      ...metadata,
      finalizers: [...given, finalizer],
      ...(managedFields ? { managedFields } : {}),
    }
  },
}
