// A pod gets a certificate for as long as it asks for.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { certifiedPod, lifetimeSeconds, makeSigner } from '../fixtures/pod-certificates.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'Projected PodCertificate MaxExpirationSeconds validations should issue certificate with specified duration (1h) when MaxExpirationSeconds is set',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const { leaf } = await certifiedPod(t, 'short', await makeSigner(t), { maxExpirationSeconds: 3600 })
    assert.equal(lifetimeSeconds(leaf), 3600)
  },
)
