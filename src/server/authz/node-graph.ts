// Which objects concern which node: those that pods on it refer to, the volumes behind their claims, the secrets of
// those volumes, and what names the node itself. Each edge counts how often it is there, so that it ends with the
// last pod that needs it.

import type { Pod } from '#api/core/pod.ts'
import { podReferences } from '#api/core/pod-references.ts'
import type { ApiObject } from '#api/kind.ts'

export type NodeResource =
  | 'pods'
  | 'secrets'
  | 'configmaps'
  | 'serviceaccounts'
  | 'persistentvolumeclaims'
  | 'persistentvolumes'
  | 'resourceclaims'
  | 'volumeattachments'
  | 'resourceslices'
  | 'podcertificaterequests'

const vertex = (resource: NodeResource, namespace: string, name: string): string => `${resource}/${namespace}/${name}`

const mirrorAnnotation = 'kubernetes.io/config.mirror'

interface PodEdges {
  readonly node: string
  /** What edges were drawn from; a change of anything else changes no edge. */
  readonly mark: string
  readonly vertices: readonly string[]
}

interface VolumeEdges {
  readonly claim: string
  readonly secrets: readonly string[]
}

/** What of a pod can change its edges after it is bound. */
const markOf = ({ metadata, spec, status }: Pod): string =>
  `${metadata.uid} ${spec.nodeName} ${spec.ephemeralContainers?.length ?? 0} ${
    status.resourceClaimStatuses?.map((claim) => claim.resourceClaimName).join() ?? ''
  } ${status.extendedResourceClaimStatus?.resourceClaimName ?? ''}`

function verticesOf(pod: Pod): string[] {
  const { namespace = '', name = '', annotations } = pod.metadata
  const own = [vertex('pods', namespace, name)]
  // A node makes mirror pods itself; they must not give it access to anything.
  if (annotations?.[mirrorAnnotation] !== undefined) return own
  const { secrets, configMaps, persistentVolumeClaims, resourceClaims } = podReferences(pod)
  const of = (resource: NodeResource, names: Iterable<string>) =>
    [...names].map((each) => vertex(resource, namespace, each))
  const account = pod.spec.serviceAccountName
  return [
    ...own,
    ...of('serviceaccounts', account ? [account] : []),
    ...of('secrets', secrets),
    ...of('configmaps', configMaps),
    ...of('persistentvolumeclaims', persistentVolumeClaims),
    ...of('resourceclaims', resourceClaims),
  ]
}

interface SecretReference {
  readonly name?: string
  readonly namespace?: string
  readonly secretName?: string
  readonly secretNamespace?: string
}

/** Those that an agent needs; what only controllers need is not for it. */
function volumeSecrets(spec: ApiObject, claimNamespace: string): string[] {
  const references: (SecretReference | undefined)[] = [
    spec.azureFile && { name: spec.azureFile.secretName, namespace: spec.azureFile.secretNamespace },
    spec.cephfs?.secretRef,
    spec.cinder?.secretRef,
    spec.csi?.nodeStageSecretRef,
    spec.csi?.nodePublishSecretRef,
    spec.csi?.nodeExpandSecretRef,
    spec.flexVolume?.secretRef,
    spec.iscsi?.secretRef,
    spec.rbd?.secretRef,
    spec.scaleIO?.secretRef,
    spec.storageos?.secretRef,
  ]
  return references.flatMap((reference) =>
    reference?.name ? [vertex('secrets', reference.namespace || claimNamespace, reference.name)] : [],
  )
}

export interface OfferedPod {
  readonly namespace: string
  readonly name: string
  readonly load: () => Pod
}

export class NodeGraph {
  /** From a vertex to the nodes that it concerns, and how often. */
  readonly #nodes = new Map<string, Map<string, number>>()
  readonly #pods = new Map<string, PodEdges>()
  readonly #podsOn: (node: string) => Iterable<OfferedPod>
  /** Of each node that has asked for something, the pods that have changed since it last did. */
  readonly #offers = new Map<string, Map<string, () => Pod>>()
  readonly #volumes = new Map<string, VolumeEdges>()
  /** From a secret to the volumes that need it. */
  readonly #secretVolumes = new Map<string, Set<string>>()
  /** From a vertex that belongs to one node to that node. */
  readonly #owned = new Map<string, string>()

  /** `podsOn` is asked once for each node, when it first asks for something; of what changes later, `setPod` tells. */
  constructor(podsOn: (node: string) => Iterable<OfferedPod> = () => []) {
    this.#podsOn = podsOn
  }

  /** A pod is only looked at when its node asks for something: at a start none is. */
  setPod(namespace: string, name: string, node: string, load: () => Pod): void {
    const key = vertex('pods', namespace, name)
    const known = this.#pods.get(key)
    if (known && known.node !== node) this.#drop(key, known)
    this.#offers.get(node)?.set(key, load)
  }

  /** As if no node had asked yet. */
  forgetPods(): void {
    this.#offers.clear()
    this.#pods.clear()
    this.#nodes.clear()
  }

  #take(node: string): void {
    const offers = this.#offers.get(node)
    if (!offers) {
      this.#offers.set(node, new Map())
      for (const { namespace, name, load } of this.#podsOn(node))
        this.#draw(vertex('pods', namespace, name), node, load())
      return
    }
    if (offers.size === 0) return
    for (const [key, load] of offers) this.#draw(key, node, load())
    offers.clear()
  }

  #draw(key: string, node: string, pod: Pod): void {
    const mark = markOf(pod)
    const known = this.#pods.get(key)
    if (known?.mark === mark) return
    if (known) this.#drop(key, known)
    const vertices = verticesOf(pod)
    this.#pods.set(key, { node, mark, vertices })
    for (const each of vertices) {
      const nodes = this.#nodes.get(each)
      if (nodes) nodes.set(node, (nodes.get(node) ?? 0) + 1)
      else this.#nodes.set(each, new Map([[node, 1]]))
    }
  }

  removePod(namespace: string, name: string, node: string): void {
    const key = vertex('pods', namespace, name)
    this.#offers.get(node)?.delete(key)
    const known = this.#pods.get(key)
    if (known) this.#drop(key, known)
  }

  #drop(key: string, { node, vertices }: PodEdges): void {
    this.#pods.delete(key)
    for (const each of vertices) {
      const nodes = this.#nodes.get(each)!
      const count = nodes.get(node)! - 1
      if (count > 0) nodes.set(node, count)
      else if (nodes.size > 1) nodes.delete(node)
      else this.#nodes.delete(each)
    }
  }

  setVolume({ metadata, spec }: ApiObject): void {
    const key = vertex('persistentvolumes', '', metadata.name ?? '')
    this.removeVolume(metadata.name ?? '')
    const { claimRef } = spec
    if (!claimRef) return
    const claim = vertex('persistentvolumeclaims', claimRef.namespace ?? '', claimRef.name ?? '')
    const secrets = volumeSecrets(spec, claimRef.namespace ?? '')
    this.#volumes.set(key, { claim, secrets })
    for (const secret of secrets) {
      const volumes = this.#secretVolumes.get(secret)
      if (volumes) volumes.add(key)
      else this.#secretVolumes.set(secret, new Set([key]))
    }
  }

  removeVolume(name: string): void {
    const key = vertex('persistentvolumes', '', name)
    const known = this.#volumes.get(key)
    if (!known) return
    this.#volumes.delete(key)
    for (const secret of known.secrets) {
      const volumes = this.#secretVolumes.get(secret)
      if (volumes?.delete(key) && volumes.size === 0) this.#secretVolumes.delete(secret)
    }
  }

  /** An object that names its node: undefined where it names none. */
  setOwned(resource: NodeResource, namespace: string, name: string, node: string | undefined): void {
    const key = vertex(resource, namespace, name)
    if (node) this.#owned.set(key, node)
    else this.#owned.delete(key)
  }

  /** Whether the object concerns the node. */
  reaches(node: string, resource: NodeResource, namespace: string, name: string): boolean {
    this.#take(node)
    const key = vertex(resource, namespace, name)
    if (this.#nodes.get(key)?.has(node)) return true
    if (this.#owned.get(key) === node) return true
    if (resource === 'persistentvolumes') return this.#volumeReaches(node, key)
    if (resource !== 'secrets') return false
    for (const volume of this.#secretVolumes.get(key) ?? []) if (this.#volumeReaches(node, volume)) return true
    return false
  }

  #volumeReaches(node: string, volume: string): boolean {
    const known = this.#volumes.get(volume)
    return known !== undefined && this.#nodes.get(known.claim)?.has(node) === true
  }
}
