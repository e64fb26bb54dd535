import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from '../decode.ts'
import { FieldErrors } from '../field-errors.ts'
import type { AnyKind } from '../kind.ts'
import { LocalSubjectAccessReview } from './local-subject-access-review.ts'
import { SelfSubjectAccessReview } from './self-subject-access-review.ts'
import { SubjectAccessReview } from './subject-access-review.ts'

const problems = (kind: AnyKind, sent: object): string[] => {
  const errors = new FieldErrors()
  kind.strategy.validate?.(decode(kind, { metadata: {}, ...sent }).object, errors)
  return errors.all.map(({ field, message }) => `${field}: ${message}`)
}

const asked = { resourceAttributes: { verb: 'get', resource: 'pods' } }
const selector = (fieldSelector: object) => ({ user: 'u', resourceAttributes: { fieldSelector } })

const wrong: readonly (readonly [string, AnyKind, object, readonly string[]])[] = [
  ['nothing', SubjectAccessReview, { spec: { ...asked, user: 'u' } }, []],
  ['nothing', SelfSubjectAccessReview, { spec: asked }, []],
  [
    'no question',
    SubjectAccessReview,
    {},
    [
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
  ],
  [
    'two questions',
    SelfSubjectAccessReview,
    { spec: { ...asked, nonResourceAttributes: { path: '/' } } },
    [
      'spec.nonResourceAttributes: Invalid value: {"path":"/"}: cannot be specified in combination with resourceAttributes',
    ],
  ],
  [
    'a name',
    SelfSubjectAccessReview,
    { metadata: { name: 'a' }, spec: asked },
    ['metadata: Invalid value: {"name":"a"}: must be empty'],
  ],
  [
    'a selector in both forms',
    SubjectAccessReview,
    { spec: selector({ rawSelector: 'a=b', requirements: [{ operator: 'In' }] }) },
    [
      'spec.resourceAttributes.fieldSelector.rawSelector: Invalid value: "a=b": may not specified at the same time as requirements',
      'spec.resourceAttributes.fieldSelector.requirements[0].key: Required value: must be specified',
      "spec.resourceAttributes.fieldSelector.requirements[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
  ],
  [
    'a selector in no form',
    SubjectAccessReview,
    { spec: selector({}) },
    [
      'spec.resourceAttributes.fieldSelector.requirements: Required value: when spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required',
    ],
  ],
  [
    'an operator of later days',
    SubjectAccessReview,
    { spec: selector({ requirements: [{ key: 'a', operator: 'Like' }] }) },
    [],
  ],
  [
    'another namespace',
    LocalSubjectAccessReview,
    { metadata: { namespace: 'n' }, spec: { ...asked, user: 'u' } },
    ['spec.resourceAttributes.namespace: Invalid value: "": must match metadata.namespace'],
  ],
  [
    'a path in a namespace',
    LocalSubjectAccessReview,
    { metadata: { namespace: 'n' }, spec: { nonResourceAttributes: { path: '/' }, groups: ['g'] } },
    ['spec.nonResourceAttributes: Invalid value: {"path":"/"}: disallowed on this kind of request'],
  ],
]
for (const [what, kind, sent, expected] of wrong) {
  test(`a ${kind.kind} with ${what} wrong`, () => {
    assert.deepEqual(problems(kind, sent), expected)
  })
}
