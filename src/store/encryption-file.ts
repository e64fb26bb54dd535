// The file that says how values are encrypted: upstream's EncryptionConfiguration, whether an administrator has
// written it or the server has made it.

import { parseYaml } from '#api/yaml.ts'
import { isObject, type JsonObject } from '#lib/json.ts'
import type { Encryption, EncryptionKey, EncryptionProvider, EncryptionRule } from './encryption.ts'

const apiVersion = 'apiserver.config.k8s.io/v1'
const kind = 'EncryptionConfiguration'
const keyLengths = [16, 24, 32]

function fieldsAt(value: unknown, at: string): JsonObject {
  if (isObject(value)) return value
  throw new Error(`${at}: must be an object`)
}

function listAt(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value
  throw new Error(`${at}: at least one is required`)
}

function textAt(value: unknown, at: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new Error(`${at}: must be a text that is not empty`)
}

function readKey(value: unknown, at: string): EncryptionKey {
  const key = fieldsAt(value, at)
  const name = textAt(key.name, `${at}.name`)
  if (!/^[\x21-\x39\x3b-\x7e]{1,200}$/.test(name))
    throw new Error(`${at}.name: must be plain letters without ":" and no longer than 200`)
  const text = textAt(key.secret, `${at}.secret`)
  const secret = Buffer.from(text, 'base64')
  // The secret itself is never told.
  if (!/^[A-Za-z0-9+/]+={0,2}\s*$/.test(text)) throw new Error(`${at}.secret: must be base64 encoded`)
  if (!keyLengths.includes(secret.length))
    throw new Error(`${at}.secret: is not of the expected length, got ${secret.length}, expected one of [16 24 32]`)
  return { name, secret: new Uint8Array(secret) }
}

function readProvider(value: unknown, at: string): EncryptionProvider {
  const names = Object.keys(fieldsAt(value, at))
  const [type, ...more] = names
  if (type === undefined || more.length > 0) throw new Error(`${at}: must name exactly one provider`)
  if (type === 'identity') return { type }
  if (type !== 'aesgcm' && type !== 'aescbc')
    throw new Error(`${at}: "${type}" is not supported; providers are aescbc, aesgcm and identity`)
  const own = `${at}.${type}`
  const keys = listAt(fieldsAt((value as JsonObject)[type], own).keys, `${own}.keys`)
  const read = keys.map((key, i) => readKey(key, `${own}.keys[${i}]`))
  const twice = read.find(({ name }, i) => read.findIndex((key) => key.name === name) !== i)
  if (twice) throw new Error(`${own}.keys: the name "${twice.name}" is used twice`)
  return { type, keys: read }
}

function readRule(value: unknown, at: string): EncryptionRule {
  const rule = fieldsAt(value, at)
  return {
    resources: listAt(rule.resources, `${at}.resources`).map((each, i) => textAt(each, `${at}.resources[${i}]`)),
    providers: listAt(rule.providers, `${at}.providers`).map((each, i) => readProvider(each, `${at}.providers[${i}]`)),
  }
}

/** The server's own file is JSON below its comment; at every start it is read without the library for YAML. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^(?:#[^\n]*\n)+/, ''))
  } catch {
    return parseYaml(text)
  }
}

/** Throws with the place of what is wrong. */
export function parseEncryption(text: string): Encryption {
  const file = fieldsAt(parseText(text), 'the file')
  if (file.kind !== kind || file.apiVersion !== apiVersion)
    throw new Error(`the file must be a ${kind} of ${apiVersion}`)
  return { rules: listAt(file.resources, 'resources').map((rule, i) => readRule(rule, `resources[${i}]`)) }
}

/** The first key writes, all read; so do values that are not encrypted. */
export const encryptionWith = (resources: readonly string[], keys: readonly EncryptionKey[]): Encryption => ({
  rules: [{ resources, providers: [{ type: 'aesgcm', keys }, { type: 'identity' }] }],
})

export function formatKeys(resources: readonly string[], keys: readonly EncryptionKey[]): string {
  const configuration = {
    kind,
    apiVersion,
    resources: [
      {
        resources,
        providers: [
          {
            aesgcm: {
              keys: keys.map(({ name, secret }) => ({ name, secret: Buffer.from(secret).toString('base64') })),
            },
          },
          { identity: {} },
        ],
      },
    ],
  }
  return `# With these keys the server encrypts values in its store. Whoever has lost them has lost the values: keep a copy,
# but not beside one of the store.
${JSON.stringify(configuration, undefined, 2)}
`
}
