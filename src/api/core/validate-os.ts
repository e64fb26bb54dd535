// What the operating system of a pod has to do with its other fields: each has settings that the other does not know.

import type { FieldErrors, Path } from '../field-errors.ts'
import type { PodSpec } from './pod-spec.ts'
import type { Lifecycle } from './probe.ts'

const listed = (prefix: string, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => `${prefix}${first + i}`)

const plain =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT RTMAX RTMIN SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'
const linuxSignals = [
  ...plain.split(' ').map((name) => `SIG${name}`),
  ...listed('SIGRTMAX-', 1, 14),
  ...listed('SIGRTMIN+', 1, 15),
].sort()
const windowsSignals = ['SIGKILL', 'SIGTERM']

/** A signal is told by its name, which only means something on a known system. */
export function validateStopSignal(
  { stopSignal }: Lifecycle,
  os: PodSpec['os'],
  path: Path,
  errors: FieldErrors,
): void {
  if (stopSignal === undefined) return
  const at = path.child('stopSignal')
  if (!os) {
    errors.forbidden(at, 'may not be set for containers with empty `spec.os.name`')
    return
  }
  const known = os.name === 'windows' ? windowsSignals : linuxSignals
  if (!known.includes(stopSignal)) errors.notSupported(at, stopSignal, known)
}

const notOfWindowsPods = [
  'seLinuxOptions',
  'seccompProfile',
  'appArmorProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
] as const
const notOfWindowsContainers = [
  'seLinuxOptions',
  'seccompProfile',
  'appArmorProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const
const never = 'cannot be set for a windows pod'

function validateWindows(spec: PodSpec, path: Path, errors: FieldErrors): void {
  const context = spec.securityContext ?? {}
  const at = path.child('securityContext')
  for (const field of notOfWindowsPods) if (context[field] !== undefined) errors.forbidden(at.child(field), never)
  if (context.sysctls?.length) errors.forbidden(at.child('sysctls'), never)
  for (const field of ['hostPID', 'hostIPC'] as const) if (spec[field]) errors.forbidden(path.child(field), never)
  for (const field of ['hostUsers', 'shareProcessNamespace'] as const) {
    if (spec[field] !== undefined) errors.forbidden(path.child(field), never)
  }
}

/** Says nothing of a system that is not known. */
export function validateForSystem(spec: PodSpec, path: Path, errors: FieldErrors): void {
  const name = spec.os?.name
  if (name !== 'linux' && name !== 'windows') return
  if (name === 'windows') validateWindows(spec, path, errors)
  else if (spec.securityContext?.windowsOptions) {
    const windowsPath = path.child('securityContext').child('windowsOptions')
    errors.forbidden(windowsPath, 'windows options cannot be set for a linux pod')
  }
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    spec[field]?.forEach(({ securityContext: context = {} }, i) => {
      const at = path.child(field).index(i).child('securityContext')
      if (name === 'linux') {
        if (context.windowsOptions) errors.forbidden(at.child('windowsOptions'), 'cannot be set for a linux pod')
        return
      }
      for (const own of notOfWindowsContainers) {
        if (context[own] !== undefined) errors.forbidden(at.child(own), never)
      }
    })
  }
}
