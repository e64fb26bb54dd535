// What a container may do: its own securityContext over the pod's, in the runtime's terms. `runAsNonRoot` is
// checked against the image here, with upstream's words.

import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import type { SeccompProfile as ApiSeccompProfile } from '#api/core/security-context.ts'
import { ConfigError } from './env.ts'
import { allSpecs } from './observed.ts'
import type { ContainerConfig, Image, SandboxConfig, SeccompProfile } from './runtime/runtime.ts'

/** Upstream's default set, and what `procMount: Unmasked` takes away. */
const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
]
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

type ContainerSecurity = Pick<
  ContainerConfig,
  | 'privileged'
  | 'readonlyRootfs'
  | 'runAsUser'
  | 'runAsUsername'
  | 'runAsGroup'
  | 'supplementalGroups'
  | 'addCapabilities'
  | 'dropCapabilities'
  | 'noNewPrivileges'
  | 'seccomp'
  | 'maskedPaths'
  | 'readonlyPaths'
>

/** Throws a ConfigError where the image's user is one that the pod does not allow. */
export function containerSecurity(
  pod: Pod,
  container: Container,
  image: Image | undefined,
  seccompRoot: string,
): ContainerSecurity {
  const ofPod = pod.spec.securityContext ?? {}
  const own = container.securityContext ?? {}
  const runAsUser = own.runAsUser ?? ofPod.runAsUser ?? image?.uid
  if (own.runAsNonRoot ?? ofPod.runAsNonRoot) refuseRoot(pod, container, runAsUser, image)
  const privileged = own.privileged ?? false
  const unmasked = privileged || own.procMount === 'Unmasked'
  const unconfined: ApiSeccompProfile = { type: 'Unconfined' }
  const profile = privileged ? unconfined : (own.seccompProfile ?? ofPod.seccompProfile ?? unconfined)
  return {
    privileged,
    readonlyRootfs: own.readOnlyRootFilesystem ?? false,
    runAsUser,
    runAsUsername: runAsUser === undefined ? image?.username : undefined,
    runAsGroup: own.runAsGroup ?? ofPod.runAsGroup,
    supplementalGroups: supplementalGroups(pod),
    addCapabilities: own.capabilities?.add ?? [],
    dropCapabilities: own.capabilities?.drop ?? [],
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    seccomp: seccomp(profile, seccompRoot),
    maskedPaths: unmasked ? [] : maskedPaths,
    readonlyPaths: unmasked ? [] : readonlyPaths,
  }
}

function refuseRoot(pod: Pod, container: Container, uid: number | undefined, image: Image | undefined): void {
  const { name, namespace, uid: podUid } = pod.metadata
  const about = `(pod: "${name}_${namespace}(${podUid})", container: ${container.name})`
  const own = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser
  if (own === 0) throw new ConfigError(`container's runAsUser breaks non-root policy ${about}`)
  if (own !== undefined || (uid !== undefined && uid !== 0)) return
  if (image?.username)
    throw new ConfigError(
      `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${about}`,
    )
  throw new ConfigError(`container has runAsNonRoot and image will run as root ${about}`)
}

const supplementalGroups = (pod: Pod): readonly number[] => {
  const { supplementalGroups: groups = [], fsGroup } = pod.spec.securityContext ?? {}
  return fsGroup === undefined ? groups : [...new Set([...groups, fsGroup])]
}

export const seccomp = (profile: ApiSeccompProfile, seccompRoot: string): SeccompProfile =>
  profile.type === 'Localhost'
    ? { type: 'Localhost', path: `${seccompRoot}/${profile.localhostProfile ?? ''}` }
    : { type: profile.type as 'RuntimeDefault' | 'Unconfined' }

type SandboxSecurity = Pick<
  SandboxConfig,
  | 'hostNetwork'
  | 'hostPID'
  | 'hostIPC'
  | 'shareProcessNamespace'
  | 'privileged'
  | 'seccomp'
  | 'runAsUser'
  | 'runAsGroup'
  | 'supplementalGroups'
  | 'sysctls'
>

export function sandboxSecurity(pod: Pod): SandboxSecurity {
  const { hostNetwork = false, hostPID = false, hostIPC = false, shareProcessNamespace, securityContext } = pod.spec
  return {
    hostNetwork,
    hostPID,
    hostIPC,
    shareProcessNamespace: shareProcessNamespace ?? false,
    privileged: allSpecs(pod).some((c) => c.securityContext?.privileged),
    // The pause process is the runtime's own, so it is always confined, as upstream does.
    seccomp: { type: 'RuntimeDefault' },
    runAsUser: securityContext?.runAsUser,
    runAsGroup: securityContext?.runAsGroup,
    supplementalGroups: supplementalGroups(pod),
    sysctls: Object.fromEntries((securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
  }
}
