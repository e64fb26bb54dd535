// JSON patch (RFC 6902) as upstream's library understands it: an index may be negative and counts from the end, an
// absent value is not null, and the bytes that `copy` may multiply are bounded. A patch applies as a whole or not
// at all. Only the objects and lists on the way to a change are copied.

import { badRequest, StatusError } from '#api/status-error.ts'
import { cannotUnmarshal, equalJson, isObject, type JsonObject, own, put } from '#lib/json.ts'

const maxOperations = 10_000
/** What all copies of one patch together may add. */
const maxCopiedBytes = 3 * 1024 * 1024

type Container = Record<string, unknown> | unknown[]

/** Why a patch does not apply; the client only hears that its request is in error, as upstream has it. */
export class Unfit extends Error {}
/** A `test` that finds another value. */
export class TestFailed extends Unfit {}

export function applyJsonPatch(current: object, patch: unknown): object {
  if (!Array.isArray(patch)) {
    throw badRequest(`error decoding patch: ${cannotUnmarshal(patch, '[]handlers.jsonPatchOp')}`)
  }
  if (patch.length > maxOperations) {
    const text = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`
    throw new StatusError(413, 'RequestEntityTooLarge', `Request entity is too large: ${text}`)
  }
  const draft = new Draft(current)
  try {
    for (const operation of patch) draft.apply(operation)
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    const text = 'the server rejected our request due to an error in our request'
    throw new StatusError(422, 'Invalid', text, {}, error)
  }
  return draft.root
}

class Draft {
  #root: unknown
  /** Containers that this draft has made, and may therefore change. */
  readonly #mine = new WeakSet<object>()
  #copiedBytes = 0

  constructor(current: object) {
    this.#root = current
  }

  get root(): object {
    if (!isObject(this.#root)) throw badRequest('the patched object is not an object')
    return this.#root
  }

  apply(operation: unknown): void {
    if (!isObject(operation)) throw badRequest('json: cannot unmarshal an operation that is not an object')
    const op = own(operation, 'op')
    switch (op) {
      case 'add':
        this.#add(pathOf(operation, 'path'), valueOf(operation))
        break
      case 'remove':
        this.#remove(pathOf(operation, 'path'))
        break
      case 'replace':
        this.#replace(pathOf(operation, 'path'), valueOf(operation))
        break
      case 'move': {
        const from = pathOf(operation, 'from')
        const value = this.#get(from)
        this.#remove(from)
        this.#add(pathOf(operation, 'path'), value)
        break
      }
      case 'copy':
        this.#copy(pathOf(operation, 'from'), pathOf(operation, 'path'))
        break
      case 'test':
        this.#test(pathOf(operation, 'path'), own(operation, 'value') ?? null)
        break
      default:
        throw new Unfit(`Unexpected kind: ${String(op)}`)
    }
  }

  #get(path: Pointer): unknown {
    let value = this.#root
    for (const token of path.tokens) {
      const next = childOf(value, token)
      if (next === undefined) throw new Unfit(`${path.text}: missing value`)
      value = next
    }
    return value
  }

  /** The container that holds the last token, and all on the way to it, ready to be changed. */
  #parentOf(path: Pointer, verb: string): Container {
    const missing = () =>
      new Unfit(`${verb} operation does not apply: doc is missing path: ${JSON.stringify(path.text)}: missing value`)
    if (path.tokens.length === 0) throw missing()
    let container = this.#ownCopy(this.#root)
    if (container === undefined) throw missing()
    this.#root = container
    for (const token of path.tokens.slice(0, -1)) {
      const child = this.#ownCopy(childOf(container, token))
      if (child === undefined) throw missing()
      if (Array.isArray(container)) container[indexIn(container, token)] = child
      else put(container, token, child)
      container = child
    }
    return container
  }

  #ownCopy(value: unknown): Container | undefined {
    if (typeof value !== 'object' || value === null) return undefined
    if (this.#mine.has(value)) return value as Container
    const copy: Container = Array.isArray(value) ? value.slice() : { ...value }
    this.#mine.add(copy)
    return copy
  }

  #add(path: Pointer, value: unknown): void {
    if (path.tokens.length === 0) {
      this.#root = value
      return
    }
    const parent = this.#parentOf(path, 'add')
    const last = path.tokens.at(-1) as string
    if (!Array.isArray(parent)) {
      put(parent, last, value)
      return
    }
    if (last === '-') {
      parent.push(value)
      return
    }
    const index = parseIndex(last)
    const at = index < 0 ? parent.length + 1 + index : index
    if (at < 0 || at > parent.length)
      throw new Unfit(`Unable to access invalid index: ${last}: invalid index referenced`)
    parent.splice(at, 0, value)
  }

  #remove(path: Pointer): void {
    const parent = this.#parentOf(path, 'remove')
    const last = path.tokens.at(-1) as string
    if (childOf(parent, last) === undefined) throw new Unfit(`Unable to remove nonexistent key: ${last}: missing value`)
    if (Array.isArray(parent)) parent.splice(indexIn(parent, last), 1)
    else delete parent[last]
  }

  #replace(path: Pointer, value: unknown): void {
    if (path.tokens.length === 0) {
      this.#root = value
      return
    }
    const parent = this.#parentOf(path, 'replace')
    const last = path.tokens.at(-1) as string
    if (childOf(parent, last) === undefined) {
      throw new Unfit(`replace operation does not apply: doc is missing key: ${path.text}: missing value`)
    }
    if (Array.isArray(parent)) parent[indexIn(parent, last)] = value
    else put(parent, last, value)
  }

  #copy(from: Pointer, path: Pointer): void {
    const value = this.#get(from)
    this.#copiedBytes += JSON.stringify(value).length
    if (this.#copiedBytes > maxCopiedBytes) {
      const text = `Unable to copy, the accumulated size increase of copy is ${this.#copiedBytes}, exceeding the limit ${maxCopiedBytes}`
      throw new StatusError(413, 'RequestEntityTooLarge', text)
    }
    // Afterwards the value stands at two places, and a change at one must not show at the other.
    this.#add(path, structuredClone(value))
  }

  #test(path: Pointer, expected: unknown): void {
    let value: unknown = this.#root
    for (const [i, token] of path.tokens.entries()) {
      value = childOf(value, token)
      if (value === undefined && i < path.tokens.length - 1)
        throw new Unfit(`error in test for path: '${path.text}': missing value`)
    }
    if (!equalJson(value ?? null, expected)) throw new TestFailed(`testing value ${path.text} failed: test failed`)
  }
}

interface Pointer {
  readonly text: string
  readonly tokens: readonly string[]
}

function pathOf(operation: JsonObject, name: 'path' | 'from'): Pointer {
  const text = own(operation, name)
  if (typeof text !== 'string') throw new Unfit(`operation, unable to decode ${name}: missing value`)
  if (text === '') return { text, tokens: [] }
  const [first, ...tokens] = text.split('/')
  if (first !== '')
    throw new Unfit(`operation does not apply: doc is missing path: ${JSON.stringify(text)}: missing value`)
  return { text, tokens: tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')) }
}

function valueOf(operation: JsonObject): unknown {
  if (!Object.hasOwn(operation, 'value')) throw new Unfit('operation missing value: missing value')
  return operation.value
}

function childOf(container: unknown, token: string): unknown {
  if (Array.isArray(container)) {
    if (!/^-?\d+$/.test(token)) return undefined
    return container.at(Number(token))
  }
  return isObject(container) ? own(container, token) : undefined
}

/** The place of an item that is known to be there. */
const indexIn = (list: readonly unknown[], token: string): number => {
  const index = Number(token)
  return index < 0 ? list.length + index : index
}

function parseIndex(token: string): number {
  if (!/^-?\d+$/.test(token)) throw new Unfit(`strconv.Atoi: parsing ${JSON.stringify(token)}: invalid syntax`)
  return Number(token)
}
