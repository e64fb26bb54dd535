import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '#api/core/secret.ts'
import { formatTime } from '#lib/clock.ts'
import { startWorld } from './testing.ts'
import { remainingMs, tokenCleaner } from './token-cleaner.ts'

const type = 'bootstrap.kubernetes.io/token'
const data = (expiration: string) => ({ expiration: Buffer.from(expiration).toString('base64') })

test('remainingMs() is how long a bootstrap token is still good', () => {
  assert.equal(remainingMs({ type, data: data('1970-01-01T00:01:00Z') }, 0), 60_000)
  assert.equal(remainingMs({ type, data: data('1970-01-01T00:01:00+00:01') }, 0), 0)
  assert.equal(remainingMs({ type, data: data('1970-01-01T00:01:00Z') }, 90_000), 0)
  assert.equal(remainingMs({ type, data: {} }, 0), undefined)
  assert.equal(remainingMs({ type, data: data('soon') }, 0), undefined)
  assert.equal(remainingMs({ type: 'Opaque', data: data('1970-01-01T00:01:00Z') }, 90_000), undefined)
})

test('a token goes when its time is over, and no other secret with it', async () => {
  const world = await startWorld({ controllers: [tokenCleaner] })
  await world.namespace('kube-system')
  await world.namespace('other')
  const expiration = formatTime(world.clock.now() + 60_000)
  for (const [namespace, name, kind] of [
    ['kube-system', 'bootstrap-token-abcdef', type],
    ['kube-system', 'opaque', 'Opaque'],
    ['other', 'bootstrap-token-abcdef', type],
  ] as const)
    await world.client.create(Secret, { metadata: { namespace, name }, type: kind, data: data(expiration) })
  await world.advance(59_000)
  assert.ok(await world.get(Secret, 'bootstrap-token-abcdef', 'kube-system'))
  await world.advance(2_000)
  assert.equal(await world.get(Secret, 'bootstrap-token-abcdef', 'kube-system'), undefined)
  assert.ok(await world.get(Secret, 'opaque', 'kube-system'))
  assert.ok(await world.get(Secret, 'bootstrap-token-abcdef', 'other'))
  await world.stop()
})
