// What is counted of requests that nobody serves.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testServer } from './fixture.ts'

test('names that somebody makes up are counted as one', async () => {
  const server = await testServer()
  const lines = async () => {
    const { text } = await server.ask('GET', '/metrics')
    return text.split('\n').filter((line) => line.startsWith('apiserver_request')).length
  }
  await lines()
  await server.ask('GET', '/api/v1/namespaces/default/made-up')
  await server.ask('GET', '/apis/made-up/v1/things')
  await server.ask('GET', '/api/v1/namespaces/default/pods/p/made-up')
  await server.ask('MADEUP', '/api/v1/namespaces/default/pods/p')
  await server.ask('MADEUP', '/made-up')
  const before = await lines()
  for (let i = 0; i < 20; i++) {
    await server.ask('GET', `/api/v1/namespaces/default/made-up-${i}`)
    await server.ask('GET', `/apis/made-up-${i}/v1/things`)
    await server.ask('GET', `/api/v1/namespaces/default/pods/p/made-up-${i}`)
    await server.ask(`MADEUP${i}`, '/api/v1/namespaces/default/pods/p')
    await server.ask(`MADEUP${i}`, '/made-up')
  }
  assert.equal(await lines(), before)
  await server.stop()
})

test('what is refused of a kind is counted as of that kind', async () => {
  const server = await testServer()
  await server.ask('GET', '/api/v1/namespaces/default/pods/none')
  const { text } = await server.ask('GET', '/metrics')
  assert.match(text, /apiserver_request_total\{[^}]*resource="pods"[^}]*verb="GET"[^}]*code="404"\} 1/)
  await server.stop()
})
