// Who may approve and sign certificates of a signer, and publish what it is trusted by, and what may not be asked for:
// upstream's CertificateApproval, CertificateSigning, CertificateSubjectRestriction and ClusterTrustBundleAttest.

import type { CertificateSigningRequest } from '#api/certificates/certificate-signing-request.ts'
import type { ClusterTrustBundle } from '#api/certificates/cluster-trust-bundle.ts'
import { sameValue } from '#api/equal.ts'
import { forbidden } from '#api/status-error.ts'
import { parseRequest } from '#lib/pki.ts'
import type { Attributes } from '../access.ts'
import { mastersGroup } from '../authn/user.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'

const group = 'certificates.k8s.io'
const requests = `certificatesigningrequests.${group}`
const bundles = `clustertrustbundles.${group}`
const clientSigner = 'kubernetes.io/kube-apiserver-client'

/** Allowed for the signer, or for all signers of its domain. */
async function may({ call }: AdmissionContext, verb: string, signer: string): Promise<boolean> {
  const about: Omit<Attributes, 'name'> = {
    user: call.user,
    isResource: true,
    verb,
    path: '',
    group,
    version: '*',
    namespace: '',
    resource: 'signers',
    subresource: '',
  }
  const domain = signer.split('/')[0]!
  for (const name of [signer, `${domain}/*`]) if ((await call.core.authorize({ ...about, name })).allowed) return true
  return false
}

const signerOf = ({ old }: AdmissionContext): string => (old as CertificateSigningRequest).spec.signerName ?? ''

const handles =
  (resource: string, subresource: string, ...operations: readonly AdmissionContext['operation'][]) =>
  (context: AdmissionContext): boolean =>
    context.kind.resource === resource && context.subresource === subresource && operations.includes(context.operation)

export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  handles: handles(requests, 'approval', 'UPDATE'),
  validate: async (context) => {
    const signer = signerOf(context)
    if (await may(context, 'approve', signer)) return
    const why = `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`
    throw forbidden(context.kind, context.name, why)
  },
}

/** Conditions of signing are not those of approval. */
const signs = ({ object, old }: AdmissionContext): boolean => {
  const [next, before] = [object as CertificateSigningRequest, old as CertificateSigningRequest]
  return (
    !sameValue(next.status?.certificate ?? '', before.status?.certificate ?? '') ||
    !sameValue(next.status?.conditions ?? [], before.status?.conditions ?? [])
  )
}

export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  handles: handles(requests, 'status', 'UPDATE'),
  validate: async (context) => {
    const signer = signerOf(context)
    if (!signs(context) || (await may(context, 'sign', signer))) return
    const why = `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`
    throw forbidden(context.kind, context.name, why)
  },
}

export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: handles(requests, '', 'CREATE'),
  validate: async (context) => {
    const { spec } = context.object as CertificateSigningRequest
    if (spec.signerName !== clientSigner) return
    const { organizations } = await parseRequest(Buffer.from(spec.request, 'base64').toString())
    if (!organizations.includes(mastersGroup)) return
    const why = `use of ${clientSigner} signer with ${mastersGroup} group is not allowed`
    throw forbidden(context.kind, context.name, why)
  },
}

export const clusterTrustBundleAttest: AdmissionPlugin = {
  name: 'ClusterTrustBundleAttest',
  handles: handles(bundles, '', 'CREATE', 'UPDATE'),
  validate: async (context) => {
    const { signerName = '' } = (context.object as ClusterTrustBundle).spec
    if (signerName === '' || (await may(context, 'attest', signerName))) return
    const why = `user not permitted to attest for signerName ${JSON.stringify(signerName)}`
    throw forbidden(context.kind, context.name, why)
  },
}
