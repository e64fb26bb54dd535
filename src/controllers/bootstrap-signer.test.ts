import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { Secret } from '#api/core/secret.ts'
import { formatTime } from '#lib/clock.ts'
import { bootstrapSigner, detachedSignature, signed, signingToken } from './bootstrap-signer.ts'
import { startWorld } from './testing.ts'
import { tokenCleaner } from './token-cleaner.ts'

const type = 'bootstrap.kubernetes.io/token'
const encode = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
const good = { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-signing': 'true' }
const secret = (data: Record<string, string>, more: object = {}) =>
  ({ metadata: { name: 'bootstrap-token-abcdef' }, type, data: encode(data), ...more }) as unknown as Secret

for (const [what, object, expected] of [
  ['a good token', secret(good), true],
  ['a token that lasts', secret({ ...good, expiration: '1970-01-01T00:02:00Z' }), true],
  ['an expired token', secret({ ...good, expiration: '1970-01-01T00:00:30Z' }), false],
  ['a token for another use', secret({ ...good, 'usage-bootstrap-signing': 'false' }), false],
  ['a token under another name', secret(good, { metadata: { name: 'bootstrap-token-other' } }), false],
  ['another secret', secret(good, { type: 'Opaque' }), false],
  ['a token without its secret part', secret({ ...good, 'token-secret': '' }), false],
] as const) {
  test(`${what} ${expected ? 'signs' : 'does not sign'}`, () => {
    assert.deepEqual(signingToken(object, 60_000), expected ? { id: 'abcdef', secret: '0123456789abcdef' } : undefined)
  })
}

test('a signature can be checked by whoever has the token', () => {
  const signature = detachedSignature('content', { id: 'abcdef', secret: '0123456789abcdef' })
  const [header = '', content, mac] = signature.split('.')
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), { alg: 'HS256', kid: 'abcdef' })
  assert.equal(content, '')
  const whole = `${header}.${Buffer.from('content').toString('base64url')}`
  assert.equal(mac, createHmac('sha256', '0123456789abcdef').update(whole).digest('base64url'))
})

test('signed() leaves out signatures of tokens that are gone, and signs nothing where there is nothing', () => {
  const token = { id: 'abcdef', secret: 's' }
  const data = { kubeconfig: 'c', other: 'o', 'jws-kubeconfig-aaaaaa': 'old' }
  assert.deepEqual(Object.keys(signed(data, [token])), ['kubeconfig', 'other', 'jws-kubeconfig-abcdef'])
  assert.deepEqual(signed({ other: 'o' }, [token]), { other: 'o' })
})

test('cluster-info is signed while a token is good, and when it changes', async () => {
  const world = await startWorld({ controllers: [bootstrapSigner, tokenCleaner] })
  await world.namespace('kube-system')
  await world.namespace('kube-public')
  const place = { namespace: 'kube-public', name: 'cluster-info' }
  await world.client.create(ConfigMap, { metadata: place, data: { kubeconfig: 'one' } })
  const expiration = formatTime(world.clock.now() + 60_000)
  await world.client.create(Secret, {
    metadata: { namespace: 'kube-system', name: 'bootstrap-token-abcdef' },
    type,
    data: encode({ ...good, expiration }),
  })
  await world.settle()
  const signature = async () =>
    (await world.get(ConfigMap, place.name, place.namespace))?.data?.['jws-kubeconfig-abcdef']
  const token = { id: 'abcdef', secret: '0123456789abcdef' }
  assert.equal(await signature(), detachedSignature('one', token))
  await world.client.patch(ConfigMap, place, { data: { kubeconfig: 'two' } }, { type: 'merge' })
  await world.settle()
  assert.equal(await signature(), detachedSignature('two', token))
  await world.advance(61_000)
  assert.equal(await signature(), undefined)
  await world.stop()
})
