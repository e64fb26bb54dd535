import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { paramKindColumn } from './policy-columns.ts'
import { validateValidatingPolicy } from './validate-policy.ts'
import { ValidatingAdmissionPolicySpec, ValidatingAdmissionPolicyStatus } from './validating-admission-policy-types.ts'

export const ValidatingAdmissionPolicy = kind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  scope: 'Cluster',
  doc: 'Says yes or no to requests by rules in CEL; a binding puts it into force.',
  fields: {
    spec: ValidatingAdmissionPolicySpec.at(2, 'What is demanded.'),
    status: ValidatingAdmissionPolicyStatus.at(3, 'What is known of the policy.'),
  },
  status: true,
  columns: [
    nameColumn,
    {
      name: 'Validations',
      type: 'integer',
      description: 'How many things must be true.',
      value: ({ spec: { validations = [] } }) => validations.length,
    },
    paramKindColumn,
    ageColumn,
  ],
  validate: validateValidatingPolicy,
})
export type ValidatingAdmissionPolicy = ObjectOf<typeof ValidatingAdmissionPolicy>
