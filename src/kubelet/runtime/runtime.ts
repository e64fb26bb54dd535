// The seam between the kubelet and what runs containers. `containerd` (CRI over gRPC) and `simulated` implement
// it; everything above it is the same code on both. The shapes follow the CRI (runtime.v1), less what the
// kubelet does not use. One suite of cases (runtime.cases.ts) runs on both.
//
// Guarantees: an operation that has resolved has taken effect; stopping or removing what is not there succeeds;
// ids are the runtime's own; nothing here retries, that is the kubelet's part.

import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'

export interface RuntimeVersion {
  readonly name: string
  readonly version: string
}

export type Labels = Readonly<Record<string, string>>

export interface PortMapping {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly containerPort: number
  readonly hostPort: number
  readonly hostIP: string
}

export interface SandboxConfig {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  /** Counts the sandboxes that this pod has had. */
  readonly attempt: number
  readonly hostname: string
  readonly logDirectory: string
  readonly dns: {
    readonly servers: readonly string[]
    readonly searches: readonly string[]
    readonly options: readonly string[]
  }
  readonly portMappings: readonly PortMapping[]
  readonly labels: Labels
  readonly annotations: Labels
  readonly cgroupParent: string
  readonly sysctls: Labels
  readonly hostNetwork: boolean
  readonly hostPID: boolean
  readonly hostIPC: boolean
  readonly shareProcessNamespace: boolean
  readonly privileged: boolean
  readonly seccomp: SeccompProfile
  readonly runAsUser?: number | undefined
  readonly runAsGroup?: number | undefined
  readonly supplementalGroups: readonly number[]
  readonly runtimeHandler: string
}

export type SeccompProfile =
  | { readonly type: 'RuntimeDefault' | 'Unconfined' }
  | { readonly type: 'Localhost'; readonly path: string }

export interface Sandbox {
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly attempt: number
  readonly state: 'ready' | 'notready'
  readonly createdAtMs: number
  readonly labels: Labels
  readonly annotations: Labels
  /** Empty for the host's network, or once the sandbox has stopped. Filled by `sandboxStatus` only. */
  readonly ips: readonly string[]
}

export interface Mount {
  readonly containerPath: string
  readonly hostPath: string
  readonly readonly: boolean
  readonly propagation: 'private' | 'hostToContainer' | 'bidirectional'
}

export interface LinuxResources {
  readonly cpuPeriodMicros: number
  /** 0: no limit. */
  readonly cpuQuotaMicros: number
  readonly cpuShares: number
  /** 0: no limit. */
  readonly memoryLimitBytes: number
  readonly oomScoreAdj: number
}

export interface ContainerConfig {
  readonly name: string
  readonly attempt: number
  /** The image's id as `imageStatus` gave it. */
  readonly image: string
  /** As the user wrote it: shown in status. */
  readonly imageName: string
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly workingDir: string
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly mounts: readonly Mount[]
  readonly devices: readonly {
    readonly containerPath: string
    readonly hostPath: string
    readonly permissions: string
  }[]
  readonly labels: Labels
  readonly annotations: Labels
  /** Relative to the sandbox's log directory. */
  readonly logPath: string
  readonly stdin: boolean
  readonly stdinOnce: boolean
  readonly tty: boolean
  readonly resources: LinuxResources
  readonly privileged: boolean
  readonly readonlyRootfs: boolean
  readonly runAsUser?: number | undefined
  readonly runAsUsername?: string | undefined
  readonly runAsGroup?: number | undefined
  readonly supplementalGroups: readonly number[]
  readonly addCapabilities: readonly string[]
  readonly dropCapabilities: readonly string[]
  readonly noNewPrivileges: boolean
  readonly seccomp: SeccompProfile
  readonly maskedPaths: readonly string[]
  readonly readonlyPaths: readonly string[]
  readonly pidMode: 'container' | 'pod' | 'node' | { readonly target: string }
  readonly stopSignal?: string | undefined
}

export type ContainerState = 'created' | 'running' | 'exited' | 'unknown'

export interface Container {
  readonly id: string
  readonly sandboxId: string
  readonly name: string
  readonly attempt: number
  readonly state: ContainerState
  readonly createdAtMs: number
  readonly labels: Labels
  readonly annotations: Labels
}

export interface ContainerStatus extends Container {
  readonly startedAtMs: number
  readonly finishedAtMs: number
  readonly exitCode: number
  /** `OOMKilled`, `Completed`, `Error`, or the runtime's own word. */
  readonly reason: string
  readonly message: string
  readonly image: string
  readonly imageRef: string
  readonly logPath: string
}

export interface Image {
  readonly id: string
  readonly tags: readonly string[]
  readonly digests: readonly string[]
  readonly sizeBytes: number
  /** The user that the image's configuration names: a number, a name, or neither (root). */
  readonly uid?: number | undefined
  readonly username?: string | undefined
  readonly pinned: boolean
}

export interface ImageCredentials {
  readonly username: string
  readonly password: string
  readonly serverAddress: string
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

export interface StreamOptions {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

/** A connection that is to be upgraded; nothing has been answered yet. */
export interface StreamClient {
  readonly socket: Duplex
  /** Bytes that came behind the request's head. */
  readonly head: Uint8Array
  readonly headers: IncomingHttpHeaders
}

/** Where an exec, attach or port-forward goes on: a URL of the runtime's streaming server, to which the agent
 *  relays the client's upgraded connection as it is, or a function that serves it in this process. */
export type StreamTarget =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'serve'; readonly serve: (client: StreamClient) => void }

export interface RuntimeEvent {
  readonly containerId: string
  readonly type: 'created' | 'started' | 'stopped' | 'deleted' | 'oom'
}

export interface ContainerStats {
  readonly containerId: string
  readonly timeMs: number
  readonly cpuUsageCoreNanos: number
  readonly memoryWorkingSetBytes: number
  /** These and what follows: as far as the runtime tells. */
  readonly memoryUsageBytes?: number | undefined
  readonly memoryRssBytes?: number | undefined
  readonly pageFaults?: number | undefined
  readonly majorPageFaults?: number | undefined
  /** What the container has written into its root file system. */
  readonly writableBytes?: number | undefined
  readonly writableInodes?: number | undefined
}

export interface Runtime {
  version(): Promise<RuntimeVersion>
  /** Empty when the runtime and its network are ready; otherwise why not. */
  notReadyReasons(): Promise<readonly string[]>

  runSandbox(config: SandboxConfig): Promise<string>
  stopSandbox(id: string): Promise<void>
  removeSandbox(id: string): Promise<void>
  sandboxStatus(id: string): Promise<Sandbox | undefined>
  listSandboxes(): Promise<readonly Sandbox[]>

  createContainer(sandboxId: string, config: ContainerConfig, sandbox: SandboxConfig): Promise<string>
  startContainer(id: string): Promise<void>
  /** Sends the stop signal, and SIGKILL after the grace. Resolves when it has ended. */
  stopContainer(id: string, graceSeconds: number): Promise<void>
  removeContainer(id: string): Promise<void>
  containerStatus(id: string): Promise<ContainerStatus | undefined>
  listContainers(): Promise<readonly Container[]>
  updateResources(id: string, resources: LinuxResources): Promise<void>
  reopenLog(id: string): Promise<void>
  /** Of containers that run, as it is now. */
  stats(): Promise<readonly ContainerStats[]>

  execSync(id: string, command: readonly string[], timeoutMs: number): Promise<ExecResult>
  exec(id: string, command: readonly string[], options: StreamOptions): Promise<StreamTarget>
  attach(id: string, options: StreamOptions): Promise<StreamTarget>
  portForward(sandboxId: string, ports: readonly number[]): Promise<StreamTarget>
  /** A connection to a port of a sandbox whose address is made up: somebody else may have it on the node's network.
   *  Undefined, or not there at all: the address is real. Throws why nobody answers. */
  dial?(sandboxId: string, port: number): Duplex | undefined

  pullImage(name: string, credentials?: ImageCredentials): Promise<string>
  imageStatus(name: string): Promise<Image | undefined>
  listImages(): Promise<readonly Image[]>
  removeImage(id: string): Promise<void>

  /** What happened to containers, as it happens; ends when the signal aborts. Missing one is allowed (the
   *  kubelet relists now and then), waiting for one is what makes it fast. */
  events(signal: AbortSignal): AsyncIterable<RuntimeEvent>

  close(): Promise<void>
}
