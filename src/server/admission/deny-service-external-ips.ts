// Services get no addresses from outside of the cluster: whoever may write services could take over anybody's traffic by
// them. Those that are there may stay or go.

import { Service } from '#api/core/service.ts'
import { forbidden } from '#api/status-error.ts'
import type { AdmissionPlugin } from './admission.ts'

const addressesOf = (object: unknown): readonly string[] => (object as Service | undefined)?.spec.externalIPs ?? []

export const denyServiceExternalIps: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  handles: ({ operation, kind, subresource }) =>
    (operation === 'CREATE' || operation === 'UPDATE') && kind.resource === Service.resource && subresource === '',
  validate: ({ kind, name, object, old }) => {
    const before = addressesOf(old)
    if (addressesOf(object).some((address) => !before.includes(address)))
      throw forbidden(kind, name, 'Use of external IPs is denied by admission control.')
  },
}
