import { kind, type ObjectOf } from '../kind.ts'
import { nameIsPathSegment } from '../names.ts'
import { list } from '../schema.ts'
import { bindingColumns } from './binding-columns.ts'
import { RoleRef, Subject } from './subject.ts'
import { defaultBinding, validateBinding, validateSameRole } from './validate-binding.ts'

export const RoleBinding = kind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  scope: 'Namespaced',
  doc: 'Gives a role to users, groups and service accounts, in one namespace.',
  fields: {
    subjects: list(Subject).owned('atomic').at(2, 'Who has the role.'),
    roleRef: RoleRef.at(3, 'The role: one of the same namespace, or a ClusterRole. It never changes.'),
  },
  generation: false,
  createOnUpdate: true,
  columns: bindingColumns,
  nameRule: nameIsPathSegment,
  defaults: defaultBinding,
  validate: (binding, errors) => validateBinding(binding, ['Role', 'ClusterRole'], errors),
  validateUpdate: validateSameRole,
})
export type RoleBinding = ObjectOf<typeof RoleBinding>
