import { kind, type ObjectOf } from '../kind.ts'
import { message, opt, type TypeOf } from '../schema.ts'
import { NonResourceAttributes, ResourceAttributes, SubjectAccessReviewStatus } from './access-review.ts'
import { validateAsked, validateNoMetadata } from './validate-access-review.ts'

export const SelfSubjectAccessReviewSpec = message(
  'authorization/v1.SelfSubjectAccessReviewSpec',
  'What whoever asks wants to do. Either a resource or a path is asked about.',
  {
    resourceAttributes: opt(ResourceAttributes).at(1, 'A request about a resource.'),
    nonResourceAttributes: opt(NonResourceAttributes).at(2, 'A request for a path that is no resource.'),
  },
)
export type SelfSubjectAccessReviewSpec = TypeOf<typeof SelfSubjectAccessReviewSpec>

export const SelfSubjectAccessReview = kind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  scope: 'Cluster',
  doc: 'Asks whether whoever asks may do something.',
  fields: {
    spec: SelfSubjectAccessReviewSpec.at(2, 'What is to be done.'),
    status: SubjectAccessReviewStatus.at(3, 'The answer.'),
  },
  verbs: ['create'],
  generation: false,
  validate: ({ metadata, spec }, errors) => {
    validateAsked(spec, errors)
    validateNoMetadata(metadata, errors)
  },
})
export type SelfSubjectAccessReview = ObjectOf<typeof SelfSubjectAccessReview>
