import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { bindingColumns } from './policy-columns.ts'
import { validateValidatingBinding } from './validate-policy.ts'
import { ValidatingAdmissionPolicyBindingSpec } from './validating-admission-policy-binding-types.ts'

export const ValidatingAdmissionPolicyBinding = kind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  doc: 'Puts a ValidatingAdmissionPolicy into force.',
  fields: {
    spec: ValidatingAdmissionPolicyBindingSpec.at(2, 'Where and how.'),
  },
  columns: [nameColumn, ...bindingColumns, ageColumn],
  validate: validateValidatingBinding,
})
export type ValidatingAdmissionPolicyBinding = ObjectOf<typeof ValidatingAdmissionPolicyBinding>
