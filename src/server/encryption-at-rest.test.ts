import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testServer } from './fixture.ts'

const path = '/pinnace.dev/encryption'

test('keys are shown and changed by whoever may, one change at a time', async () => {
  let isRotating = false
  let rotations = 0
  const settled = Promise.withResolvers<void>()
  const encryption = {
    get status() {
      return { file: 'f', rules: [], olderKeys: [], rewriting: isRotating }
    },
    settled: settled.promise,
    rotate: async () => {
      if (isRotating) return false
      rotations++
      isRotating = true
      return true
    },
  }
  const server = await testServer({ encryption })
  assert.deepEqual((await server.ask('GET', path)).json, { file: 'f', rules: [], olderKeys: [], rewriting: false })
  assert.equal((await server.ask('POST', path)).status, 405)
  assert.equal((await server.ask('GET', `${path}/rotate`)).status, 405)
  assert.equal((await server.ask('GET', `${path}/other`)).status, 404)
  const waiting = server.ask('POST', `${path}/rotate?wait=true`)
  const second = await server.ask('POST', `${path}/rotate`)
  assert.equal(second.status, 409)
  assert.equal(second.json.reason, 'Conflict')
  isRotating = false
  settled.resolve()
  assert.equal((await waiting).json.rewriting, false)
  assert.equal(rotations, 1)
  await server.stop()
})

test('a server that keeps nothing on a disk has no keys', async () => {
  const server = await testServer()
  assert.equal((await server.ask('GET', path)).status, 404)
  assert.equal((await server.ask('POST', '/version')).status, 405)
  await server.stop()
})
