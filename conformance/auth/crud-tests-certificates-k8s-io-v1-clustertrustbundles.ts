// Bundles of trust take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { anchor, bundleName } from '../fixtures/certificates.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'CRUD Tests certificates.k8s.io/v1 ClusterTrustBundles',
    since: '1.37',
    clusterScoped: true,
  },
  async (t) => {
    const [first, second] = await Promise.all([anchor(t), anchor(t)])
    const signerName = `${t.name('signer')}.example.com/conformance`
    await checkOperations(t, {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'ClusterTrustBundle',
      plural: 'clustertrustbundles',
      clusterScoped: true,
      name: () => bundleName(t, signerName),
      make: () => ({ spec: { signerName, trustBundle: first } }),
      patch: { spec: { signerName, trustBundle: first + second } },
    })
    const path = t.clusterPath('certificates.k8s.io/v1', 'clustertrustbundles')
    const bad = { metadata: { name: bundleName(t, signerName) }, spec: { signerName, trustBundle: 'no certificate' } }
    await refused(t.post(path, bad), { code: 422, reason: 'Invalid' })
  },
)
