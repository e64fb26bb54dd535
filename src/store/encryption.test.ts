import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Encryption, type EncryptionProvider, isSealed, Keyring, noEncryption, ruleFits } from './encryption.ts'
import { encryptionWith, formatKeys, parseEncryption } from './encryption-file.ts'

const key = (name: string, fill: number, length = 32) => ({ name, secret: new Uint8Array(length).fill(fill) })
const value = Buffer.from('{"kind":"Secret","data":{"password":"aHVudGVyMg=="}}')
const at = 'secrets/default/db'
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

for (const [type, length] of [
  ['aesgcm', 16],
  ['aesgcm', 24],
  ['aesgcm', 32],
  ['aescbc', 16],
  ['aescbc', 32],
] as const) {
  test(`what ${type} with ${length} bytes seals can be opened again, and only so`, () => {
    const provider: EncryptionProvider = { type, keys: [key('k', 1, length)] }
    const keyring = new Keyring({ rules: [{ resources: ['secrets'], providers: [provider] }] })
    const sealed = keyring.seal(at, value)
    assert.ok(isSealed(sealed))
    assert.ok(text(sealed).startsWith(`k8s:enc:${type}:v1:k:`))
    assert.ok(!text(sealed).includes('aHVudGVyMg'))
    assert.deepEqual(text(keyring.open(at, sealed)), text(value))
    assert.notDeepEqual(keyring.seal(at, value), sealed)
    assert.ok(keyring.isCurrent(at, sealed))
    assert.ok(!keyring.isCurrent(at, value))
    const other = new Keyring({
      rules: [{ resources: ['secrets'], providers: [{ type, keys: [key('k', 2, length)] }] }],
    })
    if (type === 'aesgcm')
      assert.throws(() => other.open(at, sealed), /"secrets\/default\/db" cannot be decrypted with the key/)
  })
}

test('a value that was changed, or put in the place of another, is not opened', () => {
  const keyring = new Keyring(encryptionWith(['secrets'], [key('k', 1)]))
  const sealed = keyring.seal(at, value)
  const changed = Uint8Array.from(sealed)
  changed[changed.length - 20]! ^= 1
  assert.throws(() => keyring.open(at, changed), /cannot be decrypted/)
  assert.throws(() => keyring.open('secrets/default/other', sealed), /cannot be decrypted/)
  assert.throws(() => keyring.open(at, sealed.subarray(0, 24)), /cannot be decrypted/)
  assert.throws(() => new Keyring(noEncryption).open(at, sealed), /a key that is not known: "k8s:enc:aesgcm:v1:k:"/)
})

test('what is not encrypted is read as it is, and what no rule is about is not encrypted', () => {
  const keyring = new Keyring(encryptionWith(['secrets'], [key('k', 1)]))
  assert.equal(keyring.open(at, value), value)
  assert.equal(keyring.seal('pods/default/db', value), value)
  assert.ok(keyring.isCurrent('pods/default/db', value))
  assert.ok(!keyring.isCurrent('pods/default/db', keyring.seal(at, value)))
})

test('an older key reads, and what it has written is not current', () => {
  const [older, newer] = [key('a', 1), key('b', 2)]
  const sealed = new Keyring(encryptionWith(['secrets'], [older])).seal(at, value)
  const keyring = new Keyring(encryptionWith(['secrets'], [newer, older]))
  assert.equal(text(keyring.open(at, sealed)), text(value))
  assert.ok(!keyring.isCurrent(at, sealed))
  assert.ok(text(keyring.seal(at, value)).startsWith('k8s:enc:aesgcm:v1:b:'))
})

test('two keys of one name are told apart by trying', () => {
  const sealed = new Keyring(encryptionWith(['secrets'], [key('k', 1)])).seal(at, value)
  const both: Encryption = {
    ...encryptionWith(['secrets'], [key('k', 2)]),
    readers: [{ type: 'aesgcm', keys: [key('k', 1)] }],
  }
  const keyring = new Keyring(both)
  assert.equal(text(keyring.open(at, sealed)), text(value))
  assert.ok(!keyring.isCurrent(at, sealed))
  assert.ok(keyring.isCurrent(at, keyring.seal(at, value)))
})

for (const [patterns, resource, expected] of [
  [['secrets'], 'secrets', true],
  [['secrets'], 'configmaps', false],
  [['*.'], 'configmaps', true],
  [['*.'], 'deployments.apps', false],
  [['*.apps'], 'deployments.apps', true],
  [['*.apps'], 'deployments.apps.example.com', false],
  [['deployments.apps'], 'deployments.apps', true],
  [['*.*'], 'secrets', true],
  [['*.*'], 'deployments.apps', true],
] as const) {
  test(`${patterns} ${expected ? 'is' : 'is not'} about ${resource}`, () => {
    assert.equal(ruleFits(patterns, resource), expected)
  })
}

test('the file of keys can be read back', () => {
  const keys = [key('a', 1), key('b', 2)]
  assert.deepEqual(parseEncryption(formatKeys(['secrets'], keys)), encryptionWith(['secrets'], keys))
})

const secret = Buffer.alloc(32, 1).toString('base64')
const file = (resources: object) =>
  JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources })
const withProvider = (provider: object) => file([{ resources: ['secrets'], providers: [provider] }])

for (const [what, content, problem] of [
  ['of another kind', 'kind: Policy', /^the file must be a EncryptionConfiguration/],
  ['without resources', file([]), /^resources: at least one is required$/],
  ['without providers', file([{ resources: ['secrets'], providers: [] }]), /^resources\[0\]\.providers: at least one/],
  ['with two providers in one', withProvider({ identity: {}, aesgcm: {} }), /providers\[0\]: must name exactly one/],
  ['with an unknown provider', withProvider({ kms: {} }), /"kms" is not supported; providers are aescbc, aesgcm and/],
  ['without keys', withProvider({ aesgcm: {} }), /aesgcm\.keys: at least one is required$/],
  ['with a nameless key', withProvider({ aesgcm: { keys: [{ secret }] } }), /keys\[0\]\.name: must be a text/],
  ['with a colon in a name', withProvider({ aesgcm: { keys: [{ name: 'a:b', secret }] } }), /name: must be plain/],
  ['with a short key', withProvider({ aesgcm: { keys: [{ name: 'a', secret: 'aGk=' }] } }), /got 2, expected one of/],
  ['with a key that is no base64', withProvider({ aescbc: { keys: [{ name: 'a', secret: 'ä' }] } }), /base64 encoded$/],
  [
    'with one name twice',
    withProvider({
      aesgcm: {
        keys: [
          { name: 'a', secret },
          { name: 'a', secret },
        ],
      },
    }),
    /the name "a" is used twice$/,
  ],
] as const) {
  test(`a file ${what} is refused`, () => {
    assert.throws(() => parseEncryption(content), { message: problem })
  })
}
