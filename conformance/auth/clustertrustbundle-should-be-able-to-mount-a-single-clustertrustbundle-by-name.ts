// A pod finds the certificates of a bundle that it names, and only these.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { anchor, bundlePod, certificatesIn, makeBundle } from '../fixtures/certificates.ts'
import { outputOf } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ClusterTrustBundle should be able to mount a single ClusterTrustBundle by name',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const [wanted, other] = await Promise.all([anchor(t), anchor(t)])
    const { metadata } = await makeBundle(t, [wanted])
    await makeBundle(t, [other])
    const said = await outputOf(t, 'single', bundlePod(t, [{ name: metadata.name, path: 'anchors.pem' }]))
    assert.deepEqual(certificatesIn(said), certificatesIn(wanted))
  },
)
