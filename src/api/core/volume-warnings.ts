// What is allowed in volumes and claims but hardly meant, or works no more: the client is told.

import { Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { Quantity } from '../quantity.ts'
import { nodeTermWarnings } from './node-label-warnings.ts'
import type { PersistentVolumeClaimSpec } from './persistent-volume-claim-types.ts'
import type { PersistentVolumeSource } from './persistent-volume-source.ts'
import type { PersistentVolumeSpec } from './persistent-volume-types.ts'
import type { VolumeSource } from './volume.ts'

/** Where the class stood before there was a field for it. */
export const classAnnotation = 'volume.beta.kubernetes.io/storage-class'
export const optionsAnnotation = 'volume.beta.kubernetes.io/mount-options'

const goneInPods = Object.entries({
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
} satisfies { readonly [S in keyof VolumeSource]?: string })
const gone: { readonly [S in keyof PersistentVolumeSource]?: string } = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}
/** A name in the text that is not that of the field. */
const told: { readonly [S in keyof PersistentVolumeSource]?: string } = { storageos: 'storageOS' }

/** Of a volume in a pod. */
export const goneSourceWarnings = (volume: VolumeSource, path: Path): string[] =>
  goneInPods.flatMap(([name, text]) => {
    const source = name as keyof VolumeSource
    return volume[source] === undefined ? [] : [`${path.child(source === 'storageos' ? 'storageOS' : source)}: ${text}`]
  })

function annotationWarnings({ annotations = {} }: ObjectMeta, names: readonly (readonly [string, string])[]): string[] {
  return names.flatMap(([name, text]) =>
    annotations[name] === undefined ? [] : [`metadata.annotations[${name}]: ${text}`],
  )
}

const useClass: readonly [string, string] = [
  classAnnotation,
  'deprecated since v1.8; use "storageClassName" attribute instead',
]

const termsPath = Path.of('spec').child('nodeAffinity').child('required').child('nodeSelectorTerms')

export function volumeWarnings({ metadata, spec }: { metadata: ObjectMeta; spec: PersistentVolumeSpec }): string[] {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? []
  const warnings = annotationWarnings(metadata, [
    useClass,
    [optionsAnnotation, 'deprecated since v1.31; use "mountOptions" attribute instead'],
  ])
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') {
    const instead = 'Instead, the recommended approach is to use dynamic provisioning.'
    warnings.push(`spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. ${instead}`)
  }
  for (const [name, text] of Object.entries(gone)) {
    const source = name as keyof PersistentVolumeSource
    if (spec[source] !== undefined) warnings.push(`spec.${told[source] ?? source}: ${text}`)
  }
  terms.forEach((term, i) => {
    warnings.push(...nodeTermWarnings(term, false, termsPath.index(i)))
  })
  return warnings
}

/** `path` is that of the spec, in a claim or in a template of one. */
export function claimSpecWarnings({ resources }: PersistentVolumeClaimSpec, path: Path): string[] {
  return (['requests', 'limits'] as const).flatMap((field) => {
    const size = resources?.[field]?.storage
    if (size === undefined || Quantity.parse(size).isInteger) return []
    const at = path.child('resources').child(field).key('storage')
    return [`${at}: fractional byte value ${JSON.stringify(size)} is invalid, must be an integer`]
  })
}

export const claimAnnotationWarnings = (metadata: ObjectMeta): string[] => annotationWarnings(metadata, [useClass])
