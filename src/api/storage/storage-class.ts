import { ageColumn, nameColumn } from '../columns.ts'
import { nodeLabelWarnings } from '../core/node-label-warnings.ts'
import { TopologySelectorTerm } from '../core/topology-selector.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { validateLabelName } from '../meta/validate-labels.ts'
import { bool, list, map, opt, req, string } from '../schema.ts'
import { validateParameters, validateProvisioner } from './validate-parameters.ts'

const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]
const reclaimPolicies = ['Delete', 'Retain']

function validateTopologies(terms: readonly TopologySelectorTerm[], errors: FieldErrors): void {
  const seen: TopologySelectorTerm[] = []
  terms.forEach((term, i) => {
    const at = Path.of('allowedTopologies').index(i).child('matchLabelExpressions')
    const keys = new Set<string>()
    term.matchLabelExpressions?.forEach(({ key, values = [] }, e) => {
      const path = at.index(e)
      if (values.length === 0) errors.required(path.child('values'))
      values.forEach((value, v) => {
        if (values.indexOf(value) < v) errors.duplicate(path.child('values').index(v), value)
      })
      validateLabelName(key, path.child('key'), errors)
      if (keys.has(key)) errors.duplicate(path.child('key'), key)
      keys.add(key)
    })
    if (seen.some((other) => sameValue(other, term))) errors.duplicate(at, '')
    seen.push(term)
  })
}

export const StorageClass = kind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  scope: 'Cluster',
  doc: 'A class of storage, and how volumes of it are made.',
  fields: {
    provisioner: req(string).at(2, 'Who makes the volumes.'),
    parameters: map(string).at(3, 'Settings that it understands.'),
    reclaimPolicy: opt(string.choices('Recycle', 'Delete', 'Retain'))
      .default('Delete')
      .at(4, 'What happens to a volume when its claim is gone: Delete, which stands unless given, or Retain.'),
    mountOptions: list(string).owned('atomic').at(5, 'Options for mounting its volumes.'),
    allowVolumeExpansion: opt(bool).at(6, 'Whether volumes can be made larger.'),
    volumeBindingMode: opt(string.oneOf('Immediate', 'WaitForFirstConsumer'))
      .default('Immediate')
      .at(7, 'Immediate makes a volume at once, WaitForFirstConsumer when a pod wants it.'),
    allowedTopologies: list(TopologySelectorTerm)
      .owned('atomic')
      .at(8, 'The places where volumes may be made; everywhere unless given.'),
  },
  generation: false,
  columns: [
    {
      ...nameColumn,
      value: ({ metadata }) => {
        const isDefault = defaultAnnotations.some((key) => metadata.annotations?.[key] === 'true')
        return `${metadata.name ?? ''}${isDefault ? ' (default)' : ''}`
      },
    },
    { name: 'Provisioner', description: 'Who makes the volumes.', value: ({ provisioner }) => provisioner ?? '' },
    {
      name: 'ReclaimPolicy',
      description: 'What happens to a volume when its claim is gone.',
      value: ({ reclaimPolicy = 'Delete' }) => reclaimPolicy,
    },
    {
      name: 'VolumeBindingMode',
      description: 'When volumes are made.',
      value: ({ volumeBindingMode = 'Immediate' }) => volumeBindingMode,
    },
    {
      name: 'AllowVolumeExpansion',
      type: 'boolean',
      description: 'Whether volumes can be made larger.',
      value: ({ allowVolumeExpansion = false }) => allowVolumeExpansion,
    },
    ageColumn,
  ],
  validateCreate: ({ provisioner = '', parameters, reclaimPolicy, volumeBindingMode, allowedTopologies }, errors) => {
    validateProvisioner(provisioner, Path.of('provisioner'), errors)
    validateParameters(parameters, Path.of('parameters'), errors)
    if (reclaimPolicy && !reclaimPolicies.includes(reclaimPolicy)) {
      errors.notSupported('reclaimPolicy', reclaimPolicy, reclaimPolicies)
    }
    if (!volumeBindingMode) errors.required('volumeBindingMode')
    validateTopologies(allowedTopologies ?? [], errors)
  },
  warnings: ({ allowedTopologies = [] }) =>
    allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
      matchLabelExpressions.flatMap(({ key }, e) =>
        nodeLabelWarnings([key], () =>
          Path.of('allowedTopologies').index(i).child('matchLabelExpressions').index(e).child('key'),
        ),
      ),
    ),
  validateUpdate: (next, old, errors) => {
    for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
      if (sameValue(next[field] ?? {}, old[field] ?? {})) continue
      errors.forbidden(field, `updates to ${field} are forbidden.`)
    }
    if (next.volumeBindingMode !== old.volumeBindingMode) {
      errors.invalid('volumeBindingMode', next.volumeBindingMode, 'field is immutable')
    }
    validateTopologies(next.allowedTopologies ?? [], errors)
  },
})
export type StorageClass = ObjectOf<typeof StorageClass>
