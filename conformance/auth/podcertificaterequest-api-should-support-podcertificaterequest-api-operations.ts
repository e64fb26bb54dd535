// Requests for the certificates of pods take every verb, and have a status of their own.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { stubRequest } from '../fixtures/certificates.ts'
import { timedCondition } from '../fixtures/conditions.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'PodCertificateRequest API should support PodCertificateRequest API operations',
    since: '1.37',
  },
  async (t) => {
    const stubPKCS10Request = await stubRequest()
    const denied = timedCondition(t, 'Denied')
    await checkOperations(t, {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'PodCertificateRequest',
      plural: 'podcertificaterequests',
      make: () => ({
        spec: {
          signerName: 'example.com/conformance',
          podName: 'pod',
          podUID: 'pod-uid',
          serviceAccountName: 'account',
          serviceAccountUID: 'account-uid',
          nodeName: 'node',
          nodeUID: 'node-uid',
          maxExpirationSeconds: 86400,
          stubPKCS10Request,
        },
      }),
      patch: {},
      // What is decided stays.
      status: [{ conditions: [denied] }, { conditions: [denied] }],
    })
  },
)
