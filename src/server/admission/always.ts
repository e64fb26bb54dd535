// Two plugins for trying things out: one has nothing against any write, the other is against all.

import { forbidden } from '#api/status-error.ts'
import type { AdmissionPlugin } from './admission.ts'

export const alwaysAdmit: AdmissionPlugin = { name: 'AlwaysAdmit', handles: () => false }

const refuse: NonNullable<AdmissionPlugin['validate']> = ({ kind, name }) => {
  throw forbidden(kind, name, 'admission control is denying all modifications')
}

export const alwaysDeny: AdmissionPlugin = {
  name: 'AlwaysDeny',
  handles: () => true,
  mutate: refuse,
  validate: refuse,
}
