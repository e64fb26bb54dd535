import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { MutatingAdmissionPolicyBindingSpec } from './mutating-admission-policy-binding-types.ts'
import { bindingColumns } from './policy-columns.ts'
import { validateMutatingBinding } from './validate-policy.ts'

export const MutatingAdmissionPolicyBinding = kind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  doc: 'Puts a MutatingAdmissionPolicy into force.',
  fields: {
    spec: MutatingAdmissionPolicyBindingSpec.at(2, 'Where and how.'),
  },
  columns: [nameColumn, ...bindingColumns, ageColumn],
  validate: validateMutatingBinding,
})
export type MutatingAdmissionPolicyBinding = ObjectOf<typeof MutatingAdmissionPolicyBinding>
