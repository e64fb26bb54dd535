import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { MutatingAdmissionPolicySpec } from './mutating-admission-policy-types.ts'
import { paramKindColumn } from './policy-columns.ts'
import { validateMutatingPolicy } from './validate-policy.ts'

export const MutatingAdmissionPolicy = kind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  scope: 'Cluster',
  doc: 'Changes objects before they are stored by rules in CEL; a binding puts it into force.',
  fields: {
    spec: MutatingAdmissionPolicySpec.at(2, 'What is changed.'),
  },
  columns: [
    nameColumn,
    {
      name: 'Mutations',
      type: 'integer',
      description: 'How many changes there are.',
      value: ({ spec: { mutations = [] } }) => mutations.length,
    },
    paramKindColumn,
    ageColumn,
  ],
  validate: validateMutatingPolicy,
})
export type MutatingAdmissionPolicy = ObjectOf<typeof MutatingAdmissionPolicy>
