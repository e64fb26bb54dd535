// An authorizer elsewhere: it is asked by SubjectAccessReview, and what it said is remembered for a while. Where it
// gives no answer it has no opinion, unless failures are to refuse.

import { parseFieldSelector } from '#api/field-selector.ts'
import type { Clock } from '#lib/clock.ts'
import { isObject } from '#lib/json.ts'
import type { Log } from '#lib/log.ts'
import { Lru } from '#lib/lru.ts'
import type { Attributes, Authorize, Decision } from '../access.ts'

export type ReviewVersion = 'v1' | 'v1beta1'

/** Of a spec, whether the webhook is to be asked at all. Throws where it cannot be said. */
export type Condition = (spec: object) => boolean

export interface AuthorizationWebhookOptions {
  /** For messages. */
  readonly name: string
  readonly version: ReviewVersion
  /** Zero: not remembered. */
  readonly allowedTtlMs: number
  readonly deniedTtlMs: number
  readonly onFailure: 'NoOpinion' | 'Deny'
  readonly conditions?: readonly Condition[]
  /** Posts a review; gives the parsed answer. */
  readonly post: (review: object) => Promise<unknown>
  readonly clock: Clock
  readonly log: Log
}

const group = 'authorization.k8s.io'
const maxRemembered = 1024
/** A request that is longer is not remembered: whoever asks could fill the memory. */
const longestRemembered = 10_000

/** What is asked, as `SubjectAccessReviewSpec`. */
export function specOf(attributes: Attributes): object {
  const { user, isResource, verb, path } = attributes
  const { name, uid, groups, extra } = user
  return {
    ...(isResource
      ? { resourceAttributes: resourceOf(attributes) }
      : { nonResourceAttributes: filled({ path, verb }) }),
    ...(name === '' ? {} : { user: name }),
    ...(groups.length > 0 ? { groups } : {}),
    ...(extra ? { extra } : {}),
    ...(uid ? { uid } : {}),
  }
}

function resourceOf({ namespace, verb, group, version, resource, subresource, name, fieldSelector = '' }: Attributes) {
  const requirements = requirementsOf(fieldSelector)
  return {
    ...filled({ namespace, verb, group, version, resource, subresource, name }),
    ...(requirements.length > 0 ? { fieldSelector: { requirements } } : {}),
  }
}

const filled = (texts: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))

function requirementsOf(selector: string): readonly object[] {
  try {
    return parseFieldSelector(selector).requirements.map(({ field, operator, value }) => ({
      key: field,
      operator: operator === '=' ? 'In' : 'NotIn',
      values: [value],
    }))
  } catch {
    // What is wrong with it is said by whoever answers the request.
    return []
  }
}

export function reviewOf(version: ReviewVersion, spec: object): object {
  const { groups, ...rest } = spec as { groups?: readonly string[] }
  const older = groups ? { ...rest, group: groups } : rest
  return {
    kind: 'SubjectAccessReview',
    apiVersion: `${group}/${version}`,
    metadata: {},
    spec: version === 'v1' ? spec : older,
    status: { allowed: false },
  }
}

/** Throws where it is no answer. */
export function decisionOf(answer: unknown): Decision {
  const status = isObject(answer) ? answer.status : undefined
  if (!isObject(status)) throw new Error('the answer has no status')
  const reason = typeof status.reason === 'string' ? status.reason : ''
  if (status.denied === true) return { allowed: false, denied: true, reason }
  return status.allowed === true ? { allowed: true, reason } : { allowed: false, reason }
}

/** One that is false decides. Throws where none is, but some cannot be said. */
function allTrue(conditions: readonly Condition[], spec: object): boolean {
  const problems: unknown[] = []
  for (const condition of conditions) {
    try {
      if (!condition(spec)) return false
    } catch (error) {
      problems.push(error)
    }
  }
  if (problems.length > 0) throw problems[0]
  return true
}

interface Remembered {
  readonly decision: Decision
  readonly untilMs: number
}

const noOpinion: Decision = { allowed: false, reason: '' }

export function authorizationWebhook(options: AuthorizationWebhookOptions): Authorize {
  const { name, version, conditions = [], post, clock, log } = options
  const remembered = new Lru<string, Remembered>({ maxEntries: maxRemembered })
  const onFailure: Decision = options.onFailure === 'Deny' ? { allowed: false, denied: true, reason: '' } : noOpinion

  const failed = (what: string, error: unknown): Decision => {
    log.warn('An authorization webhook gives no answer', { name, what, error: (error as Error).message })
    return onFailure
  }

  const ask = async (spec: object, key: string): Promise<Decision> => {
    let decision: Decision
    try {
      decision = decisionOf(await post(reviewOf(version, spec)))
    } catch (error) {
      return failed('webhook request failed', error)
    }
    const ttlMs = decision.allowed ? options.allowedTtlMs : options.deniedTtlMs
    if (ttlMs > 0 && key.length < longestRemembered)
      remembered.set(key, { decision, untilMs: clock.monotonic() + ttlMs })
    return decision
  }

  return (attributes) => {
    const spec = specOf(attributes)
    const key = JSON.stringify(spec)
    const known = remembered.get(key)
    if (known && known.untilMs > clock.monotonic()) return known.decision
    try {
      if (!allTrue(conditions, spec)) return noOpinion
    } catch (error) {
      return failed('matchConditions', error)
    }
    return ask(spec, key)
  }
}
