// What the projected volumes of one pod need of the cluster's certificates: the ClusterTrustBundles, and the
// PodCertificateRequests that were made for it. Watched only while a pod of the node has such a source; of changes
// only those are told that concern the pod.

import type { ClusterTrustBundle } from '#api/certificates/cluster-trust-bundle.ts'
import type { PodCertificateRequest } from '#api/certificates/pod-certificate-request.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Collection, ReferenceWatches } from './references.ts'
import { concerns } from './volumes/trust-bundles.ts'

export class CertificateReferences {
  readonly #namespace: string
  #bundles: Collection<typeof ClusterTrustBundle> | undefined
  #requests: Collection<typeof PodCertificateRequest> | undefined

  constructor(watches: ReferenceWatches, nodeName: string, pod: Pod, onChange: () => void) {
    const { namespace = '', uid } = pod.metadata
    this.#namespace = namespace
    const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? [])
    const bundles = sources.flatMap(({ clusterTrustBundle }) => clusterTrustBundle ?? [])
    if (bundles.length > 0)
      this.#bundles = watches.trustBundles((next, old) => {
        const isMine = [next, old].some((bundle) => bundle && bundles.some((source) => concerns(source, bundle)))
        if (isMine) onChange()
      })
    if (sources.some(({ podCertificate }) => podCertificate))
      this.#requests = watches.certificateRequests(nodeName, (next, old) => {
        if ((next ?? old)?.spec.podUID !== uid) return
        // As long as nobody has decided there is nothing to be done about it.
        if (!next || (next.status.conditions?.length ?? 0) > 0) onChange()
      })
  }

  get bundles(): readonly ClusterTrustBundle[] {
    return this.#bundles?.list() ?? []
  }

  request(name: string): PodCertificateRequest | undefined {
    return this.#requests?.get(this.#namespace, name)
  }

  async synced(): Promise<void> {
    await Promise.all([this.#bundles?.synced, this.#requests?.synced])
  }

  release(): void {
    this.#bundles?.release()
    this.#requests?.release()
    this.#bundles = undefined
    this.#requests = undefined
  }
}
