// What may come back from a webhook, and what becomes of a no.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { denialOf } from './denial.ts'
import { reviewOf, reviewVersion, verdictOf } from './review.ts'

const about = { version: 'v1', uid: 'u', mutating: true }
const answer = (response: unknown, more: object = {}) => ({
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  response,
  ...more,
})
const yes = { uid: 'u', allowed: true }

const wrong: readonly [answer: unknown, more: Partial<typeof about>, message: string][] = [
  [undefined, {}, 'webhook response was absent'],
  [[], {}, 'webhook response was absent'],
  [answer(undefined), {}, 'webhook response was absent'],
  [answer({ allowed: true }), {}, 'expected response.uid="u", got ""'],
  [
    answer(yes, { apiVersion: 'admission.k8s.io/v1beta1' }),
    {},
    'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got admission.k8s.io/v1beta1, Kind=AdmissionReview',
  ],
  [{ response: yes }, {}, 'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind='],
  [
    answer(yes),
    { version: 'v1beta1' },
    'expected webhook response of admission.k8s.io/v1beta1, Kind=AdmissionReview, got admission.k8s.io/v1, Kind=AdmissionReview',
  ],
  [answer({ ...yes, patch: 'W10=' }), {}, 'webhook returned response.patch but not response.patchType'],
  [answer({ ...yes, patchType: 'JSONPatch' }), {}, 'webhook returned response.patchType but not response.patch'],
  [answer({ ...yes, patch: 'W10=', patchType: '' }), {}, 'webhook returned invalid response.patchType of ""'],
  [answer({ ...yes, patch: 'W10=' }), { mutating: false }, 'validating webhook may not return response.patch'],
  [
    answer({ ...yes, patchType: 'JSONPatch' }),
    { mutating: false },
    'validating webhook may not return response.patchType',
  ],
]
for (const [given, more, message] of wrong)
  test(`verdictOf() refuses: ${message}`, () => {
    assert.throws(() => verdictOf(given, { ...about, ...more }), { message })
  })

test('verdictOf() takes of an answer what it knows, whatever else is in it', () => {
  const response = {
    ...yes,
    allowed: 'true',
    warnings: ['a', 1],
    auditAnnotations: { a: 'b', c: 2 },
    status: 'x',
    patch: 'W10=',
    patchType: 'JSONPatch',
  }
  assert.deepEqual(verdictOf(answer(response), about), {
    allowed: false,
    result: undefined,
    patch: 'W10=',
    patchType: 'JSONPatch',
    auditAnnotations: [['a', 'b']],
    warnings: ['a'],
  })
})

test('verdictOf() asks less of the older version', () => {
  const verdict = verdictOf({ response: { allowed: true, patch: 'W10=' } }, { ...about, version: 'v1beta1' })
  assert.deepEqual([verdict.allowed, verdict.patchType], [true, 'JSONPatch'])
})

test('reviewVersion() takes the first that is known', () => {
  assert.equal(reviewVersion(['v2', 'v1beta1', 'v1']), 'v1beta1')
  assert.throws(() => reviewVersion(['v2']), /does not accept known AdmissionReview versions \(v1, v1beta1\)/)
})

test('reviewOf() says what of the request differs from what the webhook is shown', () => {
  const kind = { group: 'apps', version: 'v1', kind: 'Deployment' }
  const resource = { group: 'apps', version: 'v1', resource: 'deployments' }
  const head = {
    kind,
    resource,
    requestKind: { ...kind, version: 'v1beta1' },
    requestResource: { ...resource, version: 'v1beta1' },
    subresource: 'status',
    name: 'd',
    namespace: 'n',
    operation: 'UPDATE' as const,
    user: { name: 'jane', groups: ['devs'], uid: '7', extra: { scopes: ['a'] } },
    dryRun: true,
    options: null,
  }
  assert.deepEqual(reviewOf('v1', 'u', head, { object: { a: 1 }, oldObject: null }), {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: 'u',
      kind,
      resource,
      subResource: 'status',
      requestKind: head.requestKind,
      requestResource: head.requestResource,
      requestSubResource: 'status',
      name: 'd',
      namespace: 'n',
      operation: 'UPDATE',
      userInfo: { username: 'jane', uid: '7', groups: ['devs'], extra: { scopes: ['a'] } },
      object: { a: 1 },
      oldObject: null,
      dryRun: true,
      options: null,
    },
  })
})

for (const [result, code, message] of [
  [undefined, 400, 'admission webhook "w" denied the request without explanation'],
  [{ message: 'm', reason: 'Forbidden', code: 403 }, 403, 'admission webhook "w" denied the request: m'],
  [{ reason: 'Gone' }, 400, 'admission webhook "w" denied the request: Gone'],
  [{ code: 200 }, 400, 'admission webhook "w" denied the request without explanation'],
  [{ code: 1e9 }, 400, 'admission webhook "w" denied the request without explanation'],
  [{ code: '500', message: 7 }, 400, 'admission webhook "w" denied the request without explanation'],
] as const)
  test(`denialOf() ${JSON.stringify(result)}`, () => {
    const status = denialOf('w', result)
    assert.deepEqual([status.code, status.message], [code, message])
  })
