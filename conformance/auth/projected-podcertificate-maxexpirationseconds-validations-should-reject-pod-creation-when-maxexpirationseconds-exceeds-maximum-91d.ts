// A pod cannot ask for a certificate that lasts longer than 91 days.

import { behaviour } from '../behaviour.ts'
import { acceptsCertificate, refusesCertificate } from '../fixtures/pod-certificates.ts'

const mostSeconds = 91 * 24 * 3600

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'Projected PodCertificate MaxExpirationSeconds validations should reject pod creation when MaxExpirationSeconds exceeds maximum (91d)',
    since: '1.37',
  },
  async (t) => {
    await acceptsCertificate(t, mostSeconds)
    await refusesCertificate(t, mostSeconds + 1)
  },
)
