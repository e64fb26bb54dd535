// The messages that a pod's request for a certificate is made of; the kind itself is in pod-certificate-request.ts.

import { Condition } from '../meta/condition.ts'
import { bytes, int32, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const PodCertificateRequestSpec = message(
  'certificates/v1.PodCertificateRequestSpec',
  'Which pod wants a certificate, for which key, and from whom.',
  {
    signerName: req(string).at(1, 'Who shall sign.'),
    podName: req(string).at(2, 'The name of the pod.'),
    podUID: req(string).at(3, 'The UID of the pod.'),
    serviceAccountName: req(string).at(4, 'The name of the service account of the pod.'),
    serviceAccountUID: req(string).at(5, 'The UID of the service account.'),
    nodeName: req(string).at(6, 'The name of the node that the pod runs on.'),
    nodeUID: req(string).at(7, 'The UID of the node.'),
    maxExpirationSeconds: opt(int32)
      .default(86_400)
      .at(8, 'How many seconds the certificate may be valid at most, from 3600; the signer may choose a shorter time.'),
    stubPKCS10Request: req(bytes).at(12, 'A PKCS#10 request in DER, signed with the private key; only its key counts.'),
    unverifiedUserAnnotations: map(string).at(
      11,
      'What the author of the pod tells the signer, who must not simply believe it.',
    ),
  },
)
export type PodCertificateRequestSpec = TypeOf<typeof PodCertificateRequestSpec>

export const PodCertificateRequestStatus = message(
  'certificates/v1.PodCertificateRequestStatus',
  'The certificate, or why there is none.',
  {
    conditions: list(Condition)
      .patch('merge', 'type')
      .owned('map', 'type')
      .at(1, 'The decision: Issued, Denied or Failed.'),
    certificateChain: string.at(2, 'The certificates in PEM form, that of the pod first.'),
    notBefore: opt(time).at(4, 'When the certificate begins to be valid.'),
    beginRefreshAt: opt(time).at(5, 'When the kubelet should ask for the next one.'),
    notAfter: opt(time).at(6, 'When the certificate stops being valid.'),
  },
)
export type PodCertificateRequestStatus = TypeOf<typeof PodCertificateRequestStatus>
