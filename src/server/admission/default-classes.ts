// Claims of storage and ingresses that name no class get the default one, where there is one: upstream's
// DefaultStorageClass and DefaultIngressClass.

import { PersistentVolumeClaim } from '#api/core/persistent-volume-claim.ts'
import { classAnnotation } from '#api/core/volume-warnings.ts'
import type { AnyKind } from '#api/kind.ts'
import { Ingress } from '#api/networking/ingress.ts'
import { IngressClass } from '#api/networking/ingress-class.ts'
import { StorageClass } from '#api/storage/storage-class.ts'
import type { Core } from '../call.ts'
import type { AdmissionPlugin } from './admission.ts'
import { defaultClass } from './classes.ts'

interface Defaulting {
  readonly name: string
  readonly kind: AnyKind
  /** Of the default class; undefined where there is none. */
  readonly defaultName: (core: Core) => string | undefined
  /** Where the class stood before there was a field for it. */
  readonly annotation: string
  readonly field: string
}

const defaulting = ({ name, kind, defaultName, annotation, field }: Defaulting): AdmissionPlugin => ({
  name,
  handles: (context) =>
    context.operation === 'CREATE' && context.kind.resource === kind.resource && context.subresource === '',
  mutate: ({ call, object }) => {
    const { metadata, spec } = object!
    // An empty name says that there is to be none.
    if (spec[field] !== undefined || metadata.annotations?.[annotation] !== undefined) return
    const className = defaultName(call.core)
    if (className !== undefined) spec[field] = className
  },
})

export const defaultStorageClass = defaulting({
  name: 'DefaultStorageClass',
  kind: PersistentVolumeClaim,
  defaultName: defaultClass(StorageClass, [
    'storageclass.kubernetes.io/is-default-class',
    'storageclass.beta.kubernetes.io/is-default-class',
  ]),
  annotation: classAnnotation,
  field: 'storageClassName',
})

export const defaultIngressClass = defaulting({
  name: 'DefaultIngressClass',
  kind: Ingress,
  defaultName: defaultClass(IngressClass, ['ingressclass.kubernetes.io/is-default-class']),
  annotation: 'kubernetes.io/ingress.class',
  field: 'ingressClassName',
})
