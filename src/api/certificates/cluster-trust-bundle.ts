import { nameColumn, none } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { nameIsDnsSubdomain } from '../names.ts'
import { message, req, string, type TypeOf } from '../schema.ts'
import { bundleNameProblems, validateBundle, validateTrustBundle } from './validate-bundle.ts'

export const ClusterTrustBundleSpec = message('certificates/v1.ClusterTrustBundleSpec', 'Whom to trust, and in what.', {
  signerName: string.at(1, 'The signer whose certificates can be checked with these; it never changes.'),
  trustBundle: req(string).at(2, 'The certificates of the authorities in PEM form.'),
})
export type ClusterTrustBundleSpec = TypeOf<typeof ClusterTrustBundleSpec>

export const ClusterTrustBundle = kind({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'ClusterTrustBundle',
  plural: 'clustertrustbundles',
  scope: 'Cluster',
  doc: 'Certificates of authorities that all of the cluster may see and trust.',
  fields: {
    spec: ClusterTrustBundleSpec.at(2, 'The certificates, and whose they are.'),
  },
  columns: [
    nameColumn,
    { name: 'SignerName', description: 'Whose certificates they are.', value: ({ spec }) => spec.signerName || none },
  ],
  // The name follows from the signer, so that it is looked at together with it.
  nameRule: (name, isPrefix) => (name.includes(':') ? [] : nameIsDnsSubdomain(name, isPrefix)),
  validateCreate: ({ metadata, spec }, errors) => {
    const { name = '' } = metadata
    errors.invalidEach('metadata.name', name, bundleNameProblems(name, spec.signerName ?? ''))
    validateBundle(spec, errors)
    validateTrustBundle(spec.trustBundle ?? '', errors)
  },
  validateUpdate: ({ spec: next }, { spec: old }, errors) => {
    validateBundle(next, errors)
    if (next.trustBundle !== old.trustBundle) validateTrustBundle(next.trustBundle ?? '', errors)
    const { signerName = '' } = next
    if (signerName !== (old.signerName ?? '')) errors.invalid('spec.signerName', signerName, 'field is immutable')
  },
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName ?? '' },
})
export type ClusterTrustBundle = ObjectOf<typeof ClusterTrustBundle>
