// Quotas: names that can be counted, amounts that can be, and scopes that fit what is counted.

import { own } from '#lib/json.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import type {
  ResourceQuotaSpec,
  ResourceQuotaStatus,
  ScopedResourceSelectorRequirement,
} from './resource-quota-types.ts'
import { validateAmount, validateQuotaResourceName } from './validate-resources.ts'

interface Parts {
  readonly spec: ResourceQuotaSpec
  readonly status: ResourceQuotaStatus
}

const pods = ['pods']
const podsAndTheirs = [...pods, 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
const claims = ['persistentvolumeclaims', 'requests.storage']

/** What can be counted in each scope, of the names without a prefix. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  Terminating: podsAndTheirs,
  NotTerminating: podsAndTheirs,
  BestEffort: pods,
  NotBestEffort: podsAndTheirs,
  PriorityClass: podsAndTheirs,
  CrossNamespacePodAffinity: podsAndTheirs,
  VolumeAttributesClass: claims,
}
const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const

const fits = (scope: string, name: string): boolean =>
  name.includes('/') || own(scopes, scope)?.includes(name) !== false

function validateScopes(
  names: readonly string[],
  counted: readonly string[],
  path: Path,
  told: unknown,
  errors: FieldErrors,
): void {
  for (const scope of names) {
    for (const name of [...counted].sort()) {
      if (!fits(scope, name)) errors.invalid(path, told, 'unsupported scope applied to resource')
    }
  }
}

function validateOpposites(names: readonly string[], path: Path, told: unknown, errors: FieldErrors): void {
  for (const pair of opposites) {
    if (pair.every((scope) => names.includes(scope))) errors.invalid(path, told, 'conflicting scopes')
  }
}

/** Scopes that one is in or not, without any value. */
const withoutValues = new Set(
  Object.keys(scopes).filter((scope) => scope !== 'PriorityClass' && scope !== 'VolumeAttributesClass'),
)
const onlyExists =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

function validateRequirement(one: ScopedResourceSelectorRequirement, path: Path, errors: FieldErrors): void {
  const { scopeName, operator, values = [] } = one
  if (withoutValues.has(scopeName) && operator !== 'Exists') {
    errors.invalid(path.child('operator'), operator, onlyExists)
  }
  const valuesPath = path.child('values')
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return
      errors.required(valuesPath, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
      return
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return
      errors.invalid(
        valuesPath,
        values,
        "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
      )
      return
    default:
      errors.invalid(path.child('operator'), operator, 'not a valid selector operator')
  }
}

function validateAmounts(amounts: Readonly<Record<string, string>> | undefined, path: Path, errors: FieldErrors): void {
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    validateQuotaResourceName(name, path.key(name), errors)
    validateAmount(name, amount, path.key(name), errors)
  }
}

export function validateQuota({ spec }: Parts, errors: FieldErrors): void {
  const path = Path.of('spec')
  const counted = Object.keys(spec.hard ?? {})
  validateAmounts(spec.hard, path.child('hard'), errors)
  const names = spec.scopes ?? []
  const scopesPath = path.child('scopes')
  for (const scope of names) if (!Object.hasOwn(scopes, scope)) errors.invalid(scopesPath, names, 'unsupported scope')
  validateScopes(names, counted, scopesPath, names, errors)
  validateOpposites(names, scopesPath, names, errors)
  if (!spec.scopeSelector) return
  const requirements = spec.scopeSelector.matchExpressions ?? []
  const at = path.child('scopeSelector').child('matchExpressions')
  for (const one of requirements) {
    if (!Object.hasOwn(scopes, one.scopeName)) {
      errors.invalid(at.child('scopeName'), one.scopeName, 'unsupported scope')
    }
    validateScopes([one.scopeName], counted, at, spec.scopeSelector, errors)
    validateRequirement(one, at, errors)
  }
  const selected = requirements.map(({ scopeName }) => scopeName)
  validateOpposites(selected, at, spec.scopes ?? null, errors)
}

export function validateQuotaUpdate({ spec: next }: Parts, { spec: old }: Parts, errors: FieldErrors): void {
  const sorted = ({ scopes: all = [] }: ResourceQuotaSpec) => [...new Set(all)].sort().join()
  if (sorted(next) !== sorted(old)) errors.invalid('spec.scopes', next.scopes ?? null, 'field is immutable')
}

export function validateQuotaStatus({ status }: Parts, _old: Parts, errors: FieldErrors): void {
  const path = Path.of('status')
  validateAmounts(status.hard, path.child('hard'), errors)
  validateAmounts(status.used, path.child('used'), errors)
}
