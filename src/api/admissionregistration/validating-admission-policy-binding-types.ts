// The messages that a ValidatingAdmissionPolicyBinding is made of; the kind itself is in validating-admission-policy-binding.ts.

import { list, message, opt, string, type TypeOf } from '../schema.ts'
import { MatchResources, ParamRef } from './policy.ts'

export const ValidatingAdmissionPolicyBindingSpec = message(
  'admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec',
  'Where a policy is in force.',
  {
    policyName: string.at(1, 'The policy.'),
    paramRef: opt(ParamRef).at(2, 'The objects that hold its parameters.'),
    matchResources: opt(MatchResources).at(
      3,
      'Which of the requests that the policy is about are meant; all of them unless given.',
    ),
    validationActions: list(string.oneOf('Audit', 'Deny', 'Warn'))
      .owned('set')
      .at(4, 'What follows where it is broken: Deny, Warn, Audit; Deny and Warn never together.'),
  },
)
export type ValidatingAdmissionPolicyBindingSpec = TypeOf<typeof ValidatingAdmissionPolicyBindingSpec>
