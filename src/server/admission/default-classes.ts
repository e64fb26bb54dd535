// Claims of storage and ingresses that name no class get the default one, where there is one: upstream's
// DefaultStorageClass and DefaultIngressClass.

import { PersistentVolumeClaim } from '#api/core/persistent-volume-claim.ts'
import { classAnnotation } from '#api/core/volume-warnings.ts'
import { Ingress } from '#api/networking/ingress.ts'
import { IngressClass } from '#api/networking/ingress-class.ts'
import { StorageClass } from '#api/storage/storage-class.ts'
import type { AdmissionPlugin } from './admission.ts'
import { defaultClass } from './classes.ts'

const ofStorage = defaultClass(StorageClass, [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
])

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: ({ operation, kind, subresource }) =>
    operation === 'CREATE' && kind.resource === PersistentVolumeClaim.resource && subresource === '',
  mutate: ({ call, object }) => {
    const { metadata, spec } = object as PersistentVolumeClaim
    // An empty name says that there is to be none.
    if (spec.storageClassName !== undefined || metadata.annotations?.[classAnnotation] !== undefined) return
    const name = ofStorage(call.core)
    if (name !== undefined) spec.storageClassName = name
  },
}

const ofIngresses = defaultClass(IngressClass, ['ingressclass.kubernetes.io/is-default-class'])

/** Where the class stood before there was a field for it. */
const ingressAnnotation = 'kubernetes.io/ingress.class'

export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  handles: ({ operation, kind, subresource }) =>
    operation === 'CREATE' && kind.resource === Ingress.resource && subresource === '',
  mutate: ({ call, object }) => {
    const { metadata, spec } = object as Ingress
    if (spec.ingressClassName !== undefined || metadata.annotations?.[ingressAnnotation] !== undefined) return
    const name = ofIngresses(call.core)
    if (name !== undefined) spec.ingressClassName = name
  },
}
