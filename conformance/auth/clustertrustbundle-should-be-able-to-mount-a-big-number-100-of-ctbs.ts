// A pod finds more than a hundred bundles in one volume, each in a file of its own.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { anchor, bundlePod, certificatesIn, makeBundle } from '../fixtures/certificates.ts'
import { outputOf } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ClusterTrustBundle should be able to mount a big number (>100) of CTBs',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const one = await anchor(t)
    const bundles = await Promise.all(Array.from({ length: 101 }, () => makeBundle(t, [one])))
    const sources = bundles.map(({ metadata }, i) => ({ name: metadata.name, path: `anchors-${i}.pem` }))
    const said = await outputOf(t, 'many', bundlePod(t, sources))
    assert.deepEqual(
      certificatesIn(said),
      Array.from({ length: 101 }, () => certificatesIn(one)[0]),
    )
  },
)
