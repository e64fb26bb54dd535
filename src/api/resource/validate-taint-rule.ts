// Rules that taint devices: names that may be, and a taint that is one.

import { validateDriverName } from '../core/validate-drivers.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { validateConditions } from '../meta/validate-conditions.ts'
import type { DeviceTaintRuleSpec, DeviceTaintRuleStatus } from './device-taint-rule-types.ts'
import { validateLabel, validatePoolName, validateTaint } from './validate-names.ts'

const path = Path.of('spec')
const maxConditions = 8

export function validateTaintRule({ spec }: { readonly spec: DeviceTaintRuleSpec }, errors: FieldErrors): void {
  const { driver, pool, device } = spec.deviceSelector ?? {}
  const at = path.child('deviceSelector')
  if (driver !== undefined) validateDriverName(driver, at.child('driver'), errors)
  if (pool !== undefined) validatePoolName(pool, at.child('pool'), errors)
  if (device !== undefined) validateLabel(device, at.child('device'), errors)
  validateTaint(spec.taint, path.child('taint'), errors)
}

export function validateTaintRuleStatus(
  { status: { conditions = [] } }: { readonly status: DeviceTaintRuleStatus },
  _old: unknown,
  errors: FieldErrors,
): void {
  const at = Path.of('status').child('conditions')
  validateConditions(conditions, at, errors)
  if (conditions.length > maxConditions) errors.tooMany(at, conditions.length, maxConditions)
}
