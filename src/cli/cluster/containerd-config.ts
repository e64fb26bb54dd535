// The configuration of a node's own containerd: everything it keeps is under the node's folder, so that several
// nodes share a machine and one is taken away without a trace.

export interface ContainerdConfig {
  /** What survives a restart: images and snapshots. */
  readonly rootDir: string
  /** What does not: sockets, running tasks. */
  readonly stateDir: string
  readonly socket: string
  readonly cniConfDir: string
  readonly cniBinDir: string
  readonly sandboxImage: string
  /** Where CAP_SYS_RESOURCE is missing, runc would fail to lower a container's oom_score_adj. */
  readonly restrictOomScoreAdj: boolean
  /** The program that makes containers: runc or crun. */
  readonly ociRuntime: string
}

/** Never used by the CRI; leaving them out makes containerd start faster. */
const unusedPlugins = [
  'io.containerd.internal.v1.opt',
  'io.containerd.internal.v1.tracing',
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.tracing.processor.v1.otlp',
]

const quote = (text: string): string => JSON.stringify(text)

export function containerdConfig(config: ContainerdConfig): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"'
  return `version = 2
root = ${quote(config.rootDir)}
state = ${quote(config.stateDir)}
oom_score = 0
disabled_plugins = [${unusedPlugins.map(quote).join(', ')}]

[grpc]
  address = ${quote(config.socket)}

[${cri}]
  sandbox_image = ${quote(config.sandboxImage)}
  restrict_oom_score_adj = ${config.restrictOomScoreAdj}
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true

[${cri}.cni]
  bin_dir = ${quote(config.cniBinDir)}
  conf_dir = ${quote(config.cniConfDir)}

[${cri}.containerd]
  snapshotter = "overlayfs"

[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[${cri}.containerd.runtimes.runc.options]
  BinaryName = ${quote(config.ociRuntime)}
  Root = ${quote(`${config.stateDir}/oci`)}
`
}
