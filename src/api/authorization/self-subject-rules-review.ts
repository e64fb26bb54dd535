import { kind, type ObjectOf } from '../kind.ts'
import { bool, list, message, req, string, type TypeOf } from '../schema.ts'

export const SelfSubjectRulesReviewSpec = message(
  'authorization/v1.SelfSubjectRulesReviewSpec',
  'Where whoever asks wants to do something.',
  {
    namespace: string.at(1, 'The namespace; one is needed.'),
  },
)
export type SelfSubjectRulesReviewSpec = TypeOf<typeof SelfSubjectRulesReviewSpec>

export const NonResourceRule = message('authorization/v1.NonResourceRule', 'What may be done with some paths.', {
  verbs: req(list(string)).owned('atomic').at(1, 'The methods in small letters; * is all of them.'),
  nonResourceURLs: list(string).owned('atomic').at(2, 'The paths; a * at the end stands for whatever follows.'),
})
export type NonResourceRule = TypeOf<typeof NonResourceRule>

export const ResourceRule = message('authorization/v1.ResourceRule', 'What may be done with some resources.', {
  verbs: req(list(string)).owned('atomic').at(1, 'The verbs; * is all of them.'),
  apiGroups: list(string).owned('atomic').at(2, 'The groups of the resources; * is all of them.'),
  resources: list(string).owned('atomic').at(3, 'The resources; * is all of them, */log that part of all of them.'),
  resourceNames: list(string).owned('atomic').at(4, 'The only names that the rule is about; all of them if empty.'),
})
export type ResourceRule = TypeOf<typeof ResourceRule>

export const SubjectRulesReviewStatus = message(
  'authorization/v1.SubjectRulesReviewStatus',
  'What somebody may do in a namespace, as far as it is known.',
  {
    resourceRules: req(list(ResourceRule)).owned('atomic').at(1, 'What may be done with resources, in no given order.'),
    nonResourceRules: req(list(NonResourceRule))
      .owned('atomic')
      .at(2, 'What may be done with other paths, in no given order.'),
    incomplete: req(bool).at(3, 'Whether more may be allowed than is said here.'),
    evaluationError: string.at(4, 'Why the rules are not complete.'),
  },
)
export type SubjectRulesReviewStatus = TypeOf<typeof SubjectRulesReviewStatus>

export const SelfSubjectRulesReview = kind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  scope: 'Cluster',
  doc: 'Asks for everything that whoever asks may do in a namespace.',
  fields: {
    spec: SelfSubjectRulesReviewSpec.at(2, 'Where.'),
    status: SubjectRulesReviewStatus.at(3, 'The answer.'),
  },
  verbs: ['create'],
  generation: false,
})
export type SelfSubjectRulesReview = ObjectOf<typeof SelfSubjectRulesReview>
