// Which value of the object before an update a value of the new one is to be compared with. Items of lists are told
// apart by their keys, or by their place where nothing is said of them; items of sets and atomic lists are not. What
// has not changed may go on breaking what a schema has begun to ask for since.

import { equalJson, isObject, own } from '#lib/json.ts'
import type { Structural } from './structural.ts'

/** The keys of an item, with what stands in for one that is left out. */
export function keysOf(node: Structural, item: unknown): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const name of node.source['x-kubernetes-list-map-keys'] ?? []) {
    const value = isObject(item) ? own(item, name) : undefined
    out[name] = value ?? node.items?.properties.get(name)?.source.default
  }
  return out
}

export type Counterparts = (item: unknown, index: number) => unknown

/** What an item was before, in a list whose items have keys. */
export function byKeys(node: Structural, old: unknown): Counterparts | undefined {
  if (!Array.isArray(old) || node.source['x-kubernetes-list-type'] !== 'map') return undefined
  const known = new Map(old.map((item) => [JSON.stringify(keysOf(node, item)), item]))
  return (item) => known.get(JSON.stringify(keysOf(node, item)))
}

/** As `byKeys`, and by place where the list has no type. */
export function counterparts(node: Structural, old: unknown): Counterparts | undefined {
  if (!Array.isArray(old)) return undefined
  if (node.source['x-kubernetes-list-type'] === undefined) return (_item, index) => old[index]
  return byKeys(node, old)
}

/** What a name in an object, or a key in a map, holds; undefined where nothing is said of that. */
export function memberNode(node: Structural, name: string): Structural | undefined {
  const found = node.properties.get(name) ?? node.values
  return found === true ? undefined : found
}

/** A value beside what it was. */
export class Correlated {
  readonly #node: Structural
  readonly #value: unknown
  readonly #old: unknown
  #unchanged: boolean | undefined

  constructor(node: Structural, value: unknown, old: unknown) {
    this.#node = node
    this.#value = value
    this.#old = old
  }

  /** The same, whatever the order of items that have keys. */
  get unchanged(): boolean {
    this.#unchanged ??= same(this.#node, this.#value, this.#old)
    return this.#unchanged
  }

  member(name: string): Correlated | undefined {
    const node = memberNode(this.#node, name)
    if (!node || !isObject(this.#value) || !isObject(this.#old)) return undefined
    const [value, old] = [own(this.#value, name), own(this.#old, name)]
    return value === undefined || old === undefined ? undefined : new Correlated(node, value, old)
  }

  item(index: number, counterpart: Counterparts | undefined): Correlated | undefined {
    const { items } = this.#node
    if (!items || !Array.isArray(this.#value)) return undefined
    const old = counterpart?.(this.#value[index], index)
    return old === undefined || old === null ? undefined : new Correlated(items, this.#value[index], old)
  }

  /** For `item`. */
  counterparts(): Counterparts | undefined {
    return counterparts(this.#node, this.#old)
  }
}

function same(node: Structural, value: unknown, old: unknown): boolean {
  if (Array.isArray(value) && Array.isArray(old)) {
    const counterpart = node.items && counterparts(node, old)
    if (!counterpart) return equalJson(value, old)
    return value.length === old.length && value.every((item, i) => same(node.items!, item, counterpart(item, i)))
  }
  if (!isObject(value) || !isObject(old)) return equalJson(value, old)
  const names = Object.keys(value)
  if (names.length !== Object.keys(old).length) return false
  return names.every((name) => {
    const below = memberNode(node, name)
    const [next, before] = [own(value, name), own(old, name)]
    return below ? same(below, next, before) : equalJson(next, before)
  })
}
