// An authorizer elsewhere: what it is sent, what its answer means, and how long that is remembered.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import type { Attributes, Decision } from '../access.ts'
import { compileCondition } from './condition.ts'
import { type AuthorizationWebhookOptions, authorizationWebhook, decisionOf, reviewOf, specOf } from './webhook.ts'

const pods: Attributes = {
  user: { name: 'jane', groups: ['devs'], uid: '7', extra: { scopes: ['a'] } },
  isResource: true,
  verb: 'list',
  path: '',
  group: '',
  version: 'v1',
  namespace: 'a',
  resource: 'pods',
  subresource: '',
  name: '',
}
const path: Attributes = {
  ...pods,
  user: { name: '', groups: [] },
  isResource: false,
  verb: 'get',
  path: '/metrics',
  version: '',
  namespace: '',
  resource: '',
}

const who = { user: 'jane', groups: ['devs'], extra: { scopes: ['a'] }, uid: '7' }
const specs: readonly [what: string, Attributes, object][] = [
  [
    'a resource',
    pods,
    { resourceAttributes: { namespace: 'a', verb: 'list', version: 'v1', resource: 'pods' }, ...who },
  ],
  ['a path', path, { nonResourceAttributes: { path: '/metrics', verb: 'get' } }],
  [
    'a field selector',
    { ...pods, fieldSelector: 'spec.nodeName=n,status.phase!=Failed' },
    {
      resourceAttributes: {
        namespace: 'a',
        verb: 'list',
        version: 'v1',
        resource: 'pods',
        fieldSelector: {
          requirements: [
            { key: 'spec.nodeName', operator: 'In', values: ['n'] },
            { key: 'status.phase', operator: 'NotIn', values: ['Failed'] },
          ],
        },
      },
      ...who,
    },
  ],
]
for (const [what, attributes, spec] of specs)
  test(`specOf() ${what}`, () => {
    assert.deepEqual(specOf(attributes), spec)
  })

test('reviewOf() names groups as its version does', () => {
  const spec = { user: 'jane', groups: ['devs'] }
  assert.deepEqual(reviewOf('v1', spec), {
    kind: 'SubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec,
    status: { allowed: false },
  })
  assert.deepEqual((reviewOf('v1beta1', spec) as { spec: object }).spec, { user: 'jane', group: ['devs'] })
})

const decisions: readonly [status: unknown, Decision][] = [
  [
    { allowed: true, reason: 'friend' },
    { allowed: true, reason: 'friend' },
  ],
  [{ allowed: false }, { allowed: false, reason: '' }],
  [
    { allowed: false, denied: true, reason: 'foe' },
    { allowed: false, denied: true, reason: 'foe' },
  ],
  [
    { allowed: true, denied: true },
    { allowed: false, denied: true, reason: '' },
  ],
]
for (const [status, decision] of decisions)
  test(`decisionOf() ${JSON.stringify(status)}`, () => {
    assert.deepEqual(decisionOf({ status }), decision)
  })
test('decisionOf() throws where there is no status', () => {
  assert.throws(() => decisionOf({}), /no status/)
})

function asking(answer: (review: unknown) => unknown, more: Partial<AuthorizationWebhookOptions> = {}) {
  const clock = new VirtualClock()
  const asked: unknown[] = []
  const authorize = authorizationWebhook({
    name: 'w',
    version: 'v1',
    allowedTtlMs: 300_000,
    deniedTtlMs: 30_000,
    onFailure: 'NoOpinion',
    post: async (review) => {
      asked.push(review)
      return answer(review)
    },
    clock,
    log: silentLog,
    ...more,
  })
  return { authorize, asked, clock }
}

for (const [what, allowed, ttlMs] of [
  ['yes', true, 300_000],
  ['no', false, 30_000],
] as const)
  test(`a ${what} is remembered for ${ttlMs} ms, and needs no waiting`, async () => {
    const { authorize, asked, clock } = asking(() => ({ status: { allowed } }))
    assert.equal((await authorize(pods)).allowed, allowed)
    await clock.advance(ttlMs - 1)
    const again = authorize({ ...pods })
    assert.ok(!(again instanceof Promise))
    assert.equal(again.allowed, allowed)
    await authorize({ ...pods, namespace: 'b' })
    assert.equal(asked.length, 2)
    await clock.advance(1)
    await authorize(pods)
    assert.equal(asked.length, 3)
  })

test('what fails is no opinion, or a no where that is wanted, and is not remembered', async () => {
  const fail = () => {
    throw new Error('broken')
  }
  const open = asking(fail)
  assert.deepEqual(await open.authorize(pods), { allowed: false, reason: '' })
  await open.authorize(pods)
  assert.equal(open.asked.length, 2)
  const closed = asking(fail, { onFailure: 'Deny' })
  assert.deepEqual(await closed.authorize(pods), { allowed: false, denied: true, reason: '' })
})

test('what is as long as somebody wants it to be is not remembered', async () => {
  const { authorize, asked } = asking(() => ({ status: { allowed: true } }))
  const long = { ...path, path: `/${'x'.repeat(20_000)}` }
  await authorize(long)
  await authorize(long)
  assert.equal(asked.length, 2)
})

test('only what all conditions mean is asked', async () => {
  const conditions = [
    compileCondition('has(request.resourceAttributes)'),
    compileCondition("request.resourceAttributes.namespace == 'a' && !('system:nodes' in request.groups)"),
  ]
  const { authorize, asked } = asking(() => ({ status: { allowed: true } }), { conditions })
  assert.equal((await authorize(pods)).allowed, true)
  assert.equal((await authorize({ ...pods, namespace: 'b' })).allowed, false)
  assert.equal((await authorize(path)).allowed, false)
  assert.equal(asked.length, 1)
})

test('a condition that cannot be evaluated counts as a failure', async () => {
  const conditions = [compileCondition("request.extra['x'][0] == 'y'")]
  const { authorize, asked } = asking(() => ({ status: { allowed: true } }), { conditions, onFailure: 'Deny' })
  assert.deepEqual(await authorize(pods), { allowed: false, denied: true, reason: '' })
  assert.equal(asked.length, 0)
})

test('a condition that is false decides, whatever is wrong with others', async () => {
  const conditions = [
    compileCondition("request.extra['x'][0] == 'y'"),
    compileCondition("request.resourceAttributes.namespace == 'b'"),
  ]
  const { authorize, asked } = asking(() => ({ status: { allowed: true } }), { conditions, onFailure: 'Deny' })
  assert.deepEqual(await authorize(pods), { allowed: false, reason: '' })
  assert.equal(asked.length, 0)
})

test('compileCondition() refuses what does not compile or is no yes or no', () => {
  assert.throws(() => compileCondition('request.nonsense'), /compilation failed/)
  assert.throws(() => compileCondition('request.user'), /must evaluate to bool/)
})
