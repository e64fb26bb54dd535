// The messages that a ResourceClaim is made of; the kind itself is in resource-claim.ts.

import { NodeSelector } from '../core/node-selector.ts'
import { Condition } from '../meta/condition.ts'
import { any, bool, inline, list, map, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { DeviceToleration } from './device.ts'
import { DeviceClaim, DeviceConfiguration } from './device-request.ts'

export const ResourceClaimSpec = message('resource/v1.ResourceClaimSpec', 'What is asked for.', {
  devices: DeviceClaim.at(1, 'The devices.'),
})
export type ResourceClaimSpec = TypeOf<typeof ResourceClaimSpec>

export const NetworkDeviceData = message('resource/v1.NetworkDeviceData', 'What is known of a network interface.', {
  interfaceName: string.at(1, 'The name of the interface.'),
  ips: list(string)
    .owned('atomic')
    .at(2, 'The addresses of the interface with their prefixes, as 192.0.2.5/24; at most 16.'),
  hardwareAddress: string.at(3, 'The hardware address of the interface.'),
})
export type NetworkDeviceData = TypeOf<typeof NetworkDeviceData>

export const AllocatedDeviceStatus = message(
  'resource/v1.AllocatedDeviceStatus',
  'What a driver says of a device of the claim.',
  {
    driver: req(string).at(1, 'The driver.'),
    pool: req(string).at(2, 'The pool.'),
    device: req(string).at(3, 'The name of the device.'),
    shareID: opt(string).at(7, 'Which share of the device is meant, where several claims share it.'),
    conditions: req(list(Condition)).owned('map', 'type').at(4, 'The latest findings, one of each type; at most 8.'),
    data: opt(any).at(5, 'What else the driver says, an object of at most 10 KiB.'),
    networkData: opt(NetworkDeviceData).at(6, 'What is known of it as a network interface.'),
  },
)
export type AllocatedDeviceStatus = TypeOf<typeof AllocatedDeviceStatus>

export const DeviceAllocationConfiguration = message(
  'resource/v1.DeviceAllocationConfiguration',
  'Settings for devices of the claim.',
  {
    source: req(string.oneOf('FromClaim', 'FromClass')).at(1, 'Whose settings they are: FromClass or FromClaim.'),
    requests: list(string).owned('atomic').at(2, 'The requests that they are for; all of them unless given.'),
    ...inline(DeviceConfiguration, 3),
  },
)
export type DeviceAllocationConfiguration = TypeOf<typeof DeviceAllocationConfiguration>

export const DeviceRequestAllocationResult = message(
  'resource/v1.DeviceRequestAllocationResult',
  'A device that was given.',
  {
    request: req(string).at(1, 'The request that it meets, as name or name/subrequest.'),
    driver: req(string).at(2, 'The driver.'),
    pool: req(string).at(3, 'The pool.'),
    device: req(string).at(4, 'The name of the device.'),
    adminAccess: opt(bool).at(5, 'Whether it is given to an administrator, beside its real users.'),
    tolerations: list(DeviceToleration).owned('atomic').at(6, 'The taints that did not matter.'),
    bindingConditions: list(string).owned('atomic').at(7, 'As of the device when it was given.'),
    bindingFailureConditions: list(string).owned('atomic').at(8, 'As of the device when it was given.'),
    shareID: opt(string).at(9, 'Which share of the device was given, where several claims share it.'),
    consumedCapacity: map(quantity).at(10, 'How much of each capacity was given.'),
    skipNodeOperations: list(string.oneOf('*', 'NodePrepareResources', 'NodeUnprepareResources'))
      .owned('set')
      .at(11, 'What the kubelet need not ask the driver for.'),
  },
)
export type DeviceRequestAllocationResult = TypeOf<typeof DeviceRequestAllocationResult>

export const DeviceAllocationResult = message(
  'resource/v1.DeviceAllocationResult',
  'The devices that were given, and their settings.',
  {
    results: list(DeviceRequestAllocationResult).owned('atomic').at(1, 'The devices.'),
    config: list(DeviceAllocationConfiguration)
      .owned('atomic')
      .at(2, 'The settings, those of classes before those of the claim.'),
  },
)
export type DeviceAllocationResult = TypeOf<typeof DeviceAllocationResult>

export const AllocationResult = message('resource/v1.AllocationResult', 'What was given.', {
  devices: DeviceAllocationResult.at(1, 'The devices.'),
  nodeSelector: opt(NodeSelector).at(3, 'The nodes that can use them; all nodes unless given.'),
  allocationTimestamp: opt(time).at(5, 'When they were given.'),
})
export type AllocationResult = TypeOf<typeof AllocationResult>

export const ResourceClaimConsumerReference = message(
  'resource/v1.ResourceClaimConsumerReference',
  'Somebody who uses a claim.',
  {
    apiGroup: string.at(1, 'The group of the resource; empty for the core one.'),
    resource: req(string).at(3, 'The resource, as pods.'),
    name: req(string).at(4, 'The name of the object.'),
    uid: req(string).at(5, 'The UID of the object.'),
  },
)
export type ResourceClaimConsumerReference = TypeOf<typeof ResourceClaimConsumerReference>

export const ResourceClaimStatus = message('resource/v1.ResourceClaimStatus', 'What was given, and who uses it.', {
  allocation: opt(AllocationResult).at(1, 'What was given; it never changes until it is taken back.'),
  reservedFor: list(ResourceClaimConsumerReference)
    .patch('merge', 'uid')
    .owned('map', 'uid')
    .at(2, 'Who may use it, at most 256; nothing is taken back before they are gone.'),
  devices: list(AllocatedDeviceStatus)
    .owned('map', 'driver', 'device', 'pool', 'shareID')
    .at(4, 'What drivers say of the devices.'),
})
export type ResourceClaimStatus = TypeOf<typeof ResourceClaimStatus>
