// The seam between the kubelet and its volume plugins: a plugin lays a volume out on the node, again whenever
// what it shows has changed, and takes it away. plugins.ts is the list; one file is one plugin.

import type { ClusterTrustBundle } from '#api/certificates/cluster-trust-bundle.ts'
import type { Pod } from '#api/core/pod.ts'
import type { PodCertificateProjection, Volume } from '#api/core/volume.ts'
import type { Clock } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'
import type { PodAddresses } from '../downward.ts'
import type { ConfigSources } from '../env.ts'
import type { Files } from '../files.ts'
import type { Mounter } from './mounter.ts'

export interface Token {
  readonly token: string
  readonly expiresAtMs: number
  /** A new one is to be asked for by then. */
  readonly refreshAtMs: number
}

/** A key, and the certificates that were issued for it. */
export interface Credentials {
  readonly keyPem: string
  /** The pod's own first. */
  readonly chainPem: string
  readonly refreshAtMs: number
}

export interface VolumeContext {
  readonly pod: Pod
  readonly volume: Volume
  /** The volume's place on the node. */
  readonly path: string
  readonly files: Files
  readonly mounter: Mounter
  readonly sources: ConfigSources
  readonly addresses: () => PodAddresses
  readonly allocatable: () => Readonly<Record<string, string>>
  /** A token of the pod's service account, bound to the pod. */
  readonly token: (audience: string, expirationSeconds: number) => Promise<Token>
  /** All of the cluster. */
  readonly trustBundles: () => readonly ClusterTrustBundle[]
  /** Those of one source of a volume, by their places. */
  readonly credentials: (volume: string, index: number, source: PodCertificateProjection) => Promise<Credentials>
  readonly clock: Clock
  readonly random: Random
}

/** Objects of the pod's namespace by name. */
export interface References {
  readonly configMaps: readonly string[]
  readonly secrets: readonly string[]
}

export interface LaidOut {
  /** Where containers find it. */
  readonly hostPath: string
  /** By then it must be laid out again. */
  readonly refreshAtMs?: number | undefined
}

export interface VolumePlugin {
  /** As in `empty-dir`: part of the path on the node. */
  readonly name: string
  readonly matches: (volume: Volume) => boolean
  readonly references?: (volume: Volume) => References
  /** Laid out again when the pod, or an object that it refers to, changes. */
  readonly isLive?: true
  /** May be called again on what is there. */
  readonly setUp: (context: VolumeContext) => Promise<LaidOut>
  readonly tearDown?: (context: Pick<VolumeContext, 'path' | 'files' | 'mounter'>) => Promise<void>
}

/** The group that owns a pod's volumes. */
export const fsGroupOf = (pod: Pod): number | undefined => pod.spec.securityContext?.fsGroup
