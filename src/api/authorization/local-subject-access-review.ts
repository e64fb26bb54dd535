import { kind, type ObjectOf } from '../kind.ts'
import { SubjectAccessReviewSpec, SubjectAccessReviewStatus } from './access-review.ts'
import { validateAsked, validateNoMetadata, validateSubject } from './validate-access-review.ts'

export const LocalSubjectAccessReview = kind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  scope: 'Namespaced',
  doc: 'Asks whether somebody may do something in one namespace, so that asking can be allowed there alone.',
  fields: {
    spec: SubjectAccessReviewSpec.at(2, 'Who wants to do what, in the same namespace.'),
    status: SubjectAccessReviewStatus.at(3, 'The answer.'),
  },
  verbs: ['create'],
  generation: false,
  validate: ({ metadata, spec }, errors) => {
    validateAsked(spec, errors)
    validateSubject(spec, errors)
    validateNoMetadata(metadata, errors, 'namespace')
    const { resourceAttributes: resource, nonResourceAttributes: other } = spec
    if (resource && (resource.namespace ?? '') !== (metadata.namespace ?? '')) {
      errors.invalid('spec.resourceAttributes.namespace', resource.namespace ?? '', 'must match metadata.namespace')
    }
    if (other) errors.invalid('spec.nonResourceAttributes', other, 'disallowed on this kind of request')
  },
})
export type LocalSubjectAccessReview = ObjectOf<typeof LocalSubjectAccessReview>
