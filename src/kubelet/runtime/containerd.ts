// The Runtime over containerd: the Container Runtime Interface by gRPC, and containerd's own event service for
// what happens to containers. It only translates; retries, back-off and order are the kubelet's.

import { AsyncBuffer } from '#lib/async-buffer.ts'
import type { Clock } from '#lib/clock.ts'
import { type GrpcService, isGrpcNotFound, openGrpc, type Wire } from './grpc.ts'
import type {
  Container,
  ContainerConfig,
  ContainerState,
  ContainerStatus,
  Image,
  LinuxResources,
  Runtime,
  RuntimeEvent,
  Sandbox,
  SandboxConfig,
  SeccompProfile,
} from './runtime.ts'
import { untilEnded } from './until-ended.ts'

/** Quick calls. What takes longer by nature (pull, stop, exec, sandbox) has a limit of its own. */
const callMs = 120_000
const sandboxMs = 4 * 60_000
const pullMs = 30 * 60_000
const mostWaitingEvents = 10_000

const nanosToMs = (nanos: number): number => Math.floor(nanos / 1e6)

const states: Readonly<Record<string, ContainerState>> = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
}

const propagations = {
  private: 'PROPAGATION_PRIVATE',
  hostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  bidirectional: 'PROPAGATION_BIDIRECTIONAL',
} as const

const eventTypes: Readonly<Record<string, RuntimeEvent['type']>> = {
  '/tasks/create': 'created',
  '/tasks/start': 'started',
  '/tasks/exit': 'stopped',
  '/tasks/delete': 'deleted',
  '/tasks/oom': 'oom',
}

const seccompOf = (profile: SeccompProfile): object => ({
  profile_type: profile.type,
  ...(profile.type === 'Localhost' ? { localhost_ref: profile.path } : {}),
})

const optional = (value: number | undefined): object | undefined => (value === undefined ? undefined : { value })

const resourcesOf = (resources: LinuxResources): object => ({
  cpu_period: resources.cpuPeriodMicros,
  cpu_quota: resources.cpuQuotaMicros,
  cpu_shares: resources.cpuShares,
  memory_limit_in_bytes: resources.memoryLimitBytes,
  oom_score_adj: resources.oomScoreAdj,
})

const namespacesOf = (config: SandboxConfig, pid: ContainerConfig['pidMode'] = 'container'): object => {
  const shared = config.hostPID ? 'NODE' : config.shareProcessNamespace ? 'POD' : 'CONTAINER'
  return {
    network: config.hostNetwork ? 'NODE' : 'POD',
    ipc: config.hostIPC ? 'NODE' : 'POD',
    ...(typeof pid === 'object' ? { pid: 'TARGET', target_id: pid.target } : { pid: shared }),
  }
}

function sandboxWire(config: SandboxConfig): object {
  const { name, namespace, uid, attempt } = config
  return {
    metadata: { name, namespace, uid, attempt },
    hostname: config.hostname,
    log_directory: config.logDirectory,
    dns_config: config.dns,
    port_mappings: config.portMappings.map((p) => ({
      protocol: p.protocol,
      container_port: p.containerPort,
      host_port: p.hostPort,
      host_ip: p.hostIP,
    })),
    labels: config.labels,
    annotations: config.annotations,
    linux: {
      cgroup_parent: config.cgroupParent,
      sysctls: config.sysctls,
      security_context: {
        namespace_options: namespacesOf(config),
        privileged: config.privileged,
        seccomp: seccompOf(config.seccomp),
        run_as_user: optional(config.runAsUser),
        run_as_group: optional(config.runAsGroup),
        supplemental_groups: config.supplementalGroups,
      },
    },
  }
}

function containerWire(config: ContainerConfig, sandbox: SandboxConfig): object {
  return {
    metadata: { name: config.name, attempt: config.attempt },
    image: { image: config.image, user_specified_image: config.imageName },
    command: config.command,
    args: config.args,
    working_dir: config.workingDir,
    // The value is bytes since 1.36; on the wire that is the same as the string it was.
    envs: config.env.map(({ name, value }) => ({ key: name, value: Buffer.from(value) })),
    mounts: config.mounts.map((m) => ({
      container_path: m.containerPath,
      host_path: m.hostPath,
      readonly: m.readonly,
      propagation: propagations[m.propagation],
    })),
    devices: config.devices.map((d) => ({
      container_path: d.containerPath,
      host_path: d.hostPath,
      permissions: d.permissions,
    })),
    labels: config.labels,
    annotations: config.annotations,
    log_path: config.logPath,
    stdin: config.stdin,
    stdin_once: config.stdinOnce,
    tty: config.tty,
    linux: {
      resources: resourcesOf(config.resources),
      security_context: {
        capabilities: { add_capabilities: config.addCapabilities, drop_capabilities: config.dropCapabilities },
        privileged: config.privileged,
        namespace_options: namespacesOf(sandbox, config.pidMode),
        run_as_user: optional(config.runAsUser),
        run_as_group: optional(config.runAsGroup),
        run_as_username: config.runAsUsername ?? '',
        readonly_rootfs: config.readonlyRootfs,
        supplemental_groups: config.supplementalGroups,
        no_new_privs: config.noNewPrivileges,
        seccomp: seccompOf(config.seccomp),
        masked_paths: config.maskedPaths,
        readonly_paths: config.readonlyPaths,
      },
    },
  }
}

const sandboxOf = (wire: Wire): Sandbox => {
  const { ip = '', additional_ips = [] } = wire.network ?? {}
  return {
    id: wire.id,
    name: wire.metadata.name,
    namespace: wire.metadata.namespace,
    uid: wire.metadata.uid,
    attempt: wire.metadata.attempt,
    state: wire.state === 'SANDBOX_READY' ? 'ready' : 'notready',
    createdAtMs: nanosToMs(wire.created_at),
    labels: wire.labels,
    annotations: wire.annotations,
    ips: ip === '' ? [] : [ip, ...additional_ips.map((more: Wire) => more.ip)],
  }
}

const containerOf = (wire: Wire, sandboxId: string): Container => ({
  id: wire.id,
  sandboxId,
  name: wire.metadata.name,
  attempt: wire.metadata.attempt,
  state: states[wire.state] ?? 'unknown',
  createdAtMs: nanosToMs(wire.created_at),
  labels: wire.labels,
  annotations: wire.annotations,
})

const statusOf = (wire: Wire, sandboxId: string): ContainerStatus => ({
  ...containerOf(wire, sandboxId),
  startedAtMs: nanosToMs(wire.started_at),
  finishedAtMs: nanosToMs(wire.finished_at),
  exitCode: wire.exit_code,
  reason: wire.reason,
  message: wire.message,
  image: wire.image?.image ?? '',
  imageRef: wire.image_ref,
  logPath: wire.log_path,
})

const imageOf = (wire: Wire): Image => ({
  id: wire.id,
  tags: wire.repo_tags,
  digests: wire.repo_digests,
  sizeBytes: wire.size,
  ...(wire.uid ? { uid: wire.uid.value } : {}),
  ...(wire.username ? { username: wire.username } : {}),
  pinned: wire.pinned,
})

export interface ContainerdOptions {
  readonly socket: string
  readonly clock: Clock
}

export function openContainerd({ socket, clock }: ContainerdOptions): Runtime {
  const cri = (service: string): GrpcService =>
    openGrpc({ socket, clock, protoFile: 'cri.proto', service: `runtime.v1.${service}` })
  const runtime = cri('RuntimeService')
  const images = cri('ImageService')
  const events = openGrpc({
    socket,
    clock,
    protoFile: 'containerd-events.proto',
    service: 'containerd.services.events.v1.Events',
    headers: { 'containerd-namespace': 'k8s.io' },
  })
  /** A container's status does not name its sandbox; a list does, and it never changes. */
  const sandboxIds = new Map<string, string>()

  const sandboxIdOf = async (containerId: string): Promise<string> => {
    const known = sandboxIds.get(containerId)
    if (known !== undefined) return known
    const { containers } = await runtime.call('ListContainers', { filter: { id: containerId } }, callMs)
    const id: string = containers[0]?.pod_sandbox_id ?? ''
    if (id !== '') sandboxIds.set(containerId, id)
    return id
  }

  /** Whether the container, or the sandbox, of this id runs no more as the status tells it; an error tells nothing. */
  const hasEnded = async (id: string): Promise<boolean> => {
    try {
      const container = await unlessGone(runtime.call('ContainerStatus', { container_id: id }, callMs))
      if (container) return container.status.state !== 'CONTAINER_RUNNING'
      const sandbox = await unlessGone(runtime.call('PodSandboxStatus', { pod_sandbox_id: id }, callMs))
      return sandbox?.status.state !== 'SANDBOX_READY'
    } catch {
      return false
    }
  }

  const unlessGone = async <T>(call: Promise<T>): Promise<T | undefined> => {
    try {
      return await call
    } catch (error) {
      if (isGrpcNotFound(error)) return undefined
      throw error
    }
  }

  return {
    async version() {
      const { runtime_name, runtime_version } = await runtime.call('Version', {}, callMs)
      return { name: runtime_name, version: runtime_version }
    },
    async notReadyReasons() {
      const { status } = await runtime.call('Status', {}, callMs)
      return status.conditions
        .filter((condition: Wire) => !condition.status)
        .map((condition: Wire) => `${condition.type}: ${condition.message || condition.reason}`)
    },

    async runSandbox(config) {
      const request = { config: sandboxWire(config), runtime_handler: config.runtimeHandler }
      return (await runtime.call('RunPodSandbox', request, sandboxMs)).pod_sandbox_id
    },
    async stopSandbox(id) {
      await unlessGone(runtime.call('StopPodSandbox', { pod_sandbox_id: id }, sandboxMs))
    },
    async removeSandbox(id) {
      await unlessGone(runtime.call('RemovePodSandbox', { pod_sandbox_id: id }, sandboxMs))
    },
    async sandboxStatus(id) {
      const answer = await unlessGone(runtime.call('PodSandboxStatus', { pod_sandbox_id: id }, callMs))
      return answer && sandboxOf(answer.status)
    },
    async listSandboxes() {
      return (await runtime.call('ListPodSandbox', {}, callMs)).items.map(sandboxOf)
    },

    async createContainer(sandboxId, config, sandbox) {
      const request = {
        pod_sandbox_id: sandboxId,
        config: containerWire(config, sandbox),
        sandbox_config: sandboxWire(sandbox),
      }
      const { container_id } = await runtime.call('CreateContainer', request, callMs)
      sandboxIds.set(container_id, sandboxId)
      return container_id
    },
    async startContainer(id) {
      await runtime.call('StartContainer', { container_id: id }, callMs)
    },
    async stopContainer(id, graceSeconds) {
      const request = { container_id: id, timeout: graceSeconds }
      await unlessGone(runtime.call('StopContainer', request, callMs + graceSeconds * 1000))
    },
    async removeContainer(id) {
      await unlessGone(runtime.call('RemoveContainer', { container_id: id }, callMs))
      sandboxIds.delete(id)
    },
    async containerStatus(id) {
      const answer = await unlessGone(runtime.call('ContainerStatus', { container_id: id }, callMs))
      return answer && statusOf(answer.status, await sandboxIdOf(id))
    },
    async listContainers() {
      const { containers } = await runtime.call('ListContainers', {}, callMs)
      return containers.map((wire: Wire) => {
        sandboxIds.set(wire.id, wire.pod_sandbox_id)
        return containerOf(wire, wire.pod_sandbox_id)
      })
    },
    async updateResources(id, resources) {
      await runtime.call('UpdateContainerResources', { container_id: id, linux: resourcesOf(resources) }, callMs)
    },
    async reopenLog(id) {
      await runtime.call('ReopenContainerLog', { container_id: id }, callMs)
    },
    async stats() {
      const { stats } = await runtime.call('ListContainerStats', {}, callMs)
      return stats.map((wire: Wire) => ({
        containerId: wire.attributes.id,
        timeMs: nanosToMs(wire.cpu?.timestamp ?? 0),
        cpuUsageCoreNanos: wire.cpu?.usage_core_nano_seconds?.value ?? 0,
        memoryWorkingSetBytes: wire.memory?.working_set_bytes?.value ?? 0,
        memoryUsageBytes: wire.memory?.usage_bytes?.value,
        memoryRssBytes: wire.memory?.rss_bytes?.value,
        pageFaults: wire.memory?.page_faults?.value,
        majorPageFaults: wire.memory?.major_page_faults?.value,
        writableBytes: wire.writable_layer?.used_bytes?.value,
        writableInodes: wire.writable_layer?.inodes_used?.value,
      }))
    },

    async execSync(id, command, timeoutMs) {
      // The runtime counts in whole seconds, and 0 would mean no limit at all.
      const timeout = Math.max(1, Math.ceil(timeoutMs / 1000))
      const answer = await runtime.call('ExecSync', { container_id: id, cmd: command, timeout }, timeoutMs + 10_000)
      return { exitCode: answer.exit_code, stdout: answer.stdout, stderr: answer.stderr }
    },
    async exec(id, command, options) {
      const { url } = await runtime.call('Exec', { container_id: id, cmd: command, ...options }, callMs)
      return { type: 'url', url }
    },
    async attach(id, options) {
      const { url } = await runtime.call('Attach', { container_id: id, ...options }, callMs)
      return { type: 'url', url }
    },
    async portForward(sandboxId, ports) {
      const { url } = await runtime.call('PortForward', { pod_sandbox_id: sandboxId, port: ports }, callMs)
      return { type: 'url', url }
    },

    async pullImage(name, credentials) {
      const auth = credentials && {
        username: credentials.username,
        password: credentials.password,
        server_address: credentials.serverAddress,
      }
      return (await images.call('PullImage', { image: { image: name }, auth }, pullMs)).image_ref
    },
    async imageStatus(name) {
      const { image } = await images.call('ImageStatus', { image: { image: name } }, callMs)
      return image ? imageOf(image) : undefined
    },
    async listImages() {
      return (await images.call('ListImages', {}, callMs)).images.map(imageOf)
    },
    async removeImage(id) {
      await unlessGone(images.call('RemoveImage', { image: { image: id } }, callMs))
    },

    async *events(signal) {
      const buffer = new AsyncBuffer<RuntimeEvent>({ limit: mostWaitingEvents })
      const read = async (): Promise<void> => {
        const filters = Object.keys(eventTypes).map((topic) => `topic=="${topic}"`)
        for await (const envelope of events.stream('Subscribe', { filters }, signal)) {
          const type = eventTypes[envelope.topic]
          const ids = envelope.event && taskIds(envelope.event.value)
          // The end of a process that was exec'ed in a container is not the end of the container.
          if (!type || !ids || (ids.process !== '' && ids.process !== ids.container)) continue
          if (type === 'stopped')
            void untilEnded(() => hasEnded(ids.container), clock, signal).then(() =>
              buffer.push({ containerId: ids.container, type }),
            )
          else buffer.push({ containerId: ids.container, type })
        }
      }
      read().then(
        () => buffer.end(),
        (error) => buffer.end(error),
      )
      for await (const batch of buffer) yield* batch
    },

    async close() {
      for (const service of [runtime, images, events]) service.close()
    },
  }
}

/** Field 1 is the container's id and, where it is text, field 2 is the process's. */
export function taskIds(event: Uint8Array): { container: string; process: string } {
  const bytes = Buffer.from(event.buffer, event.byteOffset, event.length)
  const ids = ['', '']
  let at = 0
  for (let field = 0; field < 2 && bytes[at] === ((field + 1) << 3) + 2; field++) {
    const length = bytes[at + 1]!
    ids[field] = bytes.toString('utf8', at + 2, at + 2 + length)
    at += 2 + length
  }
  return { container: ids[0]!, process: ids[1]! }
}
