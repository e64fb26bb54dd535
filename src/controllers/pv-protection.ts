// Keeps volumes that are to go until no claim is bound to them. Upstream: pv-protection.

import { PersistentVolume } from '#api/core/persistent-volume.ts'
import { controller } from '#client/controller.ts'
import { protect } from './protection.ts'

export const pvProtection = controller({
  name: 'pv-protection-controller',
  account: 'pv-protection-controller',
  reconciles: PersistentVolume,
  reconcile: protect(PersistentVolume, 'kubernetes.io/pv-protection', ({ status }) => status.phase === 'Bound'),
})
