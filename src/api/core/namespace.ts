import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { nameIsDnsLabel, qualifiedName } from '../names.ts'
import { list, message, req, string, type TypeOf, time } from '../schema.ts'

export const NamespaceSpec = message('core/v1.NamespaceSpec', 'What must be done before a namespace may go.', {
  finalizers: list(string).owned('atomic').at(1, 'Who must be done with it; it stays until the list is empty.'),
})
export type NamespaceSpec = TypeOf<typeof NamespaceSpec>

export const NamespaceCondition = message(
  'core/v1.NamespaceCondition',
  'One finding about a namespace that is going away.',
  {
    type: req(string).at(1, 'What is found out.'),
    status: req(string).at(2, 'True, False or Unknown.'),
    lastTransitionTime: time.at(4, 'When the status last changed.'),
    reason: string.at(5, 'Why the status is as it is, in one word.'),
    message: string.at(6, 'The finding in words.'),
  },
)
export type NamespaceCondition = TypeOf<typeof NamespaceCondition>

export const NamespaceStatus = message('core/v1.NamespaceStatus', 'What is known of a namespace.', {
  phase: string.oneOf('Active', 'Terminating').default('Active').at(1, 'Active or Terminating.'),
  conditions: list(NamespaceCondition).patch('merge', 'type').owned('map', 'type').at(2, 'What keeps it from going.'),
})
export type NamespaceStatus = TypeOf<typeof NamespaceStatus>

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** Selectors go by labels, and may so go by name. */
function nameInLabels(metadata: ObjectMeta): void {
  const { name } = metadata
  if (!name) return
  metadata.labels ??= {}
  metadata.labels['kubernetes.io/metadata.name'] ??= name
}

export const Namespace = kind({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  scope: 'Cluster',
  doc: 'A room of its own for names; deleting it deletes all in it.',
  fields: {
    spec: NamespaceSpec.at(2, 'What must be done before it may go.'),
    status: NamespaceStatus.at(3, 'Whether it is in use or going away.'),
  },
  status: true,
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'Status',
      description: 'Whether the namespace is in use or going away.',
      value: ({ status }) => status.phase ?? '',
    },
    ageColumn,
  ],
  defaults: ({ metadata }) => nameInLabels(metadata),
  prepareForCreate: (namespace) => {
    // A name that the server has made up was not known before.
    nameInLabels(namespace.metadata)
    namespace.status = { phase: 'Active' }
    const finalizers = namespace.spec.finalizers ?? []
    if (!finalizers.includes('kubernetes')) namespace.spec.finalizers = [...finalizers, 'kubernetes']
  },
  // Only the subresource `finalize` takes a finalizer away.
  prepareForUpdate: (namespace, old, { subresource }) => {
    if (subresource !== 'finalize') namespace.spec = old.spec
  },
  nameRule: nameIsDnsLabel,
  validate: ({ spec }, errors) => {
    spec.finalizers?.forEach((finalizer) => {
      errors.invalidEach('spec.finalizers', finalizer, qualifiedName(finalizer))
      if (finalizer.includes('/') || standardFinalizers.has(finalizer)) return
      const neither = 'name is neither a standard finalizer name nor is it fully qualified'
      errors.invalid('spec.finalizers', finalizer, neither)
    })
  },
  validateStatusUpdate: ({ metadata, status }, _old, errors) => {
    const wanted = metadata.deletionTimestamp ? 'Terminating' : 'Active'
    if (status.phase === wanted) return
    const when = metadata.deletionTimestamp ? 'is not empty' : 'is empty'
    errors.invalid('status.Phase', status.phase ?? '', `may only be '${wanted}' if \`deletionTimestamp\` ${when}`)
  },
  // A collection of namespaces cannot be deleted with one request.
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [{ name: 'finalize', verbs: ['update'] }],
  selectableFields: {
    name: (namespace) => namespace.metadata.name ?? '',
    'status.phase': (namespace) => namespace.status.phase ?? '',
  },
})
export type Namespace = ObjectOf<typeof Namespace>
