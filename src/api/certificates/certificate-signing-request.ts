import { ageColumn, humanDuration, nameColumn, none } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { bytes, int32, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'
import { validateDecisionsKept, validateRequest } from './validate-request.ts'

export const CertificateSigningRequestSpec = message(
  'certificates/v1.CertificateSigningRequestSpec',
  'DOC:certificates/v1.CertificateSigningRequestSpec',
  {
    request: req(bytes).at(1, 'DOC:certificates/v1.CertificateSigningRequestSpec.request'),
    signerName: req(string).at(7, 'DOC:certificates/v1.CertificateSigningRequestSpec.signerName'),
    expirationSeconds: opt(int32).at(8, 'DOC:certificates/v1.CertificateSigningRequestSpec.expirationSeconds'),
    usages: list(
      string.oneOf(
        'signing',
        'digital signature',
        'content commitment',
        'key encipherment',
        'key agreement',
        'data encipherment',
        'cert sign',
        'crl sign',
        'encipher only',
        'decipher only',
        'any',
        'server auth',
        'client auth',
        'code signing',
        'email protection',
        's/mime',
        'ipsec end system',
        'ipsec tunnel',
        'ipsec user',
        'timestamping',
        'ocsp signing',
        'microsoft sgc',
        'netscape sgc',
      ),
    )
      .owned('atomic')
      .at(5, 'DOC:certificates/v1.CertificateSigningRequestSpec.usages'),
    username: string.at(2, 'DOC:certificates/v1.CertificateSigningRequestSpec.username'),
    uid: string.at(3, 'DOC:certificates/v1.CertificateSigningRequestSpec.uid'),
    groups: list(string).owned('atomic').at(4, 'DOC:certificates/v1.CertificateSigningRequestSpec.groups'),
    extra: map(list(string)).at(6, 'DOC:certificates/v1.CertificateSigningRequestSpec.extra'),
  },
)
export type CertificateSigningRequestSpec = TypeOf<typeof CertificateSigningRequestSpec>

export const CertificateSigningRequestCondition = message(
  'certificates/v1.CertificateSigningRequestCondition',
  'DOC:certificates/v1.CertificateSigningRequestCondition',
  {
    type: req(string).at(1, 'DOC:certificates/v1.CertificateSigningRequestCondition.type'),
    status: req(string).at(6, 'DOC:certificates/v1.CertificateSigningRequestCondition.status'),
    reason: string.at(2, 'DOC:certificates/v1.CertificateSigningRequestCondition.reason'),
    message: string.at(3, 'DOC:certificates/v1.CertificateSigningRequestCondition.message'),
    lastUpdateTime: time.at(4, 'DOC:certificates/v1.CertificateSigningRequestCondition.lastUpdateTime'),
    lastTransitionTime: time.at(5, 'DOC:certificates/v1.CertificateSigningRequestCondition.lastTransitionTime'),
  },
)
export type CertificateSigningRequestCondition = TypeOf<typeof CertificateSigningRequestCondition>

export const CertificateSigningRequestStatus = message(
  'certificates/v1.CertificateSigningRequestStatus',
  'DOC:certificates/v1.CertificateSigningRequestStatus',
  {
    conditions: list(CertificateSigningRequestCondition)
      .owned('map', 'type')
      .at(1, 'DOC:certificates/v1.CertificateSigningRequestStatus.conditions'),
    certificate: bytes.at(2, 'DOC:certificates/v1.CertificateSigningRequestStatus.certificate'),
  },
)
export type CertificateSigningRequestStatus = TypeOf<typeof CertificateSigningRequestStatus>

export const CertificateSigningRequest = kind({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  scope: 'Cluster',
  doc: 'DOC:certificates/v1.CertificateSigningRequest',
  fields: {
    spec: CertificateSigningRequestSpec.at(2, 'DOC:certificates/v1.CertificateSigningRequest.spec'),
    status: CertificateSigningRequestStatus.at(3, 'DOC:certificates/v1.CertificateSigningRequest.status'),
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
  validateStatusUpdate: validateDecisionsKept,
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
  subresources: [{ name: 'approval', verbs: ['get', 'patch', 'update'] }],
  selectableFields: { 'spec.signerName': (request) => request.spec.signerName },
})
export type CertificateSigningRequest = ObjectOf<typeof CertificateSigningRequest>
