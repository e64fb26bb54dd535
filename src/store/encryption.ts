// Values that are not to be read from the disk: encrypted before they are written, by rules about keys, and decrypted
// by whatever key they name. The form is upstream's, `k8s:enc:<provider>:v1:<key>:` before the ciphertext; with
// AES-GCM the object's key is authenticated with it, so that a value cannot be put in another's place.
//
// Guarantees: what is not encrypted is read as it is; a value whose key is missing is an error, never garbage.

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Key } from './store.ts'

export interface EncryptionKey {
  readonly name: string
  /** 16, 24 or 32 bytes. */
  readonly secret: Uint8Array
}

export type EncryptionProvider =
  | { readonly type: 'identity' }
  | { readonly type: 'aesgcm' | 'aescbc'; readonly keys: readonly EncryptionKey[] }

export interface EncryptionRule {
  /** As `secrets`, `deployments.apps`, `*.apps`, `*.` for the core group, `*.*` for all. */
  readonly resources: readonly string[]
  /** The first writes, with its first key; all read. */
  readonly providers: readonly EncryptionProvider[]
}

/** The first rule about a resource counts; what no rule is about is not encrypted. */
export interface Encryption {
  readonly rules: readonly EncryptionRule[]
  /** Keys that only read. */
  readonly readers?: readonly EncryptionProvider[] | undefined
}

export const noEncryption: Encryption = { rules: [] }

const marker = Buffer.from('k8s:enc:')
/** Names of keys are short; a prefix that does not end here is none. */
const longestPrefix = 320
const nonceBytes = 12
const tagBytes = 16
const ivBytes = 16

type Cipher = 'aesgcm' | 'aescbc'

interface Writer {
  readonly type: Cipher
  readonly key: EncryptionKey
  readonly prefix: Buffer
}

const prefixOf = (type: Cipher, name: string): string => `k8s:enc:${type}:v1:${name}:`

function seal({ type, key: { secret }, prefix }: Writer, key: Key, bytes: Uint8Array): Uint8Array {
  const bits = secret.length * 8
  if (type === 'aescbc') {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv(`aes-${bits}-cbc`, secret, iv)
    return Buffer.concat([prefix, iv, cipher.update(bytes), cipher.final()])
  }
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(`aes-${bits}-gcm` as 'aes-256-gcm', secret, nonce)
  cipher.setAAD(Buffer.from(key))
  return Buffer.concat([prefix, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** Throws when the key is not the one, or the value has been changed. */
function unseal(type: Cipher, secret: Uint8Array, key: Key, sealed: Uint8Array): Uint8Array {
  const bits = secret.length * 8
  if (type === 'aescbc') {
    const decipher = createDecipheriv(`aes-${bits}-cbc`, secret, sealed.subarray(0, ivBytes))
    return Buffer.concat([decipher.update(sealed.subarray(ivBytes)), decipher.final()])
  }
  const decipher = createDecipheriv(`aes-${bits}-gcm` as 'aes-256-gcm', secret, sealed.subarray(0, nonceBytes))
  decipher.setAAD(Buffer.from(key))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
}

export const isSealed = (bytes: Uint8Array): boolean =>
  bytes.length > marker.length && bytes[0] === marker[0] && marker.equals(bytes.subarray(0, marker.length))

/** `k8s:enc:<type>:v1:<name>:`, in whole. */
function readPrefix(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, longestPrefix)).toString('latin1')
  return /^k8s:enc:[^:]*:v1:[^:]*:/.exec(text)?.[0] ?? text.slice(0, 40)
}

export function ruleFits(patterns: readonly string[], resource: string): boolean {
  const dot = resource.indexOf('.')
  const group = dot < 0 ? '' : resource.slice(dot + 1)
  return patterns.some((pattern) => pattern === resource || pattern === '*.*' || pattern === `*.${group}`)
}

/** Holds the keys, and is asked about every value that goes to the disk or comes from it. */
export class Keyring {
  readonly #encryption: Encryption
  readonly #writers = new Map<string, Writer | undefined>()
  readonly #readers = new Map<string, { readonly type: Cipher; readonly secret: Uint8Array }[]>()

  constructor(encryption: Encryption) {
    this.#encryption = encryption
    const providers = [...encryption.rules.flatMap((rule) => rule.providers), ...(encryption.readers ?? [])]
    for (const provider of providers) {
      if (provider.type === 'identity') continue
      for (const { name, secret } of provider.keys) {
        const prefix = prefixOf(provider.type, name)
        const known = this.#readers.get(prefix) ?? []
        this.#readers.set(prefix, [...known, { type: provider.type, secret }])
      }
    }
  }

  /** Says which keys write what: values written under another one are not current. */
  get fingerprint(): string {
    const rules = this.#encryption.rules.map(({ resources, providers: [first] }) => [
      [...resources].sort(),
      first === undefined || first.type === 'identity'
        ? 'identity'
        : [first.type, first.keys[0]?.name, digest(first.keys[0]?.secret ?? new Uint8Array())],
    ])
    return `sha256:${digest(Buffer.from(JSON.stringify(rules)))}`
  }

  seal(key: Key, bytes: Uint8Array): Uint8Array {
    const writer = this.#writerOf(key)
    return writer ? seal(writer, key, bytes) : bytes
  }

  open(key: Key, bytes: Uint8Array): Uint8Array {
    if (!isSealed(bytes)) return bytes
    const prefix = readPrefix(bytes)
    const readers = this.#readers.get(prefix) ?? []
    for (const { type, secret } of readers) {
      try {
        return unseal(type, secret, key, bytes.subarray(prefix.length))
      } catch {
        // Another key may have the same name.
      }
    }
    throw new Error(
      readers.length === 0
        ? `"${key}" is encrypted with a key that is not known: "${prefix}"`
        : `"${key}" cannot be decrypted with the key that it names: "${prefix}"`,
    )
  }

  /** Whether the value is as it would be written today. */
  isCurrent(key: Key, bytes: Uint8Array): boolean {
    const writer = this.#writerOf(key)
    if (!writer) return !isSealed(bytes)
    if (!writer.prefix.equals(bytes.subarray(0, writer.prefix.length))) return false
    // Where two keys have one name, only a try tells.
    if ((this.#readers.get(writer.prefix.toString('latin1'))?.length ?? 0) < 2) return true
    try {
      unseal(writer.type, writer.key.secret, key, bytes.subarray(writer.prefix.length))
      return true
    } catch {
      return false
    }
  }

  #writerOf(key: Key): Writer | undefined {
    const resource = key.slice(0, key.indexOf('/'))
    if (!this.#writers.has(resource)) this.#writers.set(resource, this.#findWriter(resource))
    return this.#writers.get(resource)
  }

  #findWriter(resource: string): Writer | undefined {
    const rule = this.#encryption.rules.find(({ resources }) => ruleFits(resources, resource))
    const first = rule?.providers[0]
    if (first === undefined || first.type === 'identity') return undefined
    const [key] = first.keys
    return key && { type: first.type, key, prefix: Buffer.from(prefixOf(first.type, key.name), 'latin1') }
  }
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
