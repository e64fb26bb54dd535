// Empties a namespace that is being deleted, pods first, says in its conditions what is left, and lets it go when
// nothing is.
//
// Assumes nothing new can be created in such a namespace. Guarantees: the namespace goes only after the server itself
// has said for every kind that nothing is there.

import { type Namespace, type NamespaceCondition, Namespace as NamespaceKind } from '#api/core/namespace.ts'
import { Pod as PodKind } from '#api/core/pod.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import { isConflict, isNotFound, StatusError } from '#api/status-error.ts'
import type { Ref } from '#client/client.ts'
import { type Controller, type ControllerContext, controller } from '#client/controller.ts'
import { formatTime } from '#lib/clock.ts'
import { errorText } from '#lib/log.ts'
import { isEqual } from './equal.ts'
import { compareText } from './pods.ts'
import { followStoredKinds, type KindsElsewhere, storedKinds } from './stored-kinds.ts'

/** What is left of one kind. */
export interface Left {
  readonly kind: Pick<AnyKind, 'group' | 'plural'>
  readonly count: number
  /** How many of them wait for each finalizer. */
  readonly finalizers: Readonly<Record<string, number>>
}

const ok: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
]

/** The five conditions of a namespace that is being emptied. */
export function conditionsFor(
  old: readonly NamespaceCondition[],
  left: readonly Left[],
  failures: readonly string[],
  nowMs: number,
  unknown: readonly string[] = [],
): readonly NamespaceCondition[] {
  const bad = new Map<string, readonly [reason: string, message: string]>()
  if (unknown.length > 0) {
    const stale = unknown.map((version) => `${version}: stale GroupVersion discovery: ${version}`).sort()
    const text = `unable to retrieve the complete list of server APIs: ${stale.join(', ')}`
    const message = `Discovery failed for some groups, ${unknown.length} failing: ${text}`
    bad.set('NamespaceDeletionDiscoveryFailure', ['DiscoveryFailed', message])
  }
  if (failures.length > 0) {
    const text = `Failed to delete all resource types, ${failures.length} remaining: ${[...failures].sort().join(', ')}`
    bad.set('NamespaceDeletionContentFailure', ['ContentDeletionFailed', text])
  }
  if (left.length > 0) {
    const texts = left.map(({ kind, count }) => `${kind.plural}.${kind.group} has ${count} resource instances`)
    const text = `Some resources are remaining: ${texts.sort().join(', ')}`
    bad.set('NamespaceContentRemaining', ['SomeResourcesRemain', text])
  }
  const finalizers: Record<string, number> = {}
  for (const each of left)
    for (const [name, count] of Object.entries(each.finalizers)) finalizers[name] = (finalizers[name] ?? 0) + count
  const names = Object.keys(finalizers).sort()
  if (names.length > 0) {
    const texts = names.map((name) => `${name} in ${finalizers[name]} resource instances`)
    const text = `Some content in the namespace has finalizers remaining: ${texts.join(', ')}`
    bad.set('NamespaceFinalizersRemaining', ['SomeFinalizersRemain', text])
  }
  const others = old.filter(({ type }) => !ok.some(([ours]) => ours === type))
  const ours = ok.map(([type, goodReason, goodText]): NamespaceCondition => {
    const [reason, message] = bad.get(type) ?? [goodReason, goodText]
    const status = bad.has(type) ? 'True' : 'False'
    const before = old.find((condition) => condition.type === type)
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : formatTime(nowMs)
    return { type, status, lastTransitionTime, reason, message }
  })
  return [...others, ...ours]
}

const isLeaving = (namespace: Namespace | undefined): namespace is Namespace =>
  namespace?.metadata.deletionTimestamp !== undefined && (namespace.spec.finalizers ?? []).includes('kubernetes')

/** What other servers have is not watched for this: they are asked again, as is one that was out of reach. */
const askElsewhereAgainMs = 5000

export function namespaceController(kinds: KindRegistry, elsewhere?: KindsElsewhere): Controller {
  return controller({
    name: 'namespace-controller',
    account: 'namespace-controller',
    reconciles: NamespaceKind,
    start({ informers, enqueue, signal }) {
      const namespaces = informers.of(NamespaceKind)
      // What has gone may have been the last thing that a namespace waited for.
      const follow = (kind: AnyKind) =>
        informers.of(kind).onChange((next?: ApiObject, old?: ApiObject) => {
          const name = old?.metadata.namespace
          if (!next && name && isLeaving(namespaces.get(undefined, name))) enqueue({ name })
        })
      const stop = followStoredKinds(kinds, {
        onKind: (kind) => void (kind.namespaced && follow(kind)),
        onGone: (kind) => informers.drop(kind),
      })
      signal.addEventListener('abort', stop, { once: true })
    },
    async reconcile({ name }, context) {
      const namespace = context.informers.of(NamespaceKind).get(undefined, name)
      if (!isLeaving(namespace)) return
      const unknown = elsewhere?.unknown() ?? []
      const others = elsewhere ? storedKinds(elsewhere.kinds).filter((kind) => !unknown.includes(kind.apiVersion)) : []
      const namespaced = [...storedKinds(kinds), ...others].filter((kind) => kind.namespaced)
      const { left, failures } = await empty(name, namespaced, context)
      const nowMs = context.clock.now()
      const conditions = conditionsFor(namespace.status.conditions ?? [], left, failures, nowMs, unknown)
      if (left.length === 0 && failures.length === 0 && unknown.length === 0) return finalize(namespace, context)
      if (!isEqual(conditions, namespace.status.conditions)) await putConditions(namespace, conditions, context)
      if (failures.length > 0) throw new Error(`Cannot empty namespace ${JSON.stringify(name)}: ${failures.join(', ')}`)
      const isElsewhere = left.some(({ kind }) => others.some((other) => other === kind))
      return unknown.length > 0 || isElsewhere ? { againAfterMs: askElsewhereAgainMs } : undefined
    },
  })
}

/** Pods first, and only when they have gone the rest: what they use must not vanish under them. */
async function empty(
  namespace: string,
  kinds: readonly AnyKind[],
  context: ControllerContext,
): Promise<{ readonly left: readonly Left[]; readonly failures: readonly string[] }> {
  const failures: string[] = []
  const remaining = async (some: readonly AnyKind[]) => {
    const left = await Promise.all(
      some.map((kind) =>
        emptyKind(namespace, kind, context).catch((error) => {
          if (isMissing(error)) return undefined
          failures.push(errorText(error))
          return undefined
        }),
      ),
    )
    return left.filter((each) => each !== undefined)
  }
  const pods = await remaining(kinds.filter((kind) => kind === PodKind))
  if (pods.length > 0) return { left: pods, failures }
  const others = await remaining(kinds.filter((kind) => kind !== PodKind))
  return { left: others.sort((a, b) => compareText(a.kind.plural, b.kind.plural)), failures }
}

/** The kind is not served any more, or cannot be deleted as a collection there. */
const isMissing = (error: unknown): boolean =>
  error instanceof StatusError && (error.code === 404 || error.code === 405)

/** Asks for the deletion of what is not being deleted yet, and says what is left. */
async function emptyKind(
  namespace: string,
  kind: AnyKind,
  { client, signal }: ControllerContext,
): Promise<Left | undefined> {
  const before = (await client.list(kind, { namespace, signal })).items as readonly ApiObject[]
  if (before.length === 0) return undefined
  let items = before
  if (before.some(({ metadata }) => metadata.deletionTimestamp === undefined)) {
    await client.deleteCollection(kind, { namespace, signal }, { propagationPolicy: 'Background' })
    items = (await client.list(kind, { namespace, signal })).items as readonly ApiObject[]
    if (items.length === 0) return undefined
  }
  const finalizers: Record<string, number> = {}
  for (const { metadata } of items)
    for (const finalizer of metadata.finalizers ?? []) finalizers[finalizer] = (finalizers[finalizer] ?? 0) + 1
  return { kind, count: items.length, finalizers }
}

async function putConditions(
  namespace: Namespace,
  conditions: readonly NamespaceCondition[],
  { client }: ControllerContext,
): Promise<void> {
  await client.updateStatus(NamespaceKind, {
    ...namespace,
    status: { ...namespace.status, phase: 'Terminating', conditions: [...conditions] },
  })
}

async function finalize(namespace: Namespace, { client }: ControllerContext): Promise<void> {
  const finalizers = (namespace.spec.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes')
  const ref: Ref = { name: namespace.metadata.name ?? '' }
  try {
    const next = { ...namespace, spec: { ...namespace.spec, finalizers } }
    await client.update(NamespaceKind, next, { subresource: 'finalize' })
  } catch (error) {
    if (isNotFound(error)) return
    if (!isConflict(error)) throw new Error(`Cannot finalize namespace ${JSON.stringify(ref.name)}`, { cause: error })
    throw error
  }
}
