// In which order clients find groups and versions: by the numbers of their APIServices, and for what this server
// answers itself by upstream's, so that `kubectl get events` or an ambiguous short name mean the same there and here.

import { compareVersions } from '#api/custom/kind.ts'

export interface Priority {
  readonly group: number
  readonly version: number
}

/** As upstream's `DefaultGenericAPIServicePriorities` and those of its control plane. */
const known: Readonly<Record<string, readonly [group: number, version: number]>> = {
  '/v1': [18_000, 1],
  'apps/v1': [17_800, 15],
  'events.k8s.io/v1': [17_750, 15],
  'authentication.k8s.io/v1': [17_700, 15],
  'authorization.k8s.io/v1': [17_600, 15],
  'autoscaling/v1': [17_500, 15],
  'autoscaling/v2': [17_500, 30],
  'batch/v1': [17_400, 15],
  'certificates.k8s.io/v1': [17_300, 15],
  'certificates.k8s.io/v1beta1': [17_300, 9],
  'certificates.k8s.io/v1alpha1': [17_300, 1],
  'networking.k8s.io/v1': [17_200, 15],
  'networking.k8s.io/v1beta1': [17_200, 9],
  'policy/v1': [17_100, 15],
  'rbac.authorization.k8s.io/v1': [17_000, 15],
  'storage.k8s.io/v1': [16_800, 15],
  'storage.k8s.io/v1beta1': [16_800, 9],
  'storage.k8s.io/v1alpha1': [16_800, 1],
  'apiextensions.k8s.io/v1': [16_700, 15],
  'admissionregistration.k8s.io/v1': [16_700, 15],
  'admissionregistration.k8s.io/v1beta1': [16_700, 12],
  'admissionregistration.k8s.io/v1alpha1': [16_700, 9],
  'scheduling.k8s.io/v1': [16_600, 15],
  'coordination.k8s.io/v1': [16_500, 15],
  'coordination.k8s.io/v1beta1': [16_500, 13],
  'coordination.k8s.io/v1alpha2': [16_500, 12],
  'node.k8s.io/v1': [16_300, 15],
  'resource.k8s.io/v1': [16_200, 20],
  'resource.k8s.io/v1beta2': [16_200, 15],
  'resource.k8s.io/v1beta1': [16_200, 9],
  'resource.k8s.io/v1alpha3': [16_200, 1],
  'discovery.k8s.io/v1': [16_200, 15],
  'flowcontrol.apiserver.k8s.io/v1': [16_100, 21],
  'internal.apiserver.k8s.io/v1alpha1': [16_000, 9],
  'storagemigration.k8s.io/v1': [15_800, 15],
  'storagemigration.k8s.io/v1beta1': [15_800, 9],
}

/** Of groups that are defined at run time. */
const custom: Priority = { group: 1000, version: 100 }

/** What an extension API server that may be installed brings along: until then it has no APIService that would be in the
 *  way of the installation. */
const replaceable: Readonly<Record<string, Priority>> = { 'metrics.k8s.io/v1beta1': { group: 100, version: 100 } }

/** It stands before all others and has no APIService of its own, as upstream. */
export const registrationGroup = 'apiregistration.k8s.io'

export function localPriority(group: string, version: string): Priority {
  if (group === registrationGroup) return { group: 20_001, version: 1 }
  const numbers = known[`${group}/${version}`]
  if (numbers) return { group: numbers[0], version: numbers[1] }
  return Object.hasOwn(replaceable, `${group}/${version}`) ? replaceable[`${group}/${version}`]! : custom
}

/** A built-in version that the table knows; every other one counts as custom. */
export const hasPriority = (group: string, version: string): boolean => Object.hasOwn(known, `${group}/${version}`)

export interface Prioritized {
  readonly group: string
  readonly version: string
  readonly priority: Priority
}

export interface OrderedGroup {
  readonly name: string
  /** The first is the preferred one. */
  readonly versions: readonly string[]
}

/** A group is as important as the most important of its versions. */
export function inOrder(all: Iterable<Prioritized>): readonly OrderedGroup[] {
  const groups = [...Map.groupBy(all, ({ group }) => group)].map(([name, versions]) => ({
    name,
    priority: Math.max(...versions.map(({ priority }) => priority.group)),
    versions: versions
      .sort((a, b) => b.priority.version - a.priority.version || compareVersions(a.version, b.version))
      .map(({ version }) => version),
  }))
  return groups.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
}
