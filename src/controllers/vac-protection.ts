// Keeps classes of volume settings that are to go until no claim and no volume names them. Upstream: vac-protection.

import { type PersistentVolume, PersistentVolume as VolumeKind } from '#api/core/persistent-volume.ts'
import { PersistentVolumeClaim as ClaimKind, type PersistentVolumeClaim } from '#api/core/persistent-volume-claim.ts'
import { VolumeAttributesClass } from '#api/storage/volume-attributes-class.ts'
import { controller, trigger } from '#client/controller.ts'
import { protect } from './protection.ts'

const given = (names: readonly (string | undefined)[]): readonly string[] =>
  names.filter((name) => name !== undefined && name !== '') as string[]

/** What it wants, what it has, and what it is changing to. */
const classesOfClaim = ({ spec, status }: PersistentVolumeClaim): readonly string[] =>
  given([
    spec.volumeAttributesClassName,
    status.currentVolumeAttributesClassName,
    status.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ])

const classesOfVolume = ({ spec }: PersistentVolume): readonly string[] => given([spec.volumeAttributesClassName])

/** Those that are named no longer. */
const left = (before: readonly string[], after: readonly string[]) =>
  before.filter((name) => !after.includes(name)).map((name) => ({ name }))

export const vacProtection = controller({
  name: 'volumeattributesclass-protection-controller',
  account: 'volumeattributesclass-protection-controller',
  reconciles: VolumeAttributesClass,
  triggers: [
    trigger(ClaimKind, (next, old) => left(old ? classesOfClaim(old) : [], next ? classesOfClaim(next) : [])),
    trigger(VolumeKind, (next, old) => left(old ? classesOfVolume(old) : [], next ? classesOfVolume(next) : [])),
  ],
  reconcile: protect(VolumeAttributesClass, 'kubernetes.io/vac-protection', ({ metadata }, { informers }) => {
    const [claims, volumes] = [informers.of(ClaimKind), informers.of(VolumeKind)]
    claims.addIndex('settings', classesOfClaim)
    volumes.addIndex('settings', classesOfVolume)
    const name = metadata.name ?? ''
    return claims.byIndex('settings', name).length > 0 || volumes.byIndex('settings', name).length > 0
  }),
})
