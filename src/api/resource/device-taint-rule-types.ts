// The messages that a DeviceTaintRule is made of; the kind itself is in device-taint-rule.ts.

import { Condition } from '../meta/condition.ts'
import { list, message, opt, string, type TypeOf } from '../schema.ts'
import { DeviceTaint } from './device.ts'

export const DeviceTaintSelector = message(
  'resource/v1.DeviceTaintSelector',
  'Which devices are meant; all that is given must fit.',
  {
    driver: opt(string).at(2, 'The driver of the devices.'),
    pool: opt(string).at(3, 'The pool of the devices.'),
    device: opt(string).at(4, 'The name of the device.'),
  },
)
export type DeviceTaintSelector = TypeOf<typeof DeviceTaintSelector>

export const DeviceTaintRuleSpec = message(
  'resource/v1.DeviceTaintRuleSpec',
  'A taint, and the devices that have it.',
  {
    deviceSelector: opt(DeviceTaintSelector).at(1, 'The devices; none unless given, all if empty.'),
    taint: DeviceTaint.at(2, 'The taint.'),
  },
)
export type DeviceTaintRuleSpec = TypeOf<typeof DeviceTaintRuleSpec>

export const DeviceTaintRuleStatus = message('resource/v1.DeviceTaintRuleStatus', 'What a rule brings about.', {
  conditions: list(Condition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(1, 'The latest findings, as EvictionInProgress; at most 8.'),
})
export type DeviceTaintRuleStatus = TypeOf<typeof DeviceTaintRuleStatus>
