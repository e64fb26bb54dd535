// What ties a Deployment to its ReplicaSets: which of them has the current template, how they are named, and the
// annotations that `kubectl rollout history` and `undo` read.

import type { Deployment } from '#api/apps/deployment.ts'
import { Deployment as DeploymentKind } from '#api/apps/deployment.ts'
import type { ReplicaSet, ReplicaSet as ReplicaSetKind } from '#api/apps/replica-set.ts'
import type { PodTemplateSpec } from '#api/core/pod-template-types.ts'
import type { Draft } from '#client/client.ts'
import { canonical, fnv32a, safeEncode } from './equal.ts'
import { controllerReference } from './owners.ts'
import { compareText } from './pods.ts'

export const hashLabel = 'pod-template-hash'
export const revisionAnnotation = 'deployment.kubernetes.io/revision'
const historyAnnotation = 'deployment.kubernetes.io/revision-history'
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas'
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas'
const longestHistory = 2000

/** Annotations of the Deployment that are its own and not handed on. */
const ownAnnotations: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
])

const texts = new WeakMap<PodTemplateSpec, string>()

/** The template as text, without the label that the controller adds. Made once per version of an object. */
function textOf(template: PodTemplateSpec): string {
  let text = texts.get(template)
  if (text === undefined) {
    const { [hashLabel]: _, ...labels } = template.metadata.labels ?? {}
    const metadata = { ...template.metadata, labels: Object.keys(labels).length > 0 ? labels : undefined }
    text = canonical({ ...template, metadata })
    texts.set(template, text)
  }
  return text
}

export const isSameTemplate = (a: PodTemplateSpec, b: PodTemplateSpec): boolean => textOf(a) === textOf(b)

/** Differs for templates that differ, and for each collision that has happened. */
export const templateHash = (template: PodTemplateSpec, collisions: number | undefined): string =>
  safeEncode(String(fnv32a(`${textOf(template)}${collisions ?? ''}`)))

export const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
  compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
  compareText(a.metadata.name ?? '', b.metadata.name ?? '')

/** The oldest set with the current template: rolling back finds the one that had it first. */
export const findNewSet = (deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  [...sets].sort(byAge).find((set) => isSameTemplate(set.spec.template, deployment.spec.template))

export const revisionOf = ({ metadata }: { readonly metadata: ReplicaSet['metadata'] }): number => {
  const revision = Number(metadata.annotations?.[revisionAnnotation] ?? 0)
  return Number.isSafeInteger(revision) ? revision : 0
}

export const newestRevision = (sets: readonly ReplicaSet[]): number => Math.max(0, ...sets.map(revisionOf))

/** The annotations that the newest set should have, beside those about sizes. */
export function annotationsFor(
  deployment: Deployment,
  old: Readonly<Record<string, string>>,
  revision: number,
): Readonly<Record<string, string>> {
  const next = { ...old }
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!ownAnnotations.has(key)) next[key] = value
  const before = old[revisionAnnotation]
  if (Number(before ?? 0) >= revision) return next
  next[revisionAnnotation] = String(revision)
  if (before !== undefined) {
    const history = appendHistory(old[historyAnnotation] ?? '', before)
    if (history !== undefined) next[historyAnnotation] = history
  }
  return next
}

/** Adds the revision that a set had before it became the newest again; the oldest make room. */
function appendHistory(history: string, revision: string): string | undefined {
  const revisions = history === '' ? [] : history.split(',')
  let length = history.length + revision.length + 1
  while (length > longestHistory && revisions.length > 0) length -= (revisions.shift() ?? '').length + 1
  return length <= longestHistory ? [...revisions, revision].join(',') : undefined
}

/** The set for the current template, not created yet. */
export function newSet(
  deployment: Deployment,
  revision: number,
): Draft<typeof ReplicaSetKind> & { metadata: { name: string } } {
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = templateHash(template, deployment.status.collisionCount)
  const labels = { ...template.metadata.labels, [hashLabel]: hash }
  return {
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: annotationsFor(deployment, {}, revision),
      ownerReferences: [controllerReference(DeploymentKind, deployment)],
    },
    spec: {
      replicas: 0,
      minReadySeconds,
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}
