// Takes away lasting tokens that were made for accounts without anybody asking, and that nobody uses: after a year without
// use they are marked as invalid, and after another year deleted. Upstream: the legacy-serviceaccount-token-cleaner
// controller. Tokens that people have asked for themselves stay: no account names their Secret.

import { ConfigMap } from '#api/core/config-map.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import { Secret } from '#api/core/secret.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import { isConflict, isNotFound } from '#api/status-error.ts'
import { type Controller, controller } from '#client/controller.ts'
import { dayOf, invalidSinceLabel, lastUsedLabel } from '#server/authn/secret-token.ts'

const tokenType = 'kubernetes.io/service-account-token'
const tracking = { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' }
const periodMs = 365 * 86_400_000
/** How soon a Secret that a pod holds back is looked at again. */
const dailyMs = 86_400_000

export type Step =
  | { readonly do: 'nothing' }
  | { readonly do: 'wait'; readonly untilMs: number }
  | { readonly do: 'mark' | 'delete' }

export interface Known {
  readonly nowMs: number
  /** Since when use is noted. */
  readonly since: string | undefined
  /** The account of the Secret names it: nobody has made it by hand. */
  readonly isNamed: boolean
  readonly isMounted: boolean
}

/** Undefined where there is no day that can be read. */
function dayMsOf(day: string | undefined): number | undefined {
  const ms = day === undefined ? Number.NaN : Date.parse(day)
  return Number.isNaN(ms) ? undefined : ms
}

export function plan({ type, metadata }: Secret, { nowMs, since, isNamed, isMounted }: Known): Step {
  if (type !== tokenType || metadata.deletionTimestamp !== undefined || !isNamed) return { do: 'nothing' }
  const labels = metadata.labels ?? {}
  const trackedMs = dayMsOf(since)
  if (trackedMs === undefined) return { do: 'nothing' }
  const lastUsed = labels[lastUsedLabel]
  const lastUsedMs = lastUsed === undefined ? trackedMs : dayMsOf(lastUsed)
  if (lastUsedMs === undefined) return { do: 'nothing' }
  const untilMs = Math.max(dayMsOf(metadata.creationTimestamp) ?? 0, trackedMs, lastUsedMs) + periodMs
  if (nowMs < untilMs) return { do: 'wait', untilMs }
  if (isMounted) return { do: 'wait', untilMs: nowMs + dailyMs }
  const invalidMs = dayMsOf(labels[invalidSinceLabel])
  if (invalidMs === undefined || lastUsedMs > invalidMs) return { do: 'mark' }
  return nowMs < invalidMs + periodMs ? { do: 'wait', untilMs: invalidMs + periodMs } : { do: 'delete' }
}

const mounts = ({ spec }: Pod, secret: string): boolean =>
  (spec.volumes ?? []).some((volume) => volume.secret?.secretName === secret)

export const legacyTokenCleaner: Controller = controller({
  name: 'legacy-serviceaccount-token-cleaner-controller',
  account: 'legacy-service-account-token-cleaner',
  reconciles: Secret,
  reads: [ServiceAccount, PodKind],
  async reconcile(ref, { client, clock, informers }) {
    const secret = informers.of(Secret).get(ref.namespace, ref.name)
    const account = secret?.metadata.annotations?.['kubernetes.io/service-account.name']
    if (!secret || secret.type !== tokenType || account === undefined) return undefined
    const found = informers.of(ServiceAccount).get(ref.namespace, account)
    const isNamed = found?.secrets?.some(({ name }) => name === ref.name) ?? false
    if (!isNamed) return undefined
    const map = await client.get(ConfigMap, tracking).catch((error) => {
      if (isNotFound(error)) return undefined
      throw error
    })
    const nowMs = clock.now()
    const isMounted = informers
      .of(PodKind)
      .list(ref.namespace)
      .some((pod) => mounts(pod, ref.name))
    const step = plan(secret, { nowMs, since: map?.data?.since, isNamed, isMounted })
    if (step.do === 'wait') return { againAfterMs: step.untilMs - nowMs }
    const { uid, resourceVersion } = secret.metadata
    try {
      if (step.do === 'mark') {
        const labels = { [invalidSinceLabel]: dayOf(nowMs) }
        await client.patch(Secret, ref, { metadata: { uid, resourceVersion, labels } }, { type: 'merge' })
      }
      if (step.do === 'delete') await client.delete(Secret, ref, { uid, resourceVersion })
    } catch (error) {
      // It has been used or changed meanwhile, which wakes this again.
      if (!isNotFound(error) && !isConflict(error)) throw error
    }
    return undefined
  },
})
