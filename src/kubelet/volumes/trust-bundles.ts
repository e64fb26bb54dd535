// What a clusterTrustBundle source shows: the certificates of the bundles that it chooses, each of them once, without
// headers and whatever else stood around them, in an order that only follows from the certificates. Pure.

import type { ClusterTrustBundle } from '#api/certificates/cluster-trust-bundle.ts'
import { pemBlocks } from '#api/certificates/pem.ts'
import type { ClusterTrustBundleProjection } from '#api/core/volume.ts'
import { selectorOf } from '#api/labels.ts'

type Choice = Pick<ClusterTrustBundleProjection, 'name' | 'signerName' | 'labelSelector' | 'optional'>

/** Whether a change of the bundle may change what the source shows. */
export const concerns = (
  { name, signerName }: Pick<Choice, 'name' | 'signerName'>,
  { metadata, spec }: ClusterTrustBundle,
): boolean => (name === undefined ? spec.signerName === signerName : metadata.name === name)

/** Without a label selector a signer has no bundles; with an empty one it has all of them. */
export function chosenBundles(choice: Choice, bundles: readonly ClusterTrustBundle[]): readonly ClusterTrustBundle[] {
  const mine = bundles.filter((bundle) => concerns(choice, bundle))
  if (choice.name !== undefined) return mine
  const selector = selectorOf(choice.labelSelector)
  return mine.filter(({ metadata }) => selector.matches(metadata.labels ?? {}))
}

/** Text of PEM with lines of 64 characters. */
const certificate = (body: string): string =>
  `-----BEGIN CERTIFICATE-----\n${body.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`

/** Only the certificates, in their order. */
export const certificatesOf = (pem: string): readonly string[] => pemBlocks(pem).map(({ body }) => certificate(body))

export function trustAnchors(choice: Choice, bundles: readonly ClusterTrustBundle[]): string {
  const { name, signerName, optional } = choice
  if (name === undefined && signerName === undefined)
    throw new Error('ClusterTrustBundle projection requires either name or signerName to be set')
  const chosen = chosenBundles(choice, bundles)
  if (chosen.length === 0) {
    if (optional) return ''
    const missing = `clustertrustbundle.certificates.k8s.io ${JSON.stringify(name)} not found`
    throw new Error(
      name === undefined
        ? 'combination of signerName and labelSelector matched zero ClusterTrustBundles'
        : `while getting ClusterTrustBundle: ${missing}`,
    )
  }
  return [...new Set(chosen.flatMap(({ spec }) => certificatesOf(spec.trustBundle ?? '')))].sort().join('')
}
