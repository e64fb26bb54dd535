// The objects in its own namespace that a pod needs in order to run: what its node may read for its sake.

import type { Pod } from './pod.ts'
import type { Volume } from './volume.ts'

export interface PodReferences {
  readonly secrets: ReadonlySet<string>
  readonly configMaps: ReadonlySet<string>
  readonly persistentVolumeClaims: ReadonlySet<string>
  readonly resourceClaims: ReadonlySet<string>
}

/** A claim that is made for a volume of a pod is named after both. */
export const ephemeralClaimName = (pod: string, volume: string): string => `${pod}-${volume}`

type Named = { readonly name?: string | undefined } | undefined

const volumeSecrets = (volume: Volume): readonly (string | undefined)[] => [
  volume.secret?.secretName,
  volume.azureFile?.secretName,
  volume.cephfs?.secretRef?.name,
  volume.cinder?.secretRef?.name,
  volume.csi?.nodePublishSecretRef?.name,
  volume.flexVolume?.secretRef?.name,
  volume.iscsi?.secretRef?.name,
  volume.rbd?.secretRef?.name,
  volume.scaleIO?.secretRef?.name,
  volume.storageos?.secretRef?.name,
]

export function podReferences({ metadata, spec, status }: Pod): PodReferences {
  const secrets = new Set<string>()
  const configMaps = new Set<string>()
  const persistentVolumeClaims = new Set<string>()
  const resourceClaims = new Set<string>()
  const add = (set: Set<string>, name: string | undefined) => {
    if (name) set.add(name)
  }
  const addNamed = (set: Set<string>, named: Named) => add(set, named?.name)

  for (const secret of spec.imagePullSecrets ?? []) addNamed(secrets, secret)
  for (const { env, envFrom } of [
    ...(spec.initContainers ?? []),
    ...spec.containers,
    ...(spec.ephemeralContainers ?? []),
  ]) {
    for (const { valueFrom } of env ?? []) {
      addNamed(secrets, valueFrom?.secretKeyRef)
      addNamed(configMaps, valueFrom?.configMapKeyRef)
    }
    for (const { secretRef, configMapRef } of envFrom ?? []) {
      addNamed(secrets, secretRef)
      addNamed(configMaps, configMapRef)
    }
  }
  for (const volume of spec.volumes ?? []) {
    for (const secret of volumeSecrets(volume)) add(secrets, secret)
    addNamed(configMaps, volume.configMap)
    for (const source of volume.projected?.sources ?? []) {
      addNamed(secrets, source.secret)
      addNamed(configMaps, source.configMap)
    }
    add(persistentVolumeClaims, volume.persistentVolumeClaim?.claimName)
    if (volume.ephemeral) add(persistentVolumeClaims, ephemeralClaimName(metadata.name ?? '', volume.name))
  }
  for (const { resourceClaimName } of spec.resourceClaims ?? []) add(resourceClaims, resourceClaimName)
  for (const { resourceClaimName } of status.resourceClaimStatuses ?? []) add(resourceClaims, resourceClaimName)
  add(resourceClaims, status.extendedResourceClaimStatus?.resourceClaimName)
  return { secrets, configMaps, persistentVolumeClaims, resourceClaims }
}
