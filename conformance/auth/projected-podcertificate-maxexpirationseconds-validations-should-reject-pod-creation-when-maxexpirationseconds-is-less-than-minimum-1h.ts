// A pod cannot ask for a certificate that lasts shorter than an hour.

import { behaviour } from '../behaviour.ts'
import { acceptsCertificate, refusesCertificate } from '../fixtures/pod-certificates.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'Projected PodCertificate MaxExpirationSeconds validations should reject pod creation when MaxExpirationSeconds is less than minimum (1h)',
    since: '1.37',
  },
  async (t) => {
    await acceptsCertificate(t, 3600)
    await refusesCertificate(t, 3599)
  },
)
