// What is asked of devices, in claims and in classes.

import { any, bool, inline, int64, list, map, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'
import { DeviceToleration } from './device.ts'

export const OpaqueDeviceConfiguration = message(
  'resource/v1.OpaqueDeviceConfiguration',
  'Settings that only a driver understands.',
  {
    driver: req(string).at(1, 'The driver.'),
    parameters: req(any).at(2, 'The settings, an object of at most 10 KiB with apiVersion and kind.'),
  },
)
export type OpaqueDeviceConfiguration = TypeOf<typeof OpaqueDeviceConfiguration>

export const DeviceConfiguration = message('resource/v1.DeviceConfiguration', 'Settings for devices.', {
  opaque: opt(OpaqueDeviceConfiguration).at(1, 'Settings that only a driver understands.'),
})
export type DeviceConfiguration = TypeOf<typeof DeviceConfiguration>

export const DeviceClaimConfiguration = message(
  'resource/v1.DeviceClaimConfiguration',
  'Settings for devices of a claim.',
  {
    requests: list(string)
      .owned('atomic')
      .at(1, 'The requests that the settings are for, as name or name/subrequest; all of them unless given.'),
    ...inline(DeviceConfiguration, 2),
  },
)
export type DeviceClaimConfiguration = TypeOf<typeof DeviceClaimConfiguration>

export const DeviceConstraint = message('resource/v1.DeviceConstraint', 'What devices must have in common, or not.', {
  requests: list(string)
    .owned('atomic')
    .at(1, 'The requests that are meant, as name or name/subrequest; all of them unless given.'),
  matchAttribute: opt(string).at(2, 'An attribute, as example.com/numa, of which all must have the same value.'),
  distinctAttribute: opt(string).at(3, 'An attribute of which no two may have the same value.'),
})
export type DeviceConstraint = TypeOf<typeof DeviceConstraint>

export const CapacityRequirements = message('resource/v1.CapacityRequirements', 'How much of a device is needed.', {
  requests: map(quantity).at(1, 'How much of each capacity; what the policy of the device says unless given.'),
})
export type CapacityRequirements = TypeOf<typeof CapacityRequirements>

export const CELDeviceSelector = message('resource/v1.CELDeviceSelector', 'A condition on devices, written in CEL.', {
  expression: req(string).at(
    1,
    'The expression; it knows device.driver, device.attributes and device.capacity, and gives true or false.',
  ),
})
export type CELDeviceSelector = TypeOf<typeof CELDeviceSelector>

export const DeviceSelector = message('resource/v1.DeviceSelector', 'What a device must be like.', {
  cel: opt(CELDeviceSelector).at(1, 'A condition in CEL.'),
})
export type DeviceSelector = TypeOf<typeof DeviceSelector>

export const DeviceSubRequest = message('resource/v1.DeviceSubRequest', 'One of several ways to meet a request.', {
  name: req(string).at(1, 'The name; the whole is called request/subrequest.'),
  deviceClassName: req(string).at(2, 'The class that devices must belong to.'),
  selectors: list(DeviceSelector)
    .owned('atomic')
    .at(3, 'What devices must be like; all of these must hold, at most 32.'),
  allocationMode: string
    .oneOf('All', 'ExactCount')
    .default('ExactCount')
    .at(4, 'ExactCount takes a number of devices, All all that fit; ExactCount unless given.'),
  count: int64.at(5, 'How many devices; 1 unless given. Only for ExactCount.'),
  tolerations: list(DeviceToleration).owned('atomic').at(6, 'The taints of devices that do not matter.'),
  capacity: opt(CapacityRequirements).at(7, 'How much of each device is needed.'),
})
export type DeviceSubRequest = TypeOf<typeof DeviceSubRequest>

export const ExactDeviceRequest = message('resource/v1.ExactDeviceRequest', 'A request for devices of one class.', {
  deviceClassName: req(string).at(1, 'The class that devices must belong to.'),
  selectors: list(DeviceSelector)
    .owned('atomic')
    .at(2, 'What devices must be like; all of these must hold, at most 32.'),
  allocationMode: string
    .oneOf('All', 'ExactCount')
    .default('ExactCount')
    .at(3, 'ExactCount takes a number of devices, All all that fit; ExactCount unless given.'),
  count: int64.at(4, 'How many devices; 1 unless given. Only for ExactCount.'),
  adminAccess: opt(bool).at(
    5,
    'Whether devices are meant that others may be using, for an administrator to look after them.',
  ),
  tolerations: list(DeviceToleration).owned('atomic').at(6, 'The taints of devices that do not matter.'),
  capacity: opt(CapacityRequirements).at(7, 'How much of each device is needed.'),
})
export type ExactDeviceRequest = TypeOf<typeof ExactDeviceRequest>

export const DeviceRequest = message('resource/v1.DeviceRequest', 'A request for devices, in one of two forms.', {
  name: req(string).at(1, 'The name of the request, for use in the claim and in containers.'),
  exactly: opt(ExactDeviceRequest).at(2, 'One way to meet it.'),
  firstAvailable: list(DeviceSubRequest).owned('atomic').at(3, 'Several ways to meet it, the best first; at most 8.'),
})
export type DeviceRequest = TypeOf<typeof DeviceRequest>

export const DeviceClaim = message('resource/v1.DeviceClaim', 'Devices that are needed together.', {
  requests: req(list(DeviceRequest)).owned('atomic').at(1, 'The requests; all of them must be met. At most 32.'),
  constraints: list(DeviceConstraint).owned('atomic').at(2, 'What devices must have in common; at most 32.'),
  config: list(DeviceClaimConfiguration).owned('atomic').at(3, 'Settings for the devices; at most 32.'),
})
export type DeviceClaim = TypeOf<typeof DeviceClaim>

/** A number is asked for unless all are wanted. */
export function defaultDeviceClaim({ requests = [] }: DeviceClaim): void {
  for (const { exactly, firstAvailable = [] } of requests) {
    for (const way of [...(exactly ? [exactly] : []), ...firstAvailable]) {
      if (way.allocationMode === 'ExactCount') way.count ||= 1
    }
  }
}
