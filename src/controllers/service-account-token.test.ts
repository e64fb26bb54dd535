import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '#api/core/secret.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import { serviceAccountToken } from './service-account-token.ts'
import { startWorld, type World } from './testing.ts'

const start = () =>
  startWorld({
    controllers: [
      serviceAccountToken({
        caPem: 'CA',
        sign: async ({ namespace, serviceAccount, secret }) => `${namespace}/${serviceAccount.name}/${secret.name}`,
      }),
    ],
  })

const account = (world: World) =>
  world.client.create(ServiceAccount, { metadata: { namespace: 'default', name: 'robot' } })

const secret = (world: World, rest: object = {}) =>
  world.client.create(Secret, {
    metadata: { namespace: 'default', name: 's', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    type: 'kubernetes.io/service-account-token',
    ...rest,
  })

const text = (data: string | undefined) => Buffer.from(data ?? '', 'base64').toString()

test('a Secret that asks for a token gets it, with the CA and the namespace', async () => {
  const world = await start()
  const { metadata } = await account(world)
  await secret(world)
  await world.settle()
  const found = await world.get(Secret, 's', 'default')
  assert.deepEqual(
    [text(found?.data?.token), text(found?.data?.['ca.crt']), text(found?.data?.namespace)],
    ['default/robot/s', 'CA', 'default'],
  )
  assert.equal(found?.metadata.annotations?.['kubernetes.io/service-account.uid'], metadata.uid)
  await world.stop()
})

test('the Secret goes with its account, and one without an account does not stay', async () => {
  const world = await start()
  await account(world)
  await secret(world)
  await world.settle()
  await world.client.delete(ServiceAccount, { namespace: 'default', name: 'robot' })
  await world.settle()
  assert.equal(await world.get(Secret, 's', 'default'), undefined)
  await secret(world)
  await world.settle()
  assert.equal(await world.get(Secret, 's', 'default'), undefined)
  await world.stop()
})

test('other Secrets are left alone', async () => {
  const world = await start()
  await secret(world, { type: 'Opaque' })
  await world.settle()
  assert.equal((await world.get(Secret, 's', 'default'))?.data, undefined)
  await world.stop()
})
