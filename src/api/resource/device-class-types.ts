// The messages that a DeviceClass is made of; the kind itself is in device-class.ts.

import { inline, list, message, opt, string, type TypeOf } from '../schema.ts'
import { DeviceConfiguration, DeviceSelector } from './device-request.ts'

export const DeviceClassConfiguration = message(
  'resource/v1.DeviceClassConfiguration',
  'Settings for devices of a class.',
  {
    ...inline(DeviceConfiguration, 1),
  },
)
export type DeviceClassConfiguration = TypeOf<typeof DeviceClassConfiguration>

export const DeviceClassSpec = message('resource/v1.DeviceClassSpec', 'Which devices belong to a class.', {
  selectors: list(DeviceSelector)
    .owned('atomic')
    .at(1, 'What devices must be like; all of these must hold, at most 32.'),
  config: list(DeviceClassConfiguration)
    .owned('atomic')
    .at(2, 'Settings for devices of the class, in addition to those of a claim; at most 32.'),
  extendedResourceName: opt(string).at(
    4,
    'A resource as containers ask for it, as example.com/gpu, that stands for a device of the class.',
  ),
})
export type DeviceClassSpec = TypeOf<typeof DeviceClassSpec>
