import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { answerThroughProxy } from './proxied-answer.ts'

const place = { prefix: '/p', behind: '10.0.0.2:80', front: '' }
const page = '<a href="/x">x</a>'
const changed = '<a href="/p/x">x</a>'

async function answered(headers: Record<string, string>, bytes: Uint8Array, { method = 'GET', status = 200 } = {}) {
  const body = (async function* () {
    yield bytes.subarray(0, 5)
    yield bytes.subarray(5)
  })()
  const answer = answerThroughProxy({ status, headers, body }, method, place)
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.body) chunks.push(chunk)
  return { headers: answer.headers, bytes: Buffer.concat(chunks) }
}

describe('answerThroughProxy()', () => {
  const html = { 'content-type': 'text/html; charset=utf-8' }

  test('changes the links of a page, and says nothing of its length', async () => {
    const { headers, bytes } = await answered({ ...html, 'content-length': '18', etag: 'e' }, Buffer.from(page))
    assert.deepEqual([bytes.toString(), headers], [changed, { ...html, etag: 'e' }])
  })

  test('changes the links of a page in gzip', async () => {
    const { headers, bytes } = await answered({ ...html, 'content-encoding': 'gzip' }, gzipSync(page))
    assert.deepEqual([gunzipSync(bytes).toString(), headers['content-encoding']], [changed, 'gzip'])
  })

  test('a page in gzip that is broken off is not taken for a whole one', async () => {
    const half = gzipSync(page).subarray(0, 20)
    await assert.rejects(answered({ ...html, 'content-encoding': 'gzip' }, half))
  })

  for (const [name, headers, options] of [
    ['text', { 'content-type': 'text/plain', 'content-length': '18' }, {}],
    ['a page in another encoding', { ...html, 'content-encoding': 'br', 'content-length': '18' }, {}],
    ['the head of a page', { ...html, 'content-length': '18' }, { method: 'HEAD' }],
    ['a page that has not changed', { ...html, 'content-length': '18' }, { status: 304 }],
    [
      'a page behind a redirect',
      { ...html, 'content-length': '18', location: 'https://elsewhere.example/' },
      { status: 302 },
    ],
  ] as const)
    test(`leaves ${name} as it is`, async () => {
      const answer = await answered({ ...headers }, Buffer.from(page), options)
      assert.deepEqual([answer.bytes.toString(), answer.headers], [page, headers])
    })

  test('sends who is redirected through the proxy', async () => {
    for (const [location, expected] of [
      ['/login?to=/x', '/p/login?to=/x'],
      ['http://10.0.0.2:80/y/', '/p/y/'],
      ['next', 'next'],
    ] as const)
      assert.equal((await answered({ location }, Buffer.alloc(0), { status: 302 })).headers.location, expected)
  })

  test('does not say what other origins may', async () => {
    const { headers } = await answered({ 'access-control-allow-origin': '*', vary: 'Origin' }, Buffer.alloc(0))
    assert.deepEqual(headers, { vary: 'Origin' })
  })
})
