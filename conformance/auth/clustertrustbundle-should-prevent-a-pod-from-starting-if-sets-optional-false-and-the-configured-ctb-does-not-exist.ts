// A pod does not start before the bundle is there that it names.

import { behaviour } from '../behaviour.ts'
import { anchor } from '../fixtures/certificates.ts'
import { startsOnlyWith } from '../fixtures/trust-bundles.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'ClusterTrustBundle should prevent a pod from starting if: sets optional=false and the configured CTB does not exist',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const one = await anchor(t)
    const name = t.name('bundle')
    const path = t.clusterPath('certificates.k8s.io/v1', 'clustertrustbundles')
    t.cleanup(() => t.delete(`${path}/${name}`))
    await startsOnlyWith(t, { name, optional: false, path: 'anchors.pem' }, () =>
      t.post(path, { metadata: { name }, spec: { trustBundle: one } }),
    )
  },
)
