// Any other form, as YAML or as indented JSON: for people who look with a browser or curl. Rarely asked for, so it
// simply reads what the other encoding wrote.

import type { StatusBody } from '#api/status-error.ts'
import { yamlLibrary } from '#api/yaml.ts'
import { parseExact } from '#lib/exact-json.ts'
import type { StoredObject } from '#store/store.ts'
import type { Change, EventType } from '../change.ts'
import type { Bookmark, Encoding, Page } from './encoding.ts'

export class YamlEncoding implements Encoding {
  readonly contentType: string
  readonly watchContentType: string
  readonly #inner: Encoding
  readonly #format: 'yaml' | 'json'

  constructor(inner: Encoding, format: 'yaml' | 'json') {
    this.#inner = inner
    this.#format = format
    this.contentType = format === 'yaml' ? 'application/yaml' : inner.contentType
    this.watchContentType = inner.watchContentType
  }

  object(stored: StoredObject): readonly Uint8Array[] {
    return this.#again(this.#inner.object(stored))
  }
  list(page: Page): readonly Uint8Array[] {
    return this.#again(this.#inner.list(page))
  }
  initial(stored: StoredObject): Uint8Array {
    return this.#inner.initial(stored)
  }
  event(type: EventType, change: Change): Uint8Array {
    return this.#inner.event(type, change)
  }
  bookmark(bookmark: Bookmark): Uint8Array {
    return this.#inner.bookmark(bookmark)
  }

  error(status: StatusBody): Uint8Array {
    return this.#inner.error(status)
  }

  #again(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
    const value: unknown = parseExact(Buffer.concat(chunks).toString())
    return [Buffer.from(this.#format === 'yaml' ? yamlText(value) : indented(value))]
  }
}

const indented = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** The writer of YAML needs stack for each level, and how much is not for us to say. */
const deepestInYaml = 200

/** What is nested deeper comes as JSON, which is YAML, too. */
export const yamlText = (value: unknown): string =>
  isDeeperThan(deepestInYaml, value) ? indented(value) : yamlLibrary().stringify(value, { version: '1.1' })

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((member) => isDeeperThan(levels - 1, member))
}
