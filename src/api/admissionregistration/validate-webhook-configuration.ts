// Webhooks for admission: how they are reached, what they are asked about, and that they harm nothing in a dry run.

import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { dns1035Label, dns1123Subdomain } from '../names.ts'
import { validateClientConfig } from '../validate-webhook.ts'
import { validateMatchConditions } from './validate-conditions.ts'
import { validateRule } from './validate-rule.ts'
import type { MutatingWebhook, ValidatingWebhook } from './webhook.ts'

type Webhook = ValidatingWebhook | MutatingWebhook

interface Configuration {
  readonly webhooks?: readonly Webhook[] | undefined
}

const harmless: readonly string[] = ['None', 'NoneOnDryRun']
const sideEffects = ['None', 'NoneOnDryRun', 'Some', 'Unknown']
const reviewVersions = ['v1', 'v1beta1']
const minSeconds = 1
const maxSeconds = 30

/** What may stay as it is, since it stands there already. */
interface Kept {
  readonly sideEffects: boolean
  readonly reviewVersions: boolean
  readonly sameNames: boolean
  readonly conditions: boolean
}

const nothing: Kept = { sideEffects: false, reviewVersions: false, sameNames: false, conditions: false }

function keptOf(next: readonly Webhook[], old: readonly Webhook[]): Kept {
  return {
    sideEffects: old.some((hook) => !harmless.includes(hook.sideEffects ?? '')),
    reviewVersions: old.some(({ admissionReviewVersions: all = [] }) => all.length > 0 && !knows(all)),
    sameNames: new Set(old.map(({ name }) => name)).size < old.length,
    conditions:
      next.length === old.length &&
      next.every(({ matchConditions }, i) => sameValue(matchConditions, old[i]?.matchConditions)),
  }
}

const knows = (versions: readonly string[]): boolean => versions.some((version) => reviewVersions.includes(version))

export const validateWebhooks = ({ webhooks = [] }: Configuration, errors: FieldErrors): void =>
  validateAll(webhooks, nothing, errors)

export const validateWebhooksUpdate = (
  { webhooks = [] }: Configuration,
  { webhooks: old = [] }: Configuration,
  errors: FieldErrors,
): void => validateAll(webhooks, keptOf(webhooks, old), errors)

function validateAll(webhooks: readonly Webhook[], kept: Kept, errors: FieldErrors): void {
  const seen = new Set<string>()
  webhooks.forEach((hook, i) => {
    const at = Path.of('webhooks').index(i)
    validateHook(hook, kept, at, errors)
    if (!kept.sameNames && hook.name && seen.has(hook.name)) errors.duplicate(at.child('name'), hook.name)
    seen.add(hook.name)
  })
}

function validateHook(hook: Webhook, kept: Kept, path: Path, errors: FieldErrors): void {
  validateName(hook.name ?? '', path.child('name'), errors)
  hook.rules?.forEach((rule, i) => {
    validateRule(rule, path.child('rules').index(i), errors)
  })
  const allowed = kept.sideEffects ? sideEffects : harmless
  const effectsAt = path.child('sideEffects')
  if (hook.sideEffects === undefined) errors.required(effectsAt, `must specify one of ${allowed.join(', ')}`)
  else if (!allowed.includes(hook.sideEffects)) errors.notSupported(effectsAt, hook.sideEffects, allowed)
  const { timeoutSeconds: seconds } = hook
  if (seconds !== undefined && (seconds < minSeconds || seconds > maxSeconds)) {
    errors.invalid(path.child('timeoutSeconds'), seconds, 'the timeout value must be between 1 and 30 seconds')
  }
  validateLabelSelector(hook.namespaceSelector, path.child('namespaceSelector'), errors)
  validateLabelSelector(hook.objectSelector, path.child('objectSelector'), errors)
  validateClientConfig(hook.clientConfig, path.child('clientConfig'), errors)
  if (!kept.conditions) {
    validateMatchConditions(hook.matchConditions ?? [], false, path.child('matchConditions'), errors)
  }
  validateReviewVersions(hook.admissionReviewVersions ?? [], kept, path.child('admissionReviewVersions'), errors)
}

function validateName(name: string, path: Path, errors: FieldErrors): void {
  const wrong = dns1123Subdomain(name)
  if (name === '') errors.required(path)
  else if (wrong.length > 0) errors.invalid(path, name, wrong.join(','))
  else if (name.split('.').length < 3) {
    errors.invalid(path, name, 'should be a domain with at least three segments separated by dots')
  }
}

function validateReviewVersions(versions: readonly string[], kept: Kept, path: Path, errors: FieldErrors): void {
  const known = reviewVersions.join(', ')
  if (versions.length === 0) {
    errors.required(path, `must specify one of ${known}`)
    return
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errors.invalid(path.index(i), version, 'duplicate version')
    else errors.invalidEach(path.index(i), version, dns1035Label(version))
  })
  if (!kept.reviewVersions && !knows(versions)) {
    errors.invalid(path, versions, `must include at least one of ${known}`)
  }
}
