// What is allowed in a pod but hardly meant, or does nothing any more: the client is told, and gets what it asked for.

import { Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { dns1123Label } from '../names.ts'
import { addressWarnings } from '../networking/address-warnings.ts'
import { Quantity } from '../quantity.ts'
import type { PodAffinity } from './affinity.ts'
import type { Container, ContainerPort, EphemeralContainer } from './container.ts'
import { nodeLabelWarnings, nodeTermWarnings, outdatedNodeLabel } from './node-label-warnings.ts'
import { overlapWarnings } from './overlap-warnings.ts'
import type { PodSpec } from './pod-spec.ts'
import type { PodTemplateSpec } from './pod-template-types.ts'
import { claimSpecWarnings, goneSourceWarnings } from './volume-warnings.ts'

type AnyContainer = Container | EphemeralContainer

const quoted = JSON.stringify
const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
const selectsNothing = 'a null labelSelector results in matching no pod'

function placeWarnings({ nodeSelector, affinity, topologySpreadConstraints = [] }: PodSpec, path: Path): string[] {
  const warnings = nodeLabelWarnings(Object.keys(nodeSelector ?? {}), (key) => path.child('nodeSelector').key(key))
  const nodePath = path.child('affinity').child('nodeAffinity')
  affinity?.nodeAffinity?.[required]?.nodeSelectorTerms?.forEach((term, i) => {
    warnings.push(...nodeTermWarnings(term, false, nodePath.child(required).child('nodeSelectorTerms').index(i)))
  })
  affinity?.nodeAffinity?.[preferred]?.forEach(({ preference }, i) => {
    warnings.push(...nodeTermWarnings(preference, true, nodePath.child(preferred).index(i).child('preference')))
  })
  topologySpreadConstraints.forEach(({ topologyKey = '', labelSelector }, i) => {
    const at = path.child('topologySpreadConstraints').index(i)
    const told = outdatedNodeLabel(topologyKey)
    if (told !== undefined) warnings.push(`${at.child('topologyKey')}: ${topologyKey} is ${told}`)
    if (!labelSelector) warnings.push(`${at.child('labelSelector')}: ${selectsNothing}`)
  })
  return warnings
}

function nearWarnings(affinity: PodAffinity | undefined, path: Path): string[] {
  const paths = [
    ...(affinity?.[required] ?? []).map((term, i) => [term, path.child(required).index(i)] as const),
    ...(affinity?.[preferred] ?? []).map(
      (one, i) => [one.podAffinityTerm, path.child(preferred).index(i).child('podAffinityTerm')] as const,
    ),
  ]
  return paths.flatMap(([term, at]) => (term.labelSelector ? [] : [`${at.child('labelSelector')}: ${selectsNothing}`]))
}

const outdatedAnnotations = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
] as const
const podSeccomp = 'seccomp.security.alpha.kubernetes.io/pod'
const containerSeccomp = 'container.seccomp.security.alpha.kubernetes.io/'
const containerAppArmor = 'container.apparmor.security.beta.kubernetes.io/'
const seccompGone = 'non-functional in v1.27+; use the "seccompProfile" field instead'
const appArmorGoing = 'deprecated since v1.30; use the "appArmorProfile" field instead'

function volumeWarnings({ volumes = [] }: PodSpec, path: Path): string[] {
  const warnings = volumes.flatMap((volume, i) => {
    const at = path.child('volumes').index(i)
    const { spec } = volume.ephemeral?.volumeClaimTemplate ?? {}
    const claimPath = at.child('ephemeral').child('volumeClaimTemplate').child('spec')
    return [...goneSourceWarnings(volume, at), ...(spec ? claimSpecWarnings(spec, claimPath) : [])]
  })
  return [...warnings, ...volumes.flatMap(overlapWarnings)]
}

/** An address or a name that was there before, if there are several. */
function nameWarnings({ hostAliases = [], imagePullSecrets = [] }: PodSpec, path: Path): string[] {
  const warnings: string[] = []
  hostAliases.forEach(({ ip }, i) => {
    const again = hostAliases.slice(0, i).some((other) => other.ip === ip)
    if (again) warnings.push(`${path.child('hostAliases').index(i).child('ip')}: duplicate ip ${quoted(ip)}`)
  })
  const namePath = (i: number) => path.child('imagePullSecrets').index(i).child('name')
  const names = imagePullSecrets.map(({ name }) => name ?? '')
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) warnings.push(`${namePath(i)}: duplicate name ${quoted(name)}`)
  })
  names.forEach((name, i) => {
    if (name === '') warnings.push(`${namePath(i)}: invalid empty name ""`)
  })
  return warnings
}

const inBytes = ['memory', 'ephemeral-storage']

/** Amounts that are seen to be whole. */
const whole = /^\d+([KMGTPE]i|[kMGTPE])?$/

function fractionWarning(amounts: Readonly<Record<string, string>> | undefined, name: string, path: Path): string[] {
  const text = amounts?.[name]
  if (text === undefined || whole.test(text)) return []
  const amount = Quantity.parse(text)
  if (amount.isInteger) return []
  return [`${path.key(name)}: fractional byte value ${quoted(amount.toString())} is invalid, must be an integer`]
}

function fractionWarnings({ resources }: AnyContainer, path: Path): string[] {
  return inBytes.flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((field) =>
      fractionWarning(resources?.[field], name, path.child('resources').child(field)),
    ),
  )
}

function variableWarnings({ env = [] }: AnyContainer, path: Path): string[] {
  const seen = new Set<string>()
  return env.flatMap(({ name, value = '', valueFrom }, i) => {
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const itself = `$(${name})`
    // A variable may add to the one before it.
    const adds = valueFrom === undefined && value !== itself && value.includes(itself)
    if (adds) return []
    const told = `hides previous definition of ${quoted(name)}, which may be dropped when using apply`
    return [`${path.child('env').index(i)}: ${told}`]
  })
}

interface Port {
  readonly port: ContainerPort
  readonly path: Path
}

/** How a port stands to one of the same number and protocol that comes before it. */
function portConflict({ hostIP = '', hostPort = 0 }: ContainerPort, other: ContainerPort): string | undefined {
  const { hostIP: otherIP = '', hostPort: otherPort = 0 } = other
  if (hostIP === otherIP && hostPort === otherPort) return 'duplicate'
  if (hostPort === 0 || otherPort === 0) return 'overlapping'
  return hostPort === otherPort && (hostIP === '') !== (otherIP === '') ? 'dangerously ambiguous' : undefined
}

/** As Go prints it. */
const shown = ({ name = '', hostPort = 0, containerPort, protocol, hostIP = '' }: ContainerPort): string =>
  `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`

function portWarnings(ports: readonly Port[]): string[] {
  const warnings: string[] = []
  ports.forEach(({ port, path }, i) => {
    if (port.hostIP && !port.hostPort) warnings.push(`${path}: hostIP set without hostPort: ${shown(port)}`)
    for (const other of ports.slice(0, i)) {
      if (other.port.containerPort !== port.containerPort || other.port.protocol !== port.protocol) continue
      const conflict = portConflict(port, other.port)
      if (conflict) warnings.push(`${path}: ${conflict} port definition with ${other.path}`)
    }
  })
  const named = new Map<string, Path>()
  for (const { port, path } of ports) {
    if (!port.name) continue
    const first = named.get(port.name)
    if (!first) named.set(port.name, path)
    else {
      const told = `services and probes that select ports by name will use ${first}`
      warnings.push(`${path}: duplicate port name ${quoted(port.name)} with ${first}, ${told}`)
    }
  }
  return warnings
}

/** `path` is that of the template; a pod stands at the root. */
function allWarnings({ metadata, spec }: PodTemplateSpec, path: Path | undefined): string[] {
  const specPath = path ? path.child('spec') : Path.of('spec')
  const annotations = metadata?.annotations ?? {}
  const annotation = (key: string, told: string): string[] =>
    key in annotations
      ? [`${(path ? path.child('metadata') : Path.of('metadata')).child('annotations').key(key)}: ${told}`]
      : []
  const { seccompProfile, appArmorProfile } = spec.securityContext ?? {}
  const containers = (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((field) =>
    (spec[field] ?? []).map((container: AnyContainer, i) => ({ container, at: specPath.child(field).index(i) })),
  )
  const warnings = [
    ...placeWarnings(spec, specPath),
    ...outdatedAnnotations.flatMap(([key, told]) => annotation(key, told)),
    ...volumeWarnings(spec, specPath),
    ...nameWarnings(spec, specPath),
    ...inBytes.flatMap((name) => fractionWarning(spec.overhead, name, specPath.child('overhead'))),
    ...(seccompProfile ? [] : annotation(podSeccomp, seccompGone)),
    ...containers.flatMap(({ container, at }) => {
      const { name, securityContext } = container
      const armoured = appArmorProfile ?? securityContext?.appArmorProfile
      return [
        ...(securityContext?.seccompProfile ? [] : annotation(containerSeccomp + name, seccompGone)),
        ...(armoured ? [] : annotation(containerAppArmor + name, appArmorGoing)),
        ...fractionWarnings(container, at),
        ...variableWarnings(container, at),
      ]
    }),
    ...portWarnings(
      containers.flatMap(({ container, at }) =>
        (container.ports ?? []).map((port, i) => ({ port, path: at.child('ports').index(i) })),
      ),
    ),
  ]
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    const told = 'must be >= 0; negative values are invalid and will be treated as 1'
    warnings.push(`${specPath.child('terminationGracePeriodSeconds')}: ${told}`)
  }
  for (const field of ['podAffinity', 'podAntiAffinity'] as const) {
    warnings.push(...nearWarnings(spec.affinity?.[field], specPath.child('affinity').child(field)))
  }
  spec.dnsConfig?.nameservers?.forEach((ip, i) => {
    warnings.push(...addressWarnings(ip, specPath.child('dnsConfig').child('nameservers').index(i)))
  })
  spec.hostAliases?.forEach(({ ip }, i) => {
    warnings.push(...addressWarnings(ip, specPath.child('hostAliases').index(i).child('ip')))
  })
  return warnings
}

export const podWarnings = (pod: PodTemplateSpec): string[] => allWarnings(pod, undefined)

interface Owner {
  readonly metadata: ObjectMeta
}

/** Of a template that is new, or that has changed: what is stored already was told before. */
export function templateWarnings(
  template: PodTemplateSpec | undefined,
  path: Path,
  object: Owner,
  old: Owner | undefined,
): string[] {
  if (!template || (old && old.metadata.generation === object.metadata.generation)) return []
  return allWarnings(template, path)
}

const labelWarning = (name: string, told: string): string[] => {
  const complaints = dns1123Label(name)
  const why = 'which can result in surprising behavior; a DNS label is recommended'
  return complaints.length === 0 ? [] : [`metadata.name: ${told}, ${why}: [${complaints.join(' ')}]`]
}

/** The name of a pod is its host name, too. */
export const hostNameWarning = (name = ''): string[] => labelWarning(name, "this is used in the Pod's hostname")

/** For what makes pods: they are called after it. */
export const podNameWarning = ({ metadata }: Owner, old: Owner | undefined): string[] =>
  old ? [] : labelWarning(metadata.name ?? '', 'this is used in Pod names and hostnames')
