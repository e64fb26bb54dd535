// YAML as kubectl and the API server read it, a mix of 1.1 and 1.2: yes, on and no are booleans, 0777 and 0o777
// are octal, 1_000 is a number, 1:30 and dates stay text, `<<` merges.

import { createRequire } from 'node:module'
import type { Document, ScalarTag, Tags } from 'yaml'
import { exactInteger } from '#lib/exact-json.ts'
import { put } from '#lib/json.ts'

// Loaded when the first YAML comes: most servers never see any, and start sooner without.
const require = createRequire(import.meta.url)
let loaded: typeof import('yaml') | undefined
export const yamlLibrary = (): typeof import('yaml') => {
  loaded ??= require('yaml') as typeof import('yaml')
  return loaded
}

export class YamlError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'YamlError'
  }
}

const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false,
  format: 'OCT',
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => {
    const digits = text.replace(/^[-+]?0o|_/g, '')
    return (text.startsWith('-') ? -1 : 1) * Number.parseInt(digits, 8)
  },
}

const unwanted = (tag: Tags[number]): boolean =>
  typeof tag === 'object' &&
  (tag.tag === 'tag:yaml.org,2002:timestamp' || ('format' in tag && tag.format === 'TIME') || tag.tag.endsWith(':set'))

const options = {
  version: '1.1',
  uniqueKeys: false,
  merge: true,
  strict: true,
  // What a client has sent must not make the process warn.
  logLevel: 'error',
  customTags: (tags: Tags): Tags => [octal, ...tags.filter((tag) => !unwanted(tag))],
} as const

/** Something that may be an integer which a number cannot hold, in whatever base. */
const longNumber = /\d[\da-fA-F_]{12}/

/** Bigints only where they are needed; changed in place. */
function withNumbers(value: unknown): unknown {
  const root: Record<string, unknown> = { value }
  const seen = new Set<object>()
  const left = [root]
  for (let container = left.pop(); container; container = left.pop()) {
    if (seen.has(container)) continue
    seen.add(container)
    for (const [key, member] of Object.entries(container)) {
      if (typeof member === 'bigint') put(container, key, exactInteger(member))
      else if (typeof member === 'object' && member !== null) left.push(member as Record<string, unknown>)
    }
  }
  return root.value
}

function valueOf(document: Document.Parsed): unknown {
  const [error] = document.errors
  if (error) {
    if (error.message.includes('call stack')) throw tooDeep()
    const line = error.linePos?.[0].line
    const [text = ''] = error.message.split(/ at line \d+|:\n/)
    throw new YamlError(`yaml: ${line === undefined ? '' : `line ${line}: `}${text}`)
  }
  try {
    // Few aliases are in use; many are an attack on the memory.
    return document.toJS({ maxAliasCount: 1000 }) as unknown
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep()
    throw new YamlError(`yaml: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const tooDeep = () => new YamlError('yaml: exceeded max depth')

/** One document. Integers are as exact-json.ts has them. Throws a YamlError. */
export function parseYaml(text: string): unknown {
  const intAsBigInt = longNumber.test(text)
  const value = valueOf(shallow(() => yamlLibrary().parseDocument(text, { ...options, intAsBigInt })))
  return intAsBigInt ? withNumbers(value) : value
}

/** The parser recurses; what exhausts the stack is no manifest. */
function shallow<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep()
    throw error
  }
}

/** All that are in the text, empty ones left out. Throws a YamlError. */
export function parseYamlDocuments(text: string): unknown[] {
  const documents = shallow(() => yamlLibrary().parseAllDocuments(text, options))
  if (!Array.isArray(documents)) return []
  return documents.map((document) => valueOf(document as Document.Parsed)).filter((value) => value !== null)
}

/** Keys that stand twice in one mapping, as upstream's strict reader tells them. */
export function yamlDuplicates(text: string): string[] {
  const { errors } = yamlLibrary().parseDocument(text, { ...options, uniqueKeys: true })
  return errors
    .filter((error) => error.code === 'DUPLICATE_KEY')
    .map((error) => {
      const [position] = error.linePos ?? []
      const line = text.split('\n')[(position?.line ?? 1) - 1] ?? ''
      const key =
        line
          .slice((position?.col ?? 1) - 1)
          .split(':')[0]
          ?.trim() ?? ''
      return `line ${position?.line ?? 0}: key ${JSON.stringify(key.replace(/^["']|["']$/g, ''))} already set in map`
    })
}
