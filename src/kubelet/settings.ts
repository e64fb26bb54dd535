// What a kubelet is told about its node, and the doors that it is given.

import type { Pod } from '#api/core/pod.ts'
import type { Taint } from '#api/core/taint.ts'
import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/events.ts'
import type { Informers } from '#client/informer.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import type { ClusterDns, ResolvConf } from './dns.ts'
import type { Files } from './files.ts'
import type { Prober } from './prober.ts'
import type { Runtime } from './runtime/runtime.ts'
import type { Mounter } from './volumes/mounter.ts'

export interface NodeCapacity {
  readonly milliCpu: number
  readonly memoryBytes: number
  readonly ephemeralStorageBytes: number
  readonly pods: number
}

export interface MachineInfo {
  readonly machineID: string
  readonly systemUUID: string
  readonly bootID: string
  readonly kernelVersion: string
  readonly osImage: string
  readonly operatingSystem: string
  readonly architecture: string
}

export interface KubeletSettings {
  /** The first is what pods on the node's network, and the node itself, are known by. */
  readonly nodeIPs: readonly string[]
  readonly hostname: string
  /** The port of the agent's own API. */
  readonly port: number
  readonly capacity: NodeCapacity
  readonly machine: MachineInfo
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly taints?: readonly Taint[] | undefined
  readonly clusterDns: ClusterDns
  readonly hostDns: ResolvConf
  /** The node's own /etc/hosts, for pods on its network. */
  readonly hostHosts: string
  /** Where container logs lie: `<logDir>/<namespace>_<name>_<uid>/<container>/<n>.log`. */
  readonly logDir: string
  /** Pods' cgroups are made under this one; the runtime decides unless given. */
  readonly cgroupRoot?: string | undefined
  /** Logs are rotated at this size; never unless given. */
  readonly logRotation?: { readonly maxSizeBytes: number; readonly maxFiles: number } | undefined
  /** How often the runtime is asked for everything, in case an event was missed. */
  readonly relistMs?: number | undefined
}

export interface KubeletOptions {
  readonly client: Client
  readonly informers: Informers
  /** Informers of their own for one object, so that they can be stopped with its last user. */
  readonly makeInformers: () => Informers
  readonly runtime: Runtime
  readonly prober: Prober
  readonly files: Files
  readonly mounter: Mounter
  readonly events: EventRecorder
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly nodeName: string
  /** `<rootDir>/pods/<uid>/...` */
  readonly rootDir: string
  readonly settings: KubeletSettings
  /** Resolves once nobody is sent to the pod any more: waited for before SIGTERM, within the grace. */
  readonly drain?: ((pod: Pod, signal: AbortSignal) => Promise<void>) | undefined
}
