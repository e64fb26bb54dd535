// The messages that a MutatingAdmissionPolicy is made of; the kind itself is in mutating-admission-policy.ts.

import { list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { MatchResources, ParamKind, Variable } from './policy.ts'
import { MatchCondition } from './webhook.ts'

export const ApplyConfiguration = message(
  'admissionregistration/v1.ApplyConfiguration',
  'A change as an object that is applied.',
  {
    expression: string.at(1, 'An expression in CEL that gives the object, as Object{spec: Object.spec{}}.'),
  },
)
export type ApplyConfiguration = TypeOf<typeof ApplyConfiguration>

export const JSONPatch = message('admissionregistration/v1.JSONPatch', 'A change as a JSON patch.', {
  expression: string.at(
    1,
    'An expression in CEL that gives a list of operations, as JSONPatch{op: "add", path: "/x", value: 1}.',
  ),
})
export type JSONPatch = TypeOf<typeof JSONPatch>

export const Mutation = message('admissionregistration/v1.Mutation', 'One change, in one of two forms.', {
  patchType: req(string.oneOf('ApplyConfiguration', 'JSONPatch')).at(2, 'ApplyConfiguration or JSONPatch.'),
  applyConfiguration: opt(ApplyConfiguration).at(3, 'The change as an object that is applied.'),
  jsonPatch: opt(JSONPatch).at(4, 'The change as a JSON patch.'),
})
export type Mutation = TypeOf<typeof Mutation>

export const MutatingAdmissionPolicySpec = message(
  'admissionregistration/v1.MutatingAdmissionPolicySpec',
  'How a policy changes objects.',
  {
    paramKind: opt(ParamKind).at(1, 'The kind of the parameters, if there are any.'),
    matchConstraints: opt(MatchResources).at(2, 'Which requests the policy is about; never DELETE or CONNECT.'),
    variables: list(Variable).owned('atomic').at(3, 'Expressions with names; each may use those before it.'),
    mutations: list(Mutation).owned('atomic').at(4, 'The changes, one after the other.'),
    failurePolicy: opt(string.oneOf('Fail', 'Ignore'))
      .default('Fail')
      .at(5, 'What happens if an expression fails: Fail refuses the request, Ignore lets it pass.'),
    matchConditions: list(MatchCondition)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(6, 'Further conditions, at most 64; the policy is about a request only if all of them are true.'),
    reinvocationPolicy: string
      .oneOf('IfNeeded', 'Never')
      .at(7, 'Never, or IfNeeded to be run again after others have changed the object.'),
  },
)
export type MutatingAdmissionPolicySpec = TypeOf<typeof MutatingAdmissionPolicySpec>
