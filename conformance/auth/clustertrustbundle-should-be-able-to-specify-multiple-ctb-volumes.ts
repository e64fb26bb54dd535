// A pod has several volumes, each of a bundle of its own.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { anchor, certificatesIn, makeBundle } from '../fixtures/certificates.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ClusterTrustBundle should be able to specify multiple CTB volumes',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const anchors = await Promise.all([anchor(t), anchor(t)])
    const bundles = await Promise.all(anchors.map((each) => makeBundle(t, [each])))
    const names = bundles.map((_, i) => `bundle-${i}`)
    const spec = {
      containers: [
        shell(t, 'cat /bundle-0/anchors.pem; echo; echo ===; cat /bundle-1/anchors.pem', {
          volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })),
        }),
      ],
      volumes: names.map((name, i) => {
        const clusterTrustBundle = { name: bundles[i].metadata.name, path: 'anchors.pem' }
        return { name, projected: { sources: [{ clusterTrustBundle }] } }
      }),
    }
    const parts = (await outputOf(t, 'several', spec)).split('===')
    assert.deepEqual(parts.map(certificatesIn), anchors.map(certificatesIn))
  },
)
