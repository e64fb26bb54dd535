// The messages that a ValidatingAdmissionPolicy is made of; the kind itself is in validating-admission-policy.ts.

import { Condition } from '../meta/condition.ts'
import { int64, list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { AuditAnnotation, MatchResources, ParamKind, Validation, Variable } from './policy.ts'
import { MatchCondition } from './webhook.ts'

export const ValidatingAdmissionPolicySpec = message(
  'admissionregistration/v1.ValidatingAdmissionPolicySpec',
  'What a policy demands of requests.',
  {
    paramKind: opt(ParamKind).at(1, 'The kind of the parameters, if there are any.'),
    matchConstraints: opt(MatchResources).at(2, 'Which requests the policy is about.'),
    validations: list(Validation).owned('atomic').at(3, 'What must be true.'),
    failurePolicy: opt(string.oneOf('Fail', 'Ignore'))
      .default('Fail')
      .at(4, 'What happens if an expression fails: Fail refuses the request, Ignore lets it pass.'),
    auditAnnotations: list(AuditAnnotation).owned('atomic').at(5, 'Notes for the audit log, at most 20.'),
    matchConditions: list(MatchCondition)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(6, 'Further conditions, at most 64; the policy is about a request only if all of them are true.'),
    variables: list(Variable)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(7, 'Expressions with names; each may use those before it.'),
  },
)
export type ValidatingAdmissionPolicySpec = TypeOf<typeof ValidatingAdmissionPolicySpec>

export const ExpressionWarning = message('admissionregistration/v1.ExpressionWarning', 'Why an expression may fail.', {
  fieldRef: req(string).at(2, 'Where the expression stands, as spec.validations[0].expression.'),
  warning: req(string).at(3, 'The warning.'),
})
export type ExpressionWarning = TypeOf<typeof ExpressionWarning>

export const TypeChecking = message(
  'admissionregistration/v1.TypeChecking',
  'What was found when the types of the expressions were checked.',
  {
    expressionWarnings: list(ExpressionWarning).owned('atomic').at(1, 'The warnings, one for each expression.'),
  },
)
export type TypeChecking = TypeOf<typeof TypeChecking>

export const ValidatingAdmissionPolicyStatus = message(
  'admissionregistration/v1.ValidatingAdmissionPolicyStatus',
  'What is known of a policy.',
  {
    observedGeneration: int64.at(1, 'The generation that the status is about.'),
    typeChecking: opt(TypeChecking).at(2, 'What was found when the types of the expressions were checked.'),
    conditions: list(Condition).owned('map', 'type').at(3, 'The latest findings, one of each type.'),
  },
)
export type ValidatingAdmissionPolicyStatus = TypeOf<typeof ValidatingAdmissionPolicyStatus>
