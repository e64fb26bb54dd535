import { ageColumn, nameColumn } from '../columns.ts'
import { validateDriverName } from '../core/validate-drivers.ts'
import { validateVolumeSpec } from '../core/validate-persistent-volume.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { allMetadata, kind, type ObjectOf } from '../kind.ts'
import { nameIsDnsSubdomain } from '../names.ts'
import { maxBytes, sizeBytes } from './validate-parameters.ts'
import { type VolumeAttachmentSource, VolumeAttachmentSpec, VolumeAttachmentStatus } from './volume-attachment-types.ts'

const path = Path.of('spec')
const maxMessageBytes = 1024

function validateSource(source: VolumeAttachmentSource, errors: FieldErrors): void {
  const { inlineVolumeSpec, persistentVolumeName: name } = source
  const at = path.child('source')
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (inlineVolumeSpec && name !== undefined) errors.forbidden(at, one)
  else if (inlineVolumeSpec) validateVolumeSpec(inlineVolumeSpec, true, at.child('inlineVolumeSpec'), errors)
  else if (name === undefined) errors.required(at, one)
  else if (name === '') errors.required(at.child('persistentVolumeName'), 'must specify non empty persistentVolumeName')
  else errors.invalidEach(at.child('persistentVolumeName'), name, nameIsDnsSubdomain(name, false))
}

export const VolumeAttachment = kind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  scope: 'Cluster',
  doc: 'A volume that is to be attached to a node.',
  fields: {
    spec: VolumeAttachmentSpec.at(2, 'Which volume to which node.'),
    status: VolumeAttachmentStatus.at(3, 'How far it has come.'),
  },
  status: true,
  statusKeeps: allMetadata,
  generation: false,
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    { name: 'Attacher', description: 'The driver that does it.', value: ({ spec }) => spec.attacher ?? '' },
    { name: 'PV', description: 'The volume.', value: ({ spec }) => spec.source.persistentVolumeName ?? '' },
    { name: 'Node', description: 'The node.', value: ({ spec }) => spec.nodeName ?? '' },
    {
      name: 'Attached',
      type: 'boolean',
      description: 'Whether it is attached.',
      value: ({ status }) => status.attached ?? false,
    },
    ageColumn,
  ],
  validate: ({ spec: { attacher = '', source, nodeName = '' } }, errors) => {
    validateDriverName(attacher, path.child('attacher'), errors)
    validateSource(source, errors)
    errors.invalidEach(path.child('nodeName'), nodeName, nameIsDnsSubdomain(nodeName, false))
  },
  validateUpdate: ({ spec: next }, { spec: old }, errors) => {
    if (!sameValue(next, old)) errors.invalid(path, next, 'field is immutable')
  },
  validateStatusUpdate: ({ status }, _old, errors) => {
    const at = Path.of('status')
    if (sizeBytes(status.attachmentMetadata ?? {}) > maxBytes) errors.tooLong(at.child('attachmentMetadata'), maxBytes)
    for (const field of ['attachError', 'detachError'] as const) {
      const { message = '' } = status[field] ?? {}
      if (Buffer.byteLength(message) > maxMessageBytes)
        errors.tooLong(at.child(field).child('message'), maxMessageBytes)
    }
  },
})
export type VolumeAttachment = ObjectOf<typeof VolumeAttachment>
