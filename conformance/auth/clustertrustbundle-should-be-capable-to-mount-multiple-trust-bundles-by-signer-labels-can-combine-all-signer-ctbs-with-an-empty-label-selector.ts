// A signer and a selector of nothing are all bundles of the signer.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { bundlePod, certificatesIn } from '../fixtures/certificates.ts'
import { outputOf } from '../fixtures/shell.ts'
import { signedBundles } from '../fixtures/trust-bundles.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ClusterTrustBundle should be capable to mount multiple trust bundles by signer+labels can combine all signer CTBs with an empty label selector',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const { signerName, anchors } = await signedBundles(t)
    const said = await outputOf(t, 'all', bundlePod(t, [{ signerName, labelSelector: {}, path: 'anchors.pem' }]))
    assert.deepEqual(certificatesIn(said), certificatesIn(Object.values(anchors).join('')))
  },
)
