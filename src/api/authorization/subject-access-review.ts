import { kind, type ObjectOf } from '../kind.ts'
import { SubjectAccessReviewSpec, SubjectAccessReviewStatus } from './access-review.ts'
import { validateAsked, validateNoMetadata, validateSubject } from './validate-access-review.ts'

export const SubjectAccessReview = kind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  scope: 'Cluster',
  doc: 'Asks whether somebody may do something.',
  fields: {
    spec: SubjectAccessReviewSpec.at(2, 'Who wants to do what.'),
    status: SubjectAccessReviewStatus.at(3, 'The answer.'),
  },
  verbs: ['create'],
  generation: false,
  validate: ({ metadata, spec }, errors) => {
    validateAsked(spec, errors)
    validateSubject(spec, errors)
    validateNoMetadata(metadata, errors)
  },
})
export type SubjectAccessReview = ObjectOf<typeof SubjectAccessReview>
