// Defaults of a pod that depend on more than one field. What stands alone is declared on its field. The rules of
// a template are fewer than those of a pod: a template is no pod yet, and upstream fills in only what every pod
// made from it would get anyway.

import { Quantity } from '../quantity.ts'
import type { Container, EphemeralContainer } from './container.ts'
import type { PodSpec } from './pod-spec.ts'
import type { ResourceRequirements } from './resources.ts'
import { type Volume, VolumeSource } from './volume.ts'

/** An image without a tag, or with the tag `latest`, may be another one tomorrow; all others stay as they are. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  const [name = '', digest] = image.split('@', 2)
  const tag = /:([^:/]+)$/.exec(name)?.[1]
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent'
}

const sources = Object.keys(VolumeSource.fields) as (keyof VolumeSource)[]

function defaultVolume(volume: Volume): void {
  if (sources.every((source) => volume[source] === undefined)) volume.emptyDir = {}
  const { image } = volume
  if (image && !image.pullPolicy) image.pullPolicy = pullPolicyOf(image.reference ?? '')
}

export const allContainers = (spec: PodSpec): (Container | EphemeralContainer)[] => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
  ...(spec.ephemeralContainers ?? []),
]

/** For a pod and for the template of one. */
export function defaultPodSpec(spec: PodSpec): void {
  for (const container of allContainers(spec)) container.imagePullPolicy ||= pullPolicyOf(container.image ?? '')
  for (const volume of spec.volumes ?? []) defaultVolume(volume)
  // The old name of the field stays in step with the new one, for clients that know only the old.
  const account = spec.serviceAccountName || spec.serviceAccount
  if (account) {
    spec.serviceAccountName = account
    spec.serviceAccount = account
  }
}

/** A limit without a request asks for as much as it may use. */
function requestLimits(resources: ResourceRequirements): void {
  if (resources.limits) resources.requests = { ...resources.limits, ...resources.requests }
}

/** Resources that may be given for the pod as a whole. */
const ofThePod = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/** What the containers ask for together, or else the pod's own limit. */
function defaultPodResources(spec: PodSpec): void {
  const { resources } = spec
  if (!resources) return
  const requests = { ...resources.requests }
  const asked = new Map<string, Quantity>()
  for (const container of spec.containers) {
    for (const [name, amount] of Object.entries(container.resources.requests ?? {})) {
      if (name !== 'cpu' && name !== 'memory') continue
      asked.set(name, (asked.get(name) ?? Quantity.zero).add(Quantity.parse(amount)))
    }
  }
  for (const [name, sum] of asked) requests[name] ??= sum.toString()
  for (const [name, limit] of Object.entries(resources.limits ?? {})) if (ofThePod(name)) requests[name] ??= limit
  if (Object.keys(requests).length > 0) resources.requests = requests
}

export function defaultPod({ spec }: { readonly spec: PodSpec }): void {
  defaultPodSpec(spec)
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    requestLimits(container.resources)
    // A port on the host's network is a port of the host.
    if (spec.hostNetwork) for (const port of container.ports ?? []) port.hostPort ||= port.containerPort
  }
  defaultPodResources(spec)
  spec.enableServiceLinks ??= true
}
