// The messages that a ResourceSlice is made of; the kind itself is in resource-slice.ts.

import { NodeSelector } from '../core/node-selector.ts'
import { bool, int64, list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { CounterSet, Device } from './device.ts'

export const ResourcePool = message('resource/v1.ResourcePool', 'Where a slice belongs.', {
  name: req(string).at(1, 'The name of the pool, often that of the node; unique for a driver.'),
  generation: req(int64).at(2, 'Goes up with every change of the pool; slices of an older one do not count.'),
  resourceSliceCount: req(int64).at(3, 'How many slices the pool has in this generation.'),
})
export type ResourcePool = TypeOf<typeof ResourcePool>

export const ResourceSliceSpec = message(
  'resource/v1.ResourceSliceSpec',
  'Devices of one driver, and who can use them.',
  {
    driver: req(string).at(1, 'The driver; it never changes.'),
    pool: ResourcePool.at(2, 'Where the slice belongs.'),
    nodeName: opt(string).at(3, 'The only node that can use the devices; it never changes.'),
    nodeSelector: opt(NodeSelector).at(4, 'The nodes that can use the devices, in one term.'),
    allNodes: opt(bool).at(5, 'Whether all nodes can use the devices.'),
    devices: list(Device)
      .owned('atomic')
      .at(6, 'The devices; at most 128, or 64 if any has taints, counters or lists.'),
    perDeviceNodeSelection: opt(bool).at(7, 'Whether each device says which nodes can use it.'),
    sharedCounters: list(CounterSet)
      .owned('atomic')
      .at(8, 'What devices of the pool share; at most 8, and never beside devices.'),
    partitionTypeAttribute: opt(string).at(
      9,
      'The attribute that tells the sorts of parts apart into which a device can be divided.',
    ),
    skipNodeOperations: list(string.oneOf('*', 'NodePrepareResources', 'NodeUnprepareResources'))
      .owned('set')
      .at(10, 'What the kubelet need not ask the driver for: NodePrepareResources, NodeUnprepareResources or *.'),
  },
)
export type ResourceSliceSpec = TypeOf<typeof ResourceSliceSpec>
