// Which checks belong to a level in a version of the standard: one line each. Those of baseline come first, each group
// by name, as upstream tells of them; a check of restricted may stand in for one of baseline.

import {
  appArmorProfile,
  capabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMount,
  seccompAnnotations,
  seccompProfile,
  seLinuxOptions10,
  seLinuxOptions31,
  sysctlVersions,
  windowsHostProcess,
} from './baseline.ts'
import { type Check, type CheckedPod, hasOwnUsers, isWindows, unless, type Violation } from './pod.ts'
import type { LevelVersion } from './policy.ts'
import {
  allowPrivilegeEscalation,
  droppedCapabilities,
  neededSeccompProfile,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
} from './restricted.ts'

interface Rule {
  readonly name: string
  /** The check of baseline that it stands in for. */
  readonly overrides?: string
  /** The one for a version is the last that is not newer. */
  readonly versions: readonly { readonly since: number; readonly check: Check }[]
}

const always = (check: Check) => [{ since: 0, check }]
const since = (minor: number, check: Check) => ({ since: minor, check })

const baseline: readonly Rule[] = [
  { name: 'appArmorProfile', versions: always(appArmorProfile) },
  { name: 'capabilities_baseline', versions: always(capabilities) },
  { name: 'hostNamespaces', versions: always(hostNamespaces) },
  { name: 'hostPathVolumes', versions: always(hostPathVolumes) },
  { name: 'hostPorts', versions: always(hostPorts) },
  { name: 'hostProbesAndHostLifecycle', versions: [since(34, hostProbesAndHostLifecycle)] },
  { name: 'privileged', versions: always(privileged) },
  { name: 'procMount', versions: [since(0, procMount), since(35, unless(hasOwnUsers, procMount))] },
  { name: 'seLinuxOptions', versions: [since(0, seLinuxOptions10), since(31, seLinuxOptions31)] },
  { name: 'seccompProfile_baseline', versions: [since(0, seccompAnnotations), since(19, seccompProfile)] },
  { name: 'sysctls', versions: sysctlVersions },
  { name: 'windowsHostProcess', versions: always(windowsHostProcess) },
]

const restricted: readonly Rule[] = [
  {
    name: 'allowPrivilegeEscalation',
    versions: [since(8, allowPrivilegeEscalation), since(25, unless(isWindows, allowPrivilegeEscalation))],
  },
  {
    name: 'capabilities_restricted',
    overrides: 'capabilities_baseline',
    versions: [since(22, droppedCapabilities), since(25, unless(isWindows, droppedCapabilities))],
  },
  { name: 'procMount_restricted', overrides: 'procMount', versions: [since(35, procMount)] },
  { name: 'restrictedVolumes', overrides: 'hostPathVolumes', versions: always(restrictedVolumes) },
  { name: 'runAsNonRoot', versions: [since(0, runAsNonRoot), since(35, unless(hasOwnUsers, runAsNonRoot))] },
  { name: 'runAsUser', versions: [since(23, runAsUser), since(35, unless(hasOwnUsers, runAsUser))] },
  {
    name: 'seccompProfile_restricted',
    overrides: 'seccompProfile_baseline',
    versions: [since(19, neededSeccompProfile), since(25, unless(isWindows, neededSeccompProfile))],
  },
]

/** Nothing changes after it, so that every later version, and `latest`, means this one. */
export const newest = Math.max(
  ...[...baseline, ...restricted].flatMap(({ versions }) => versions.map((one) => one.since)),
)

const inForce = ({ versions }: Rule, minor: number): Check | undefined =>
  versions.findLast((version) => version.since <= minor)?.check

function checksFor(level: 'baseline' | 'restricted', minor: number): readonly Check[] {
  const added = level === 'baseline' ? [] : restricted.filter((rule) => inForce(rule, minor))
  const overridden = new Set(added.map(({ overrides }) => overrides))
  const rules = [...baseline.filter(({ name }) => !overridden.has(name)), ...added]
  return rules.flatMap((rule) => inForce(rule, minor) ?? [])
}

const minors = Array.from({ length: newest + 1 }, (_, minor) => minor)
const table = {
  privileged: minors.map((): readonly Check[] => []),
  baseline: minors.map((minor) => checksFor('baseline', minor)),
  restricted: minors.map((minor) => checksFor('restricted', minor)),
}

/** All that the level has against the pod. */
export function violations({ level, version }: LevelVersion, pod: CheckedPod): readonly Violation[] {
  const minor = version === 'latest' ? newest : Math.min(version, newest)
  return table[level][minor]!.flatMap((check) => check(pod) ?? [])
}

/** `privileged, hostPort` */
export const reasons = (found: readonly Violation[]): string => found.map(({ reason }) => reason).join(', ')

/** `host namespaces (hostPID=true), privileged (container "a" must not ...)` */
export const details = (found: readonly Violation[]): string =>
  found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
