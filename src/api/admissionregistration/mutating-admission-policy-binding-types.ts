// The messages that a MutatingAdmissionPolicyBinding is made of; the kind itself is in mutating-admission-policy-binding.ts.

import { message, opt, string, type TypeOf } from '../schema.ts'
import { MatchResources, ParamRef } from './policy.ts'

export const MutatingAdmissionPolicyBindingSpec = message(
  'admissionregistration/v1.MutatingAdmissionPolicyBindingSpec',
  'Where a policy is in force.',
  {
    policyName: string.at(1, 'The policy.'),
    paramRef: opt(ParamRef).at(2, 'The objects that hold its parameters.'),
    matchResources: opt(MatchResources).at(
      3,
      'Which of the requests that the policy is about are meant; all of them unless given.',
    ),
  },
)
export type MutatingAdmissionPolicyBindingSpec = TypeOf<typeof MutatingAdmissionPolicyBindingSpec>
