// Lasting tokens, from the Secret that holds them to the user that they stand for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import type { Secret } from '#api/core/secret.ts'
import { VirtualClock } from '#lib/clock.ts'
import { seededRandom } from '#lib/random.ts'
import { dayToNote, invalidSinceLabel, lastUsedLabel } from './secret-token.ts'
import { createServiceAccountTokens, generateSigningKey } from './service-account.ts'

const secretWith = (token: string, labels?: Readonly<Record<string, string>>): Secret =>
  ({
    metadata: { name: 's', namespace: 'ns', uid: 'u2', ...(labels ? { labels } : {}) },
    data: { token: Buffer.from(token).toString('base64') },
  }) as unknown as Secret

async function world() {
  const clock = new VirtualClock(Date.parse('2026-11-22T10:00:00Z'))
  const accounts = new Map([['robot', 'u1']])
  const uses: string[] = []
  let held: Secret | undefined
  const tokens = createServiceAccountTokens({
    keyPem: generateSigningKey(),
    issuer: 'https://issuer.example.com',
    apiAudiences: ['api'],
    uidOf: (resource, _, name) => (resource === 'serviceaccounts' ? accounts.get(name) : undefined),
    secretOf: (namespace, name) => (namespace === 'ns' && name === 's' ? held : undefined),
    onUse: ({ metadata }, day) => void uses.push(`${metadata.name} ${day}`),
    clock,
    random: seededRandom(1),
  })
  const robot = { name: 'robot', uid: 'u1' }
  const token = await tokens.signForSecret({
    namespace: 'ns',
    serviceAccount: robot,
    secret: { name: 's', uid: 'u2' },
  })
  const hold = (secret: Secret | undefined) => {
    held = secret
  }
  return { token, accounts, uses, hold, use: () => tokens.method(token, ['api', 'other']) }
}

test('a lasting token says what such tokens have always said, and never ends', async () => {
  const { token } = await world()
  assert.deepEqual(decodeJwt(token), {
    iss: 'kubernetes/serviceaccount',
    'kubernetes.io/serviceaccount/namespace': 'ns',
    'kubernetes.io/serviceaccount/secret.name': 's',
    'kubernetes.io/serviceaccount/service-account.name': 'robot',
    'kubernetes.io/serviceaccount/service-account.uid': 'u1',
    sub: 'system:serviceaccount:ns:robot',
  })
})

test('a lasting token is its account, for the API server', async () => {
  const { token, hold, use, uses } = await world()
  hold(secretWith(token))
  const reviewed = await use()
  assert.deepEqual(reviewed, {
    user: {
      name: 'system:serviceaccount:ns:robot',
      uid: 'u1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:ns'],
    },
    audiences: ['api'],
  })
  assert.deepEqual(uses, ['s 2026-11-22'])
})

test('a lasting token is good for nothing without the Secret that holds it, and its account', async () => {
  const { token, accounts, hold, use, uses } = await world()
  await assert.rejects(use(), /secret of the token is gone/)
  hold(secretWith('another'))
  await assert.rejects(use(), /holds another token/)
  hold(secretWith(token, { [invalidSinceLabel]: '2026-01-01' }))
  await assert.rejects(use(), /the token in secret ns\/s for service account ns\/robot has been marked invalid/)
  hold(secretWith(token))
  accounts.set('robot', 'u9')
  await assert.rejects(use(), /bound to is gone/)
  assert.deepEqual(uses, [])
})

test('dayToNote() is today, unless that or the day after it is noted', () => {
  const nowMs = Date.parse('2026-11-22T23:59:00Z')
  const noted = (day: string) => dayToNote(secretWith('', { [lastUsedLabel]: day }), nowMs)
  assert.equal(dayToNote(secretWith(''), nowMs), '2026-11-22')
  assert.equal(noted('2026-11-21'), '2026-11-22')
  assert.equal(noted('2026-11-22'), undefined)
  assert.equal(noted('2026-11-23'), undefined)
})
