// The messages that an attached volume is made of; the kind itself is in volume-attachment.ts.

import { PersistentVolumeSpec } from '../core/persistent-volume-types.ts'
import { bool, int32, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const VolumeAttachmentSource = message('storage/v1.VolumeAttachmentSource', 'The volume that is attached.', {
  persistentVolumeName: opt(string).at(1, 'Its name, if it is a persistent volume.'),
  inlineVolumeSpec: opt(PersistentVolumeSpec).at(2, 'Its spec, if it is a volume of a pod.'),
})
export type VolumeAttachmentSource = TypeOf<typeof VolumeAttachmentSource>

export const VolumeAttachmentSpec = message(
  'storage/v1.VolumeAttachmentSpec',
  'Which volume is attached to which node.',
  {
    attacher: req(string).at(1, 'The driver that does it.'),
    source: VolumeAttachmentSource.at(2, 'The volume.'),
    nodeName: req(string).at(3, 'The node.'),
  },
)
export type VolumeAttachmentSpec = TypeOf<typeof VolumeAttachmentSpec>

export const VolumeError = message('storage/v1.VolumeError', 'Something that went wrong with a volume.', {
  time: time.at(1, 'When it went wrong.'),
  message: string.at(2, 'What went wrong.'),
  errorCode: opt(int32).at(3, 'The gRPC code that the driver answered with.'),
})
export type VolumeError = TypeOf<typeof VolumeError>

export const VolumeAttachmentStatus = message('storage/v1.VolumeAttachmentStatus', 'How far the attaching has come.', {
  attached: req(bool).at(1, 'Whether the volume is attached.'),
  attachmentMetadata: map(string).at(2, 'What the driver said of it; it is needed for mounting.'),
  attachError: opt(VolumeError).at(3, 'What went wrong last when attaching.'),
  detachError: opt(VolumeError).at(4, 'What went wrong last when detaching.'),
})
export type VolumeAttachmentStatus = TypeOf<typeof VolumeAttachmentStatus>
