// Takes away requests for the certificates of pods a quarter of an hour after they were made, whatever has become of
// them: the agent has taken what it needs by then. Upstream: the podcertificaterequestcleaner controller.

import { PodCertificateRequest } from '#api/certificates/pod-certificate-request.ts'
import { isNotFound } from '#api/status-error.ts'
import { controller } from '#client/controller.ts'

const keptMs = 15 * 60_000

export const podCertificateRequestCleaner = controller({
  name: 'podcertificaterequest-cleaner-controller',
  account: 'podcertificaterequestcleaner-controller',
  reconciles: PodCertificateRequest,
  async reconcile({ namespace, name }, { client, clock, informers }) {
    const request = informers.of(PodCertificateRequest).get(namespace, name)
    if (!request || request.metadata.deletionTimestamp) return undefined
    const { uid, creationTimestamp = '' } = request.metadata
    const leftMs = Date.parse(creationTimestamp) + keptMs - clock.now()
    if (leftMs > 0) return { againAfterMs: leftMs }
    await client.delete(PodCertificateRequest, { namespace, name }, { uid }).catch((error) => {
      if (!isNotFound(error)) throw error
    })
    return undefined
  },
})
