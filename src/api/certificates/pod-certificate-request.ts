import { sameValue } from '../equal.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { PodCertificateRequestSpec, PodCertificateRequestStatus } from './pod-certificate-request-types.ts'
import { validatePodRequest, validatePodRequestStatus } from './validate-pod-request.ts'

export const PodCertificateRequest = kind({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'PodCertificateRequest',
  plural: 'podcertificaterequests',
  scope: 'Namespaced',
  doc: 'Asks for a certificate for a pod, on behalf of its kubelet.',
  fields: {
    spec: PodCertificateRequestSpec.at(2, 'What is asked for; it never changes.'),
    status: PodCertificateRequestStatus.at(3, 'The certificate, or why there is none.'),
  },
  status: true,
  validateCreate: validatePodRequest,
  validateUpdate: ({ spec: next }, { spec: old }, errors) => {
    if (!sameValue(next, old)) errors.invalid('spec', next, 'field is immutable')
  },
  validateStatusUpdate: validatePodRequestStatus,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName,
    'spec.signerName': ({ spec }) => spec.signerName,
  },
})
export type PodCertificateRequest = ObjectOf<typeof PodCertificateRequest>
