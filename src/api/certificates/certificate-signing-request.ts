import { ageColumn, humanDuration, nameColumn, none } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { CertificateSigningRequestSpec, CertificateSigningRequestStatus } from './certificate-signing-request-types.ts'
import { timed, withOldApprovals } from './decisions.ts'
import { validateDecisionsKept, validateDecisionsUntouched, validateRequest } from './validate-request.ts'

export const CertificateSigningRequest = kind({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  scope: 'Cluster',
  doc: 'Asks for an X.509 certificate; once approved, its signer issues it.',
  fields: {
    spec: CertificateSigningRequestSpec.at(2, 'What is asked for, and by whom; it never changes.'),
    status: CertificateSigningRequestStatus.at(3, 'The decision, and the certificate.'),
  },
  status: true,
  generation: false,
  columns: [
    nameColumn,
    ageColumn,
    { name: 'SignerName', description: 'Who is to sign it.', value: ({ spec }) => spec.signerName || none },
    { name: 'Requestor', description: 'Who asks for it.', value: ({ spec }) => spec.username ?? '' },
    {
      name: 'RequestedDuration',
      description: 'How long the certificate shall be valid.',
      value: ({ spec: { expirationSeconds: seconds } }) =>
        seconds === undefined ? none : humanDuration(seconds * 1000),
    },
    {
      name: 'Condition',
      description: 'How far the request has come.',
      value: ({ status }) => {
        const has = (type: string): boolean => status.conditions?.some((one) => one.type === type) ?? false
        const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
        return `${decision}${has('Failed') ? ',Failed' : ''}${status.certificate ? ',Issued' : ''}`
      },
    },
  ],
  nameRule: () => [],
  validate: validateRequest,
  validateUpdate: validateDecisionsKept,
  validateStatusUpdate: validateDecisionsUntouched,
  prepareForCreate: ({ spec }, { user }) => {
    // Who asks is what the server knows, never what the request says.
    delete spec.username
    delete spec.uid
    delete spec.groups
    delete spec.extra
    if (!user) return
    spec.username = user.name
    if (user.uid) spec.uid = user.uid
    if (user.groups.length > 0) spec.groups = [...user.groups]
    if (user.extra) spec.extra = Object.fromEntries(Object.entries(user.extra).map(([key, all]) => [key, [...all]]))
  },
  // What is asked for never changes; a decision about it goes through the subresources.
  prepareForUpdate: (request, old) => {
    request.spec = old.spec
  },
  prepareForStatusUpdate: ({ status }, old, { nowMs }) => {
    if (!status?.conditions) return
    const before = old.status?.conditions ?? []
    status.conditions = timed(withOldApprovals(status.conditions, before), before, nowMs)
  },
  subresources: [{ name: 'approval', verbs: ['get', 'patch', 'update'] }],
  selectableFields: { 'spec.signerName': (request) => request.spec.signerName },
})
export type CertificateSigningRequest = ObjectOf<typeof CertificateSigningRequest>
