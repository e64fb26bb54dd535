// What a device is like, as its driver tells it.

import { NodeSelector } from '../core/node-selector.ts'
import { bool, int64, list, map, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'

export const Counter = message('resource/v1.Counter', 'How much of something there is.', {
  value: req(quantity).at(1, 'The amount.'),
})
export type Counter = TypeOf<typeof Counter>

export const CounterSet = message('resource/v1.CounterSet', 'What several devices share, as the memory of one card.', {
  name: req(string).at(1, 'The name of the set, unique in its pool.'),
  counters: map(Counter).at(2, 'What there is, by name; at most 32.'),
})
export type CounterSet = TypeOf<typeof CounterSet>

export const DeviceAttribute = message(
  'resource/v1.DeviceAttribute',
  'A property of a device; exactly one of the fields is set.',
  {
    int: opt(int64).at(2, 'A whole number.'),
    bool: opt(bool).at(3, 'True or false.'),
    string: opt(string).at(4, 'A text of at most 64 bytes.'),
    version: opt(string).at(5, 'A version by semver.org, of at most 64 bytes.'),
    ints: list(int64).owned('atomic').at(6, 'Whole numbers.'),
    bools: list(bool).owned('atomic').at(7, 'True or false, several times.'),
    strings: list(string).owned('atomic').at(8, 'Texts of at most 64 bytes each.'),
    versions: list(string).owned('atomic').at(9, 'Versions by semver.org, of at most 64 bytes each.'),
  },
)
export type DeviceAttribute = TypeOf<typeof DeviceAttribute>

export const CapacityRequestPolicyRange = message(
  'resource/v1.CapacityRequestPolicyRange',
  'Amounts between two others.',
  {
    min: opt(quantity).at(1, 'The least that may be taken; less is rounded up to it.'),
    max: opt(quantity).at(2, 'The most that may be taken.'),
    step: opt(quantity).at(3, 'The amount must be min and a multiple of this; others are rounded up.'),
  },
)
export type CapacityRequestPolicyRange = TypeOf<typeof CapacityRequestPolicyRange>

export const CapacityRequestPolicy = message(
  'resource/v1.CapacityRequestPolicy',
  'How much of a capacity may be taken at a time.',
  {
    default: opt(quantity).at(1, 'How much is taken unless a claim says it.'),
    validValues: list(quantity)
      .owned('atomic')
      .at(3, 'The only amounts, in ascending order; others are rounded up. At most 10.'),
    validRange: opt(CapacityRequestPolicyRange).at(4, 'The least and the most.'),
  },
)
export type CapacityRequestPolicy = TypeOf<typeof CapacityRequestPolicy>

export const DeviceCapacity = message('resource/v1.DeviceCapacity', 'How much of something a device has.', {
  value: req(quantity).at(1, 'The amount.'),
  requestPolicy: opt(CapacityRequestPolicy).at(
    2,
    'How much may be taken at a time, where several may share the device.',
  ),
})
export type DeviceCapacity = TypeOf<typeof DeviceCapacity>

export const DeviceCounterConsumption = message(
  'resource/v1.DeviceCounterConsumption',
  'What a device takes of a set that it shares with others.',
  {
    counterSet: req(string).at(1, 'The name of the set.'),
    counters: map(Counter).at(2, 'What it takes, by name; at most 32.'),
  },
)
export type DeviceCounterConsumption = TypeOf<typeof DeviceCounterConsumption>

export const DeviceTaint = message('resource/v1.DeviceTaint', 'A reason to keep away from a device.', {
  key: req(string).at(1, 'The key of the taint.'),
  value: string.at(2, 'The value of the taint.'),
  effect: req(string.oneOf('NoExecute', 'NoSchedule', 'None')).at(
    3,
    'None, NoSchedule, or NoExecute, which also ends pods that use the device.',
  ),
  timeAdded: opt(time).at(4, 'When the taint was added; set by the server unless given.'),
})
export type DeviceTaint = TypeOf<typeof DeviceTaint>

export const NodeAllocatableMapping = message(
  'resource/v1.NodeAllocatableMapping',
  'What of the node a device stands for.',
  {
    capacityKey: opt(string).at(1, 'The capacity of the device that counts.'),
    capacityMultiplier: opt(quantity).at(2, 'How much of the resource one unit of that capacity is.'),
    deviceMultiplier: opt(quantity).at(3, 'How much of the resource the device itself is.'),
  },
)
export type NodeAllocatableMapping = TypeOf<typeof NodeAllocatableMapping>

export const NodeAllocatableOverhead = message(
  'resource/v1.NodeAllocatableOverhead',
  'What of the node is needed to use a device.',
  {
    perPod: opt(quantity).at(1, 'How much for each pod.'),
    perContainer: opt(quantity).at(2, 'How much for each container.'),
  },
)
export type NodeAllocatableOverhead = TypeOf<typeof NodeAllocatableOverhead>

export const NodeAllocatableResource = message(
  'resource/v1.NodeAllocatableResource',
  'What using a device means for a resource of the node.',
  {
    mapping: opt(NodeAllocatableMapping).at(3, 'What the device stands for.'),
    overhead: opt(NodeAllocatableOverhead).at(4, 'What is needed to use it.'),
  },
)
export type NodeAllocatableResource = TypeOf<typeof NodeAllocatableResource>

export const Device = message('resource/v1.Device', 'One device, or a part of one.', {
  name: req(string).at(1, 'The name of the device, unique in its pool.'),
  attributes: map(DeviceAttribute).at(
    2,
    'What the device is like, by names as example.com/model; those without a domain are of the driver.',
  ),
  capacity: map(DeviceCapacity).at(3, 'How much of things the device has, by names as those of attributes.'),
  consumesCounters: list(DeviceCounterConsumption)
    .owned('atomic')
    .at(4, 'What it takes of sets that it shares with others; at most 2.'),
  nodeName: opt(string).at(5, 'The node that can use it; only with perDeviceNodeSelection.'),
  nodeSelector: opt(NodeSelector).at(6, 'The nodes that can use it; only with perDeviceNodeSelection.'),
  allNodes: opt(bool).at(7, 'Whether all nodes can use it; only with perDeviceNodeSelection.'),
  taints: list(DeviceTaint).owned('atomic').at(8, 'Reasons to keep away from it; at most 16.'),
  bindsToNode: opt(bool).at(9, 'Whether a claim is for the chosen node alone once it has the device.'),
  bindingConditions: list(string)
    .owned('atomic')
    .at(10, 'Conditions of the claim that must be true before a pod is put on the node; at most 4.'),
  bindingFailureConditions: list(string)
    .owned('atomic')
    .at(11, 'Conditions of the claim that mean that this has failed; at most 4.'),
  allowMultipleAllocations: opt(bool).at(12, 'Whether several claims may share the device.'),
  nodeAllocatableResources: map(NodeAllocatableResource).at(
    14,
    'What using the device means for resources of the node, as cpu or memory.',
  ),
})
export type Device = TypeOf<typeof Device>

export const DeviceToleration = message('resource/v1.DeviceToleration', 'Taints of devices that do not matter.', {
  key: string.at(1, 'The key of the taint; any unless given.'),
  operator: string
    .oneOf('Equal', 'Exists')
    .default('Equal')
    .at(2, 'Equal compares the value, Exists takes any; Equal unless given.'),
  value: string.at(3, 'The value of the taint; none for Exists.'),
  effect: string.oneOf('NoExecute', 'NoSchedule', 'None').at(4, 'The effect of the taint; any unless given.'),
  tolerationSeconds: opt(int64).at(5, 'For how many seconds NoExecute does not matter; for ever unless given.'),
})
export type DeviceToleration = TypeOf<typeof DeviceToleration>
