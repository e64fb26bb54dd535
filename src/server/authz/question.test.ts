import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attributes } from '../access.ts'
import { withAnswers } from './question.ts'

const tom = { name: 'tom', groups: ['devs'] }

test('a question is put as the user of the request, or as the service account that it names', async () => {
  const asked: Attributes[] = []
  const authorize = (attributes: Attributes) => {
    asked.push(attributes)
    return { allowed: attributes.user.name === 'tom', reason: 'so' }
  }
  const about = { verb: 'get', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'a', name: 'x' }
  const answers = await withAnswers(authorize, tom, (ask) => [
    ask(about),
    ask({ ...about, serviceAccount: { namespace: 'a', name: 'robot' } }),
    ask({ verb: 'get', path: '/healthz' }),
  ])
  assert.deepEqual(
    answers,
    [true, false, true].map((allowed) => ({ allowed, reason: 'so' })),
  )
  assert.deepEqual(asked[0], { ...about, user: tom, isResource: true, version: '*', path: '', fieldSelector: '' })
  assert.deepEqual(asked[1]!.user, {
    name: 'system:serviceaccount:a:robot',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
  })
  assert.deepEqual([asked[2]!.isResource, asked[2]!.path], [false, '/healthz'])
})

test('withAnswers() waits for what takes its time and runs again, and asks everything once', async () => {
  const asked: string[] = []
  const authorize = (attributes: Attributes) => {
    asked.push(attributes.path)
    const decision = { allowed: attributes.path !== '/no', reason: '' }
    return attributes.path === '/now' ? decision : Promise.resolve(decision)
  }
  const outcome = await withAnswers(authorize, tom, (ask) => {
    const may = (path: string) => ask({ verb: 'get', path }).allowed
    return `${may('/first') ? may('/second') : 'late'} ${may('/now')} ${may('/no')}`
  })
  assert.equal(outcome, 'true true false')
  assert.deepEqual(
    asked.filter((path) => path !== '/now'),
    ['/first', '/no', '/second'],
  )
})

test('withAnswers() ends with whoever always has something new to ask', async () => {
  let n = 0
  const outcome = await withAnswers(
    async () => ({ allowed: true }),
    tom,
    (ask) => ask({ verb: 'get', path: `/${n++}` }).error,
  )
  assert.equal(outcome, 'the authorizer does not answer at once')
  assert.ok(n < 100)
})
