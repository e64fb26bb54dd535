import { formatTime } from '#lib/clock.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { allMetadata, kind, type ObjectOf } from '../kind.ts'
import { DeviceTaintRuleSpec, DeviceTaintRuleStatus } from './device-taint-rule-types.ts'
import { validateTaintRule, validateTaintRuleStatus } from './validate-taint-rule.ts'

export const DeviceTaintRule = kind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceTaintRule',
  plural: 'devicetaintrules',
  scope: 'Cluster',
  doc: 'Keeps pods away from devices, by an administrator rather than by their driver.',
  fields: {
    spec: DeviceTaintRuleSpec.at(2, 'The taint, and the devices.'),
    status: DeviceTaintRuleStatus.at(3, 'What it brings about.'),
  },
  status: true,
  statusKeeps: allMetadata,
  columns: [nameColumn, ageColumn],
  prepareForCreate: ({ spec }, { nowMs }) => {
    spec.taint.timeAdded ??= formatTime(nowMs)
  },
  // Another effect is another taint, which begins now.
  prepareForUpdate: ({ spec }, { spec: old }, { nowMs }) => {
    const same = spec.taint.effect === old.taint.effect
    if (!same && spec.taint.timeAdded === old.taint.timeAdded) delete spec.taint.timeAdded
    spec.taint.timeAdded ??= formatTime(nowMs)
  },
  validate: validateTaintRule,
  validateStatusUpdate: validateTaintRuleStatus,
})
export type DeviceTaintRule = ObjectOf<typeof DeviceTaintRule>
