// A pod that does not say for how long its certificate shall be good gets one for a day.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { certifiedPod, lifetimeSeconds, makeSigner } from '../fixtures/pod-certificates.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'Projected PodCertificate MaxExpirationSeconds validations should issue certificate with default life time (24h) when MaxExpirationSeconds is not set',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const { leaf } = await certifiedPod(t, 'default', await makeSigner(t))
    assert.equal(lifetimeSeconds(leaf), 24 * 3600)
  },
)
