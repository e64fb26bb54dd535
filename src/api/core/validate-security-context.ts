// What a container may be and do on its node.

import type { FieldErrors, Path } from '../field-errors.ts'
import { dns1123Subdomain, inRange } from '../names.ts'
import type { PodSpec } from './pod-spec.ts'
import type {
  AppArmorProfile,
  PodSecurityContext,
  SeccompProfile,
  SecurityContext,
  WindowsSecurityContextOptions,
} from './security-context.ts'
import { validateDescendingPath } from './validate-path.ts'

const maxId = 2 ** 31 - 1

function validateId(id: number | undefined, path: Path, errors: FieldErrors): void {
  if (id !== undefined) errors.invalidEach(path, id, inRange(id, 0, maxId))
}

function validateSeccomp(profile: SeccompProfile | undefined, path: Path, errors: FieldErrors): void {
  if (!profile) return
  const { type, localhostProfile } = profile
  const at = path.child('localhostProfile')
  if (!type) errors.required(path.child('type'), 'type is required when seccompProfile is set')
  if (type === 'Localhost') {
    if (localhostProfile === undefined) errors.required(at, 'must be set when seccomp type is Localhost')
    else validateDescendingPath(localhostProfile, at, errors)
  } else if (localhostProfile !== undefined) {
    errors.invalid(at, profile, 'can only be set when seccomp type is Localhost')
  }
}

const maxProfileLength = 4095

function validateAppArmor(profile: AppArmorProfile | undefined, path: Path, errors: FieldErrors): void {
  if (!profile) return
  const { type, localhostProfile } = profile
  const at = path.child('localhostProfile')
  if (!type) errors.required(path.child('type'), 'type is required when appArmorProfile is set')
  else if (type !== 'Localhost') {
    if (localhostProfile !== undefined) {
      errors.invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost')
    }
  } else if (!localhostProfile) errors.required(at, 'must be set when AppArmor type is Localhost')
  else if (localhostProfile.trim() !== localhostProfile) {
    errors.invalid(at, localhostProfile, 'must not be padded with whitespace')
  } else if (localhostProfile.length > maxProfileLength) errors.tooLong(at, maxProfileLength)
}

function validateWindows(options: WindowsSecurityContextOptions | undefined, path: Path, errors: FieldErrors): void {
  if (!options) return
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options
  if (name !== undefined) errors.invalidEach(path.child('gmsaCredentialSpecName'), name, dns1123Subdomain(name))
  if (spec === '') {
    errors.invalid(path.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string')
  }
  if (user === '') errors.invalid(path.child('runAsUserName'), user, 'runAsUserName cannot be an empty string')
}

export function validateSecurityContext(
  context: SecurityContext | undefined,
  hostUsers: boolean,
  path: Path,
  errors: FieldErrors,
): void {
  if (!context) return
  validateId(context.runAsUser, path.child('runAsUser'), errors)
  validateId(context.runAsGroup, path.child('runAsGroup'), errors)
  if (hostUsers && context.procMount === 'Unmasked') {
    errors.invalid(path.child('procMount'), context.procMount, '`hostUsers` must be false to use `Unmasked`')
  }
  validateSeccomp(context.seccompProfile, path.child('seccompProfile'), errors)
  if (context.allowPrivilegeEscalation === false) {
    const cannot = 'cannot set `allowPrivilegeEscalation` to false and'
    if (context.privileged) errors.invalid(path, context, `${cannot} \`privileged\` to true`)
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      errors.invalid(path, context, `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`)
    }
  }
  validateWindows(context.windowsOptions, path.child('windowsOptions'), errors)
  validateAppArmor(context.appArmorProfile, path.child('appArmorProfile'), errors)
}

const sysctlName = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const sysctlText = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const maxSysctlLength = 253

/** A setting of a namespace that the pod shares with its host would be a setting of the host. */
function sharedWithHost(name: string, spec: PodSpec): string | undefined {
  const dotted = name.replaceAll('/', '.')
  const ipc = /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(dotted)
  if (spec.hostNetwork && dotted.startsWith('net.')) return "may not be specified when 'hostNetwork' is true"
  return spec.hostIPC && ipc ? "may not be specified when 'hostIPC' is true" : undefined
}

function validateSysctls(context: PodSecurityContext, spec: PodSpec, path: Path, errors: FieldErrors): void {
  const seen = new Set<string>()
  context.sysctls?.forEach(({ name }, i) => {
    const at = path.index(i).child('name')
    if (!name) errors.required(at)
    else if (name.length > maxSysctlLength || !sysctlName.test(name)) {
      errors.invalid(at, name, `must have at most ${maxSysctlLength} characters and match regex ${sysctlText}`)
    } else if (seen.has(name)) errors.duplicate(at, name)
    const shared = sharedWithHost(name ?? '', spec)
    if (shared) errors.invalid(at, name, shared)
    seen.add(name)
  })
}

export function validatePodSecurityContext(spec: PodSpec, path: Path, errors: FieldErrors): void {
  const context = spec.securityContext
  if (!context) return
  validateId(context.fsGroup, path.child('fsGroup'), errors)
  validateId(context.runAsUser, path.child('runAsUser'), errors)
  validateId(context.runAsGroup, path.child('runAsGroup'), errors)
  context.supplementalGroups?.forEach((group, i) => {
    validateId(group, path.child('supplementalGroups').index(i), errors)
  })
  if (spec.shareProcessNamespace && spec.hostPID) {
    const both = 'ShareProcessNamespace and HostPID cannot both be enabled'
    errors.invalid(path.child('shareProcessNamespace'), true, both)
  }
  validateSysctls(context, spec, path.child('sysctls'), errors)
  validateSeccomp(context.seccompProfile, path.child('seccompProfile'), errors)
  validateWindows(context.windowsOptions, path.child('windowsOptions'), errors)
  validateAppArmor(context.appArmorProfile, path.child('appArmorProfile'), errors)
  const { seLinuxChangePolicy } = context
  if (seLinuxChangePolicy !== undefined && !['MountOption', 'Recursive'].includes(seLinuxChangePolicy)) {
    errors.notSupported(path.child('seLinuxChangePolicy'), seLinuxChangePolicy, ['MountOption', 'Recursive'])
  }
}
