// From a pod's spec to what the runtime is told: sandboxes and containers, with their mounts. What is on the
// disk is looked at through Files; everything else here is pure.

import { join, normalize } from 'node:path'
import type { Container, VolumeMount } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import { podDns } from './dns.ts'
import { ConfigError, type Environment, expandAll } from './env.ts'
import { kernelHostname } from './etc-hosts.ts'
import { expand } from './expand.ts'
import type { Files } from './files.ts'
import { containerAnnotations, containerLabels, sandboxLabels } from './labels.ts'
import { linuxResources, qosClass } from './resources.ts'
import type { ContainerConfig, Image, Mount, SandboxConfig } from './runtime/runtime.ts'
import { containerSecurity, sandboxSecurity } from './security.ts'
import type { KubeletSettings } from './settings.ts'

export const podDirectory = (rootDir: string, pod: Pod): string => join(rootDir, 'pods', pod.metadata.uid ?? '')

export const podLogDirectory = (logDir: string, pod: Pod): string =>
  join(logDir, `${pod.metadata.namespace}_${pod.metadata.name}_${pod.metadata.uid}`)

export const logPath = (container: string, restartCount: number): string => `${container}/${restartCount}.log`

export const hostsPath = (podDir: string): string => join(podDir, 'etc-hosts')

/** Each run writes its last words into a file of its own. */
export const terminationPath = (podDir: string, container: string, restartCount: number): string =>
  join(podDir, 'containers', container, String(restartCount))

export function sandboxConfig(pod: Pod, attempt: number, settings: KubeletSettings): SandboxConfig {
  const { name = '', namespace = '', uid = '' } = pod.metadata
  const ports = pod.spec.containers.flatMap((c) => c.ports ?? [])
  const { cgroupRoot } = settings
  return {
    name,
    namespace,
    uid,
    attempt,
    // On the node's network the node's own name stands.
    hostname: pod.spec.hostNetwork ? '' : kernelHostname(pod, settings.clusterDns.domain),
    logDirectory: podLogDirectory(settings.logDir, pod),
    dns: podDns(pod, settings.clusterDns, settings.hostDns),
    portMappings: pod.spec.hostNetwork
      ? []
      : ports.flatMap(({ hostPort = 0, containerPort, hostIP = '', protocol = 'TCP' }) =>
          hostPort > 0 ? [{ protocol: protocol as 'TCP' | 'UDP' | 'SCTP', containerPort, hostPort, hostIP }] : [],
        ),
    labels: sandboxLabels(pod),
    annotations: pod.metadata.annotations ?? {},
    cgroupParent: cgroupRoot === undefined ? '' : join(cgroupRoot, qosClass(pod).toLowerCase(), `pod${uid}`),
    runtimeHandler: pod.spec.runtimeClassName ?? '',
    ...sandboxSecurity(pod),
  }
}

export interface ContainerInput {
  readonly pod: Pod
  readonly container: Container
  readonly restartCount: number
  readonly image: Image
  readonly env: Environment
  readonly mounts: readonly Mount[]
  readonly settings: KubeletSettings
  readonly rootDir: string
  /** The container whose processes it sees, by its id in the runtime. */
  readonly target?: string | undefined
}

export function containerConfig(input: ContainerInput): ContainerConfig {
  const { pod, container, restartCount, image, env, mounts, settings, rootDir, target } = input
  const { shareProcessNamespace, hostPID } = pod.spec
  return {
    name: container.name,
    attempt: restartCount,
    image: image.id,
    imageName: container.image ?? '',
    command: expandAll(container.command, env),
    args: expandAll(container.args, env),
    workingDir: container.workingDir ?? '',
    env: env.variables,
    mounts,
    devices: [],
    labels: containerLabels(pod, container),
    annotations: containerAnnotations(pod, container, restartCount),
    logPath: logPath(container.name, restartCount),
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    resources: linuxResources(pod, container, settings.capacity.memoryBytes),
    pidMode: hostPID ? 'node' : shareProcessNamespace ? 'pod' : target === undefined ? 'container' : { target },
    stopSignal: container.lifecycle?.stopSignal,
    ...containerSecurity(pod, container, image, join(rootDir, 'seccomp')),
  }
}

export interface MountInput {
  readonly pod: Pod
  readonly container: Container
  readonly restartCount: number
  readonly podDir: string
  readonly env: Environment
  readonly files: Files
  readonly volumePath: (name: string) => string | undefined
}

/** The container's volumes, its /etc/hosts, and the file for its last words. */
export async function containerMounts(input: MountInput): Promise<readonly Mount[]> {
  const { container, podDir, restartCount, files } = input
  const mounts: Mount[] = []
  for (const mount of container.volumeMounts ?? []) mounts.push(await volumeMount(input, mount))
  const isMounted = (path: string) => mounts.some((m) => normalize(m.containerPath) === path)
  if (!isMounted('/etc/hosts')) mounts.push(plainMount('/etc/hosts', hostsPath(podDir)))
  const { terminationMessagePath } = container
  if (terminationMessagePath && !isMounted(normalize(terminationMessagePath))) {
    const hostPath = terminationPath(podDir, container.name, restartCount)
    // Whoever the container runs as may write it.
    await files.write(hostPath, new Uint8Array(), 0o666)
    mounts.push(plainMount(terminationMessagePath, hostPath))
  }
  return mounts
}

const plainMount = (containerPath: string, hostPath: string): Mount => ({
  containerPath,
  hostPath,
  readonly: false,
  propagation: 'private',
})

const propagation = (mode: VolumeMount['mountPropagation']): Mount['propagation'] =>
  mode === 'Bidirectional' ? 'bidirectional' : mode === 'HostToContainer' ? 'hostToContainer' : 'private'

async function volumeMount(input: MountInput, mount: VolumeMount): Promise<Mount> {
  const base = input.volumePath(mount.name)
  if (base === undefined)
    throw new ConfigError(`cannot find volume ${JSON.stringify(mount.name)} to mount into container`)
  const values = new Map(input.env.variables.map(({ name, value }) => [name, value]))
  const subPath = mount.subPathExpr
    ? expand(mount.subPathExpr, (name) => {
        const value = values.get(name)
        if (value === undefined) throw new ConfigError(`missing value for ${JSON.stringify(name)}`)
        return value
      })
    : (mount.subPath ?? '')
  const { mountPath } = mount
  return {
    containerPath: mountPath.startsWith('/') ? mountPath : `/${mountPath}`,
    hostPath: subPath === '' ? base : await insideOf(input, mount, base, subPath),
    readonly: mount.readOnly ?? false,
    propagation: propagation(mount.mountPropagation),
  }
}

/** A path below the volume, made if need be. Links in it may not lead out of the volume. */
async function insideOf(
  { files, container }: MountInput,
  mount: VolumeMount,
  base: string,
  subPath: string,
): Promise<string> {
  const fail = (why: string) =>
    new ConfigError(
      `failed to prepare subPath for volumeMount ${JSON.stringify(mount.name)} of container ${JSON.stringify(container.name)}: ${why}`,
    )
  if (subPath.startsWith('/')) throw new ConfigError(`error SubPath \`${subPath}\` must not be an absolute path`)
  if (subPath.split('/').includes('..'))
    throw new ConfigError(`subPath ${JSON.stringify(subPath)} must not contain ".."`)
  const target = join(base, subPath)
  if (!(await files.stat(target))) await files.makeDirectory(target, 0o750)
  const [root, real] = await Promise.all([files.realPath(base), files.realPath(target)])
  if (root === undefined || real === undefined) throw fail('it is not there')
  if (real !== root && !real.startsWith(`${root}/`)) throw fail(`${real} is not within the volume`)
  return real
}
