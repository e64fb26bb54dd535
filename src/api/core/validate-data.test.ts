import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems } from '../testing.ts'
import { ConfigMap } from './config-map.ts'
import { Secret } from './secret.ts'
import { decodedBytes } from './validate-data.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const key =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

test('keys must be able to be file names', () => {
  assert.deepEqual(problems(ConfigMap, { data: { 'a.b': 'x', 'a b': 'x', '..': 'x' } }), [
    `data[..]: Invalid value: "..": must not be '..'`,
    `data[a b]: Invalid value: "a b": ${key}`,
  ])
  assert.deepEqual(problems(ConfigMap, { data: { a: 'x' }, binaryData: { a: base64('x') } }), [
    'data[a]: Invalid value: "a": duplicate of key present in binaryData',
  ])
})

test('a megabyte is enough', () => {
  const big = 'x'.repeat(1024 * 1024)
  assert.deepEqual(problems(ConfigMap, { data: { a: big } }), [])
  assert.deepEqual(problems(ConfigMap, { data: { a: `${big}x` } }), [
    '[]: Too long: may not be more than 1048576 bytes',
  ])
  assert.deepEqual(problems(Secret, { stringData: { a: `${big}x` } }), [
    'data: Too long: may not be more than 1048576 bytes',
  ])
})

test('decodedBytes() counts without decoding', () => {
  for (const text of ['', 'a', 'ab', 'abc', 'abcd']) assert.equal(decodedBytes(base64(text)), text.length)
})

test('what is fixed stays fixed', () => {
  const fixed = { immutable: true, data: { a: 'x' } }
  assert.deepEqual(changeProblems(ConfigMap, fixed, { ...fixed, metadata: { labels: { a: 'b' } } }), [])
  assert.deepEqual(changeProblems(ConfigMap, fixed, { data: { a: 'y' } }), [
    'immutable: Forbidden: field is immutable when `immutable` is set',
    'data: Forbidden: field is immutable when `immutable` is set',
  ])
  assert.deepEqual(changeProblems(Secret, { type: 'a' }, { type: 'b' }), [
    'type: Invalid value: "b": field is immutable',
  ])
})

test('a secret written as text is stored as data', () => {
  const secret = made(Secret, { data: { a: base64('old'), b: base64('b') }, stringData: { a: 'new' } })
  assert.deepEqual(secret.data, { a: base64('new'), b: base64('b') })
  assert.equal(secret.stringData, undefined)
  assert.equal(secret.type, 'Opaque')
})

const secrets: readonly (readonly [string, object, readonly string[]])[] = [
  ['kubernetes.io/tls', {}, ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
  ['kubernetes.io/basic-auth', {}, ['data[username]: Required value', 'data[password]: Required value']],
  ['kubernetes.io/ssh-auth', {}, ['data[ssh-privatekey]: Required value']],
  ['kubernetes.io/dockerconfigjson', {}, ['data[.dockerconfigjson]: Required value']],
  ['kubernetes.io/dockerconfigjson', { '.dockerconfigjson': base64('{}') }, []],
  [
    'kubernetes.io/dockerconfigjson',
    { '.dockerconfigjson': base64('hush') },
    ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid JSON'],
  ],
  [
    'kubernetes.io/service-account-token',
    {},
    ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
  ],
]
for (const [type, data, expected] of secrets) {
  test(`a secret of type ${type} with ${Object.keys(data).join() || 'nothing'}`, () => {
    assert.deepEqual(problems(Secret, { type, data }), expected)
  })
}
