// What is asked and answered about access, in whichever of the reviews.

import { FieldSelectorRequirement } from '../meta/field-selector.ts'
import { LabelSelectorRequirement } from '../meta/label-selector.ts'
import { bool, list, map, message, opt, req, string, type TypeOf } from '../schema.ts'

export const FieldSelectorAttributes = message(
  'authorization/v1.FieldSelectorAttributes',
  'By which fields a list, a watch or a deletion of many is narrowed; in one of two forms.',
  {
    rawSelector: string.at(1, 'The selector as it stands in a query.'),
    requirements: list(FieldSelectorRequirement).owned('atomic').at(2, 'The selector in parts; all of them must hold.'),
  },
)
export type FieldSelectorAttributes = TypeOf<typeof FieldSelectorAttributes>

export const LabelSelectorAttributes = message(
  'authorization/v1.LabelSelectorAttributes',
  'By which labels a list, a watch or a deletion of many is narrowed; in one of two forms.',
  {
    rawSelector: string.at(1, 'The selector as it stands in a query.'),
    requirements: list(LabelSelectorRequirement).owned('atomic').at(2, 'The selector in parts; all of them must hold.'),
  },
)
export type LabelSelectorAttributes = TypeOf<typeof LabelSelectorAttributes>

export const ResourceAttributes = message('authorization/v1.ResourceAttributes', 'A request about a resource.', {
  namespace: string.at(1, 'The namespace; empty for all of them, and for resources of the cluster.'),
  verb: string.at(2, 'The verb, as get, list or create; * is all of them.'),
  group: string.at(3, 'The group of the resource; * is all of them.'),
  version: string.at(4, 'The version of the resource; * is all of them.'),
  resource: string.at(5, 'The resource in the plural; * is all of them.'),
  subresource: string.at(6, 'The part of the resource, as log or status.'),
  name: string.at(7, 'The name of the object; empty means all of them.'),
  fieldSelector: opt(FieldSelectorAttributes).at(8, 'How the request is narrowed by fields.'),
  labelSelector: opt(LabelSelectorAttributes).at(9, 'How the request is narrowed by labels.'),
})
export type ResourceAttributes = TypeOf<typeof ResourceAttributes>

export const NonResourceAttributes = message(
  'authorization/v1.NonResourceAttributes',
  'A request for a path that is no resource.',
  {
    path: string.at(1, 'The path, as /healthz.'),
    verb: string.at(2, 'The method of the request in small letters, as get.'),
  },
)
export type NonResourceAttributes = TypeOf<typeof NonResourceAttributes>

export const SubjectAccessReviewSpec = message(
  'authorization/v1.SubjectAccessReviewSpec',
  'Who wants to do what. Either a resource or a path is asked about.',
  {
    resourceAttributes: opt(ResourceAttributes).at(1, 'A request about a resource.'),
    nonResourceAttributes: opt(NonResourceAttributes).at(2, 'A request for a path that is no resource.'),
    user: string.at(3, 'The name of the user; with groups alone, any user of them is meant.'),
    groups: list(string).owned('atomic').at(4, 'The groups of the user.'),
    extra: map(list(string)).at(5, 'Further facts about the user.'),
    uid: string.at(6, 'The UID of the user.'),
  },
)
export type SubjectAccessReviewSpec = TypeOf<typeof SubjectAccessReviewSpec>

export const SubjectAccessReviewStatus = message(
  'authorization/v1.SubjectAccessReviewStatus',
  'Whether something is allowed.',
  {
    allowed: req(bool).at(1, 'Whether it is allowed.'),
    denied: bool.at(4, 'Whether it is refused for good, so that no other authorizer is asked.'),
    reason: string.at(2, 'Why it is allowed or refused.'),
    evaluationError: string.at(3, 'What went wrong while it was found out; there may be an answer none the less.'),
  },
)
export type SubjectAccessReviewStatus = TypeOf<typeof SubjectAccessReviewStatus>
