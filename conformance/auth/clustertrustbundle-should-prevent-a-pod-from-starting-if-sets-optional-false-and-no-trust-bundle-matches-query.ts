// A pod does not start before a bundle of its signer has the labels that it wants.

import { behaviour } from '../behaviour.ts'
import { makeBundle } from '../fixtures/certificates.ts'
import { signedBundles, startsOnlyWith } from '../fixtures/trust-bundles.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ClusterTrustBundle should prevent a pod from starting if: sets optional=false and no trust bundle matches query',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const { signerName, anchors } = await signedBundles(t)
    const labels = { part: 'late' }
    const source = { signerName, labelSelector: { matchLabels: labels }, optional: false, path: 'anchors.pem' }
    await startsOnlyWith(t, source, () => makeBundle(t, [anchors.first], { signerName, labels }))
  },
)
