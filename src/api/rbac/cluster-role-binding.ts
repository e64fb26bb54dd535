import { kind, type ObjectOf } from '../kind.ts'
import { nameIsPathSegment } from '../names.ts'
import { list } from '../schema.ts'
import { bindingColumns } from './binding-columns.ts'
import { RoleRef, Subject } from './subject.ts'
import { defaultBinding, validateBinding, validateSameRole } from './validate-binding.ts'

export const ClusterRoleBinding = kind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  scope: 'Cluster',
  doc: 'Gives a ClusterRole to users, groups and service accounts, in all of the cluster.',
  fields: {
    subjects: list(Subject).owned('atomic').at(2, 'Who has the role.'),
    roleRef: RoleRef.at(3, 'The ClusterRole. It never changes.'),
  },
  generation: false,
  createOnUpdate: true,
  columns: bindingColumns,
  nameRule: nameIsPathSegment,
  defaults: defaultBinding,
  validate: (binding, errors) => validateBinding(binding, ['ClusterRole'], errors),
  validateUpdate: validateSameRole,
})
export type ClusterRoleBinding = ObjectOf<typeof ClusterRoleBinding>
