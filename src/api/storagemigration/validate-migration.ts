// Migrations of what is stored: a resource that may be, and an end that is not taken back.

import { isConditionTrue } from '../conditions.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import type { Condition } from '../meta/condition.ts'
import type { GroupResource } from '../meta/group-resource.ts'
import { validateConditions } from '../meta/validate-conditions.ts'
import { dns1035Label, dns1123Subdomain } from '../names.ts'

interface Spec {
  readonly spec: { readonly resource: GroupResource }
}

export function validateMigration({ spec: { resource: asked } }: Spec, errors: FieldErrors): void {
  const at = Path.of('spec').child('resource')
  const { group = '', resource = '' } = asked
  const wrong = dns1035Label(resource)
  if (resource === '') errors.required(at.child('resource'), 'resource is required to be set')
  else if (wrong.length > 0) errors.invalid(at.child('resource'), resource, wrong.join(','))
  const wrongGroup = dns1123Subdomain(group)
  if (group !== '' && wrongGroup.length > 0) errors.invalid(at.child('group'), group, wrongGroup.join(','))
}

interface Status {
  readonly status: {
    readonly conditions?: readonly Condition[] | undefined
    readonly resourceVersion?: string | undefined
  }
}

const revision = /^[1-9][0-9]*$/

export function validateMigrationStatus({ status }: Status, { status: old }: Status, errors: FieldErrors): void {
  const path = Path.of('status')
  const { conditions = [], resourceVersion: version = '' } = status
  const versionAt = path.child('resourceVersion')
  if (version !== '' && !revision.test(version))
    errors.invalid(versionAt, version, 'resource version is not well formed')
  validateConditions(conditions, path.child('conditions'), errors)
  if (old.resourceVersion && old.resourceVersion !== version) errors.invalid(versionAt, version, 'field is immutable')
  const is = (type: string, of = conditions): boolean => isConditionTrue(of, type)
  const refuse = (why: string): void => errors.invalid(path.child('conditions'), conditions, why)
  const both = 'Both success and failed conditions cannot be true at the same time'
  if (is('Succeeded') && is('Failed')) refuse(both)
  if (is('Succeeded') && is('Running')) refuse('Running condition cannot be true when success condition is true')
  if (is('Failed') && is('Running')) refuse('Running condition cannot be true when failed condition is true')
  const before = old.conditions ?? []
  if (is('Succeeded', before) && !is('Succeeded')) refuse('Success condition cannot be set to false once it is true')
  if (is('Failed', before) && !is('Failed')) refuse('Failed condition cannot be set to false once it is true')
}
