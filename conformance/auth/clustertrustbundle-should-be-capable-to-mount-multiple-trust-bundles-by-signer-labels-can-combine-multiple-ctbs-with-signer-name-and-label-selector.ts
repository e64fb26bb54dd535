// A signer and a selector are those of its bundles that have the labels, each certificate once.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { bundlePod, certificatesIn, makeBundle } from '../fixtures/certificates.ts'
import { outputOf } from '../fixtures/shell.ts'
import { signedBundles } from '../fixtures/trust-bundles.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ClusterTrustBundle should be capable to mount multiple trust bundles by signer+labels can combine multiple CTBs with signer name and label selector',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const { signerName, anchors } = await signedBundles(t)
    await makeBundle(t, [anchors.first], { signerName, labels: { part: 'wanted' } })
    const labelSelector = { matchLabels: { part: 'wanted' } }
    const said = await outputOf(t, 'some', bundlePod(t, [{ signerName, labelSelector, path: 'anchors.pem' }]))
    assert.deepEqual(certificatesIn(said), certificatesIn(anchors.first + anchors.second))
  },
)
