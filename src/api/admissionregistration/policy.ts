// What policies of both sorts and their bindings are made of.

import { LabelSelector } from '../meta/label-selector.ts'
import { list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { NamedRuleWithOperations } from './rule.ts'

export const ParamKind = message(
  'admissionregistration/v1.ParamKind',
  'The kind of objects that hold the parameters of a policy.',
  {
    apiVersion: string.at(1, 'The group and version of the kind.'),
    kind: string.at(2, 'The kind.'),
  },
).atomic()
export type ParamKind = TypeOf<typeof ParamKind>

export const ParamRef = message(
  'admissionregistration/v1.ParamRef',
  'Which objects hold the parameters: one by its name, or many by their labels.',
  {
    name: string.at(1, 'The name of the object; never with a selector.'),
    namespace: string.at(2, 'The namespace of the objects; that of the request unless given.'),
    selector: opt(LabelSelector).at(3, 'The labels of the objects; never with a name.'),
    parameterNotFoundAction: opt(string).at(
      4,
      'What happens if there is no such object: Allow leaves the policy out, Deny follows its failure policy.',
    ),
  },
).atomic()
export type ParamRef = TypeOf<typeof ParamRef>

export const MatchResources = message(
  'admissionregistration/v1.MatchResources',
  'Which requests are meant: they pass all selectors and a rule, and no rule that excludes them.',
  {
    namespaceSelector: opt(LabelSelector)
      .default({})
      .at(1, 'Only objects in namespaces with such labels are meant; for a Namespace its own labels count.'),
    objectSelector: opt(LabelSelector)
      .default({})
      .at(2, 'Only objects with such labels are meant, before or after the change.'),
    resourceRules: list(NamedRuleWithOperations).owned('atomic').at(3, 'The requests that are meant.'),
    excludeResourceRules: list(NamedRuleWithOperations)
      .owned('atomic')
      .at(4, 'The requests that are not meant after all.'),
    matchPolicy: opt(string.oneOf('Equivalent', 'Exact'))
      .default('Equivalent')
      .at(7, 'Exact means only what the rules say, Equivalent also other versions of the same resource.'),
  },
).atomic()
export type MatchResources = TypeOf<typeof MatchResources>

export const Validation = message('admissionregistration/v1.Validation', 'One thing that must be true.', {
  expression: req(string).at(
    1,
    'The expression in CEL; it knows object, oldObject, request, params, variables, namespaceObject and authorizer.',
  ),
  message: string.at(2, 'What is said where it is not true.'),
  reason: opt(string).at(
    3,
    'The reason of the refusal: Forbidden, Invalid or RequestEntityTooLarge; Invalid unless given.',
  ),
  messageExpression: string.at(4, 'An expression that gives what is said; it goes before message.'),
})
export type Validation = TypeOf<typeof Validation>

export const Variable = message('admissionregistration/v1.Variable', 'An expression with a name, for use in others.', {
  name: req(string).at(1, 'The name; others use it as variables.name.'),
  expression: req(string).at(2, 'The expression in CEL; it is worked out when it is first needed.'),
}).atomic()
export type Variable = TypeOf<typeof Variable>

export const AuditAnnotation = message('admissionregistration/v1.AuditAnnotation', 'A note in the audit log.', {
  key: req(string).at(1, 'The key, to which the name of the policy is put in front.'),
  valueExpression: req(string).at(2, 'An expression in CEL that gives the text; null leaves the note out.'),
})
export type AuditAnnotation = TypeOf<typeof AuditAnnotation>
