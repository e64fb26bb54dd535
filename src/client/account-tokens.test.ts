import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '#api/status-error.ts'
import { VirtualClock } from '#lib/clock.ts'
import { accountToken } from './account-tokens.ts'
import type { Client } from './client.ts'

/** A server that knows no accounts yet, and grants tokens for half an hour at most. */
function world() {
  const clock = new VirtualClock()
  const asked: string[] = []
  let exists = false
  let tokens = 0
  const client = {
    async create(_: unknown, { metadata }: { metadata: { namespace: string; name: string } }) {
      asked.push(`create ${metadata.namespace}/${metadata.name}`)
      exists = true
    },
    async createSubresource(_: unknown, { namespace, name }: { namespace: string; name: string }, subresource: string) {
      asked.push(`${subresource} of ${namespace}/${name}`)
      if (!exists) throw new StatusError(404, 'NotFound', 'not found')
      return { spec: { expirationSeconds: 1800 }, status: { token: `token-${++tokens}` } }
    },
  } as unknown as Client
  return { clock, asked, source: accountToken('pod-garbage-collector', { client, clock }) }
}

test('accountToken() makes the account, and asks once for all who wait', async () => {
  const { asked, source } = world()
  assert.deepEqual(await Promise.all([source.get(), source.get()]), ['token-1', 'token-1'])
  const account = 'kube-system/pod-garbage-collector'
  assert.deepEqual(asked, [`token of ${account}`, `create ${account}`, `token of ${account}`])
})

test('accountToken() renews a token before its end', async () => {
  const { clock, source } = world()
  await source.get()
  await clock.advance(1_439_000)
  assert.equal(await source.get(), 'token-1')
  await clock.advance(1_000)
  assert.equal(await source.get(), 'token-2')
})

test('accountToken() drops the token that the server has refused, and no other', async () => {
  const { source } = world()
  const first = await source.get()
  source.refused(first)
  assert.equal(await source.get(), 'token-2')
  source.refused(first)
  assert.equal(await source.get(), 'token-2')
})
