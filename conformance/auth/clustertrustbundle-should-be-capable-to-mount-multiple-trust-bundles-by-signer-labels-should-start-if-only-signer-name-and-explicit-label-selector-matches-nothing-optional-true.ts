// A pod starts with no certificates where none have the labels and it has said that it can do without.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { bundlePod, certificatesIn } from '../fixtures/certificates.ts'
import { outputOf } from '../fixtures/shell.ts'
import { signedBundles } from '../fixtures/trust-bundles.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ClusterTrustBundle should be capable to mount multiple trust bundles by signer+labels should start if only signer name and explicit label selector matches nothing + optional=true',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const { signerName } = await signedBundles(t)
    const source = {
      signerName,
      labelSelector: { matchLabels: { part: 'nothing' } },
      optional: true,
      path: 'anchors.pem',
    }
    assert.deepEqual(certificatesIn(await outputOf(t, 'none', bundlePod(t, [source]))), [])
  },
)
