// The messages that a certificate signing request is made of; the kind itself, with its rules, is in certificate-signing-request.ts.

import { bytes, int32, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const CertificateSigningRequestSpec = message(
  'certificates/v1.CertificateSigningRequestSpec',
  'What is asked for, and by whom.',
  {
    request: req(bytes).at(1, 'The PKCS#10 request in PEM form.'),
    signerName: req(string).at(7, 'Who shall sign, as kubernetes.io/kube-apiserver-client.'),
    expirationSeconds: opt(int32).at(
      8,
      'How many seconds the certificate shall be valid; the signer may choose a shorter time.',
    ),
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
      .at(5, 'What the certificate shall be good for.'),
    username: string.at(2, 'The name of the user who asks; set by the server.'),
    uid: string.at(3, 'The UID of the user who asks; set by the server.'),
    groups: list(string).owned('atomic').at(4, 'The groups of the user who asks; set by the server.'),
    extra: map(list(string)).at(6, 'Further facts about the user who asks; set by the server.'),
  },
)
export type CertificateSigningRequestSpec = TypeOf<typeof CertificateSigningRequestSpec>

export const CertificateSigningRequestCondition = message(
  'certificates/v1.CertificateSigningRequestCondition',
  'One decision or finding about a request.',
  {
    type: req(string).at(1, 'Approved, Denied or Failed.'),
    status: req(string).at(6, 'True, False or Unknown; a decision is always True.'),
    reason: string.at(2, 'Why it was decided so, in one word.'),
    message: string.at(3, 'The decision in words.'),
    lastUpdateTime: time.at(4, 'When the condition was last written.'),
    lastTransitionTime: time.at(5, 'When the status last changed.'),
  },
)
export type CertificateSigningRequestCondition = TypeOf<typeof CertificateSigningRequestCondition>

export const CertificateSigningRequestStatus = message(
  'certificates/v1.CertificateSigningRequestStatus',
  'How far a request has come.',
  {
    conditions: list(CertificateSigningRequestCondition).owned('map', 'type').at(1, 'The decisions that were made.'),
    certificate: bytes.at(2, 'The issued certificates in PEM form, that of the subject first.'),
  },
)
export type CertificateSigningRequestStatus = TypeOf<typeof CertificateSigningRequestStatus>
