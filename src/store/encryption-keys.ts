// The keys that values are encrypted with, and their rotation while the store is used: a new key becomes the first,
// every value is written anew with it, and then the old ones go.
//
// Guarantees: a key is durable on the disk before anything is encrypted with it, and is there until nothing needs it
// any more; whenever the process ends, the next start goes on from there.

import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '#lib/log.ts'
import type { Encryption, EncryptionKey, EncryptionProvider } from './encryption.ts'
import { encryptionWith, formatKeys, parseEncryption } from './encryption-file.ts'
import type { EncryptingStore } from './sqlite.ts'

export interface KeySource {
  /** The file of the server's own keys; made when it is missing. */
  readonly path: string
  /** What is encrypted with them. */
  readonly resources: readonly string[]
  /** An administrator's file, which counts instead. */
  readonly givenPath?: string | undefined
  readonly log?: Log | undefined
}

export interface EncryptionStatus {
  /** The file that the keys are in. */
  readonly file: string
  readonly rules: readonly { readonly resources: readonly string[]; readonly provider: string; readonly key: string }[]
  /** Keys that are still needed to read some values. */
  readonly olderKeys: readonly string[]
  /** Whether values are being written anew at the moment. */
  readonly rewriting: boolean
  /** Why the last attempt came to no end. */
  readonly problem?: string
}

const keyBytes = 32

const newKey = (): EncryptionKey => ({
  name: `key-${randomBytes(4).toString('hex')}`,
  secret: new Uint8Array(randomBytes(keyBytes)),
})

function writeDurably(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'w', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Whole or not at all, and durable when it returns. */
function replaceFile(path: string, text: string): void {
  writeDurably(`${path}.new`, text)
  renameSync(`${path}.new`, path)
  syncFolder(path)
}

/** The same, unless there is one: of two that start at once, both go on with the key of the first. */
function createFile(path: string, text: string): void {
  const own = `${path}.${randomBytes(4).toString('hex')}`
  writeDurably(own, text)
  try {
    linkSync(own, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(own)
  }
  syncFolder(path)
}

function syncFolder(path: string): void {
  // A file system that cannot sync a folder keeps its order by itself.
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } catch {
  } finally {
    closeSync(folder)
  }
}

function readEncryption(path: string): Encryption {
  try {
    return parseEncryption(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`The encryption keys in "${path}" cannot be used: ${(error as Error).message}`, { cause: error })
  }
}

const providersOf = ({ rules, readers = [] }: Encryption): readonly EncryptionProvider[] => [
  ...rules.flatMap(({ providers }) => providers),
  ...readers,
]

const keysIn = (encryption: Encryption): readonly EncryptionKey[] =>
  providersOf(encryption).flatMap((provider) => (provider.type === 'aesgcm' ? provider.keys : []))

const sameResources = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())

export class EncryptionKeys {
  readonly #source: KeySource
  #encryption: Encryption
  #store: EncryptingStore | undefined
  #rewriting: Promise<void> | undefined
  #problem: string | undefined

  /** Reads the keys, or makes the first one. */
  constructor(source: KeySource) {
    this.#source = source
    this.#encryption = this.#read()
  }

  /** With what a store is to be opened. */
  get encryption(): Encryption {
    return this.#encryption
  }

  get status(): EncryptionStatus {
    const firsts = this.#encryption.rules.map(({ resources, providers: [first] }) => ({
      resources,
      provider: first?.type ?? 'identity',
      key: first && first.type !== 'identity' ? (first.keys[0]?.name ?? '') : '',
    }))
    const older = providersOf(this.#encryption)
      .flatMap((provider) => (provider.type === 'identity' ? [] : provider.keys.map(({ name }) => name)))
      .filter((name) => !firsts.some(({ key }) => key === name))
    return {
      file: this.#source.givenPath ?? this.#source.path,
      rules: firsts,
      olderKeys: [...new Set(older)],
      rewriting: this.#rewriting !== undefined,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    }
  }

  /** Resolves when nothing is being written anew. */
  get settled(): Promise<void> {
    return this.#rewriting ?? Promise.resolve()
  }

  /** To be called when the store is open, and so nobody else's. Goes on with what an earlier process has left undone. */
  use(store: EncryptingStore): void {
    const { path, resources, givenPath } = this.#source
    if (givenPath === undefined) {
      const keys = keysIn(this.#encryption)
      const own = readEncryption(path)
      // Another server has changed them, and ended, between our look at them and the opening of the store.
      if (JSON.stringify(keysIn(own)) !== JSON.stringify(keys))
        throw new Error(`The encryption keys in "${path}" have just been changed by another server: start again`)
      if (
        !sameResources(
          own.rules.flatMap((rule) => rule.resources),
          resources,
        )
      )
        replaceFile(path, formatKeys(resources, keys))
    }
    this.#store = store
    if (!store.isRewritten || this.status.olderKeys.length > 0) this.#rewrite(store)
  }

  /** A new key becomes the first; of an administrator's file, what stands in it now. False: a change is under way. */
  async rotate(): Promise<boolean> {
    const { path, resources, givenPath } = this.#source
    const store = this.#store
    if (!store || this.#rewriting) return false
    if (givenPath === undefined) {
      const keys = [newKey(), ...keysIn(this.#encryption)]
      replaceFile(path, formatKeys(resources, keys))
      this.#encryption = encryptionWith(resources, keys)
    } else {
      const before = providersOf(this.#encryption)
      // What has been taken out of the file is still needed until all is written anew.
      this.#encryption = { ...this.#read(), readers: before }
    }
    const done = Promise.withResolvers<void>()
    this.#rewriting = done.promise
    try {
      await store.encrypt(this.#encryption)
    } finally {
      this.#rewriting = undefined
      done.resolve()
    }
    this.#rewrite(store)
    return true
  }

  #rewrite(store: EncryptingStore): void {
    this.#problem = undefined
    this.#rewriting = this.#finish(store)
      .catch((error: Error) => {
        this.#problem = error.message
        this.#source.log?.error('Not all values could be encrypted with the new key', { error: error.message })
      })
      .finally(() => {
        this.#rewriting = undefined
      })
  }

  async #finish(store: EncryptingStore): Promise<void> {
    if (!(await store.rewrite())) return
    const { path, resources, givenPath } = this.#source
    if (givenPath === undefined) {
      const [first] = keysIn(this.#encryption)
      replaceFile(path, formatKeys(resources, [first!]))
      this.#encryption = encryptionWith(resources, [first!])
    } else {
      const { rules } = this.#encryption
      this.#encryption = { rules }
    }
    await store.encrypt(this.#encryption)
    this.#source.log?.info('Every value is encrypted as it should be', { rules: this.status.rules })
  }

  #read(): Encryption {
    const { path, resources, givenPath } = this.#source
    if (givenPath !== undefined) {
      const given = readEncryption(givenPath)
      // What was encrypted before with the server's own keys stays readable.
      return existsSync(path) ? { ...given, readers: providersOf(readEncryption(path)) } : given
    }
    if (!existsSync(path)) createFile(path, formatKeys(resources, [newKey()]))
    const keys = keysIn(readEncryption(path))
    if (keys.length === 0) throw new Error(`The encryption keys in "${path}" cannot be used: there is no aesgcm key`)
    return encryptionWith(resources, keys)
  }
}
