// A binary heap: the first item by a given order comes out first. Any item can be taken out or moved again after
// its order has changed, in O(log n); so an item (compared by identity) can stand in it only once.

import { assert } from './assert.ts'

export class Heap<T> {
  readonly #comesBefore: (a: T, b: T) => boolean
  readonly #items: T[] = []
  readonly #positions = new Map<T, number>()

  constructor(comesBefore: (a: T, b: T) => boolean) {
    this.#comesBefore = comesBefore
  }

  get size(): number {
    return this.#items.length
  }

  has(item: T): boolean {
    return this.#positions.has(item)
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    assert(!this.#positions.has(item), 'an item is in a heap only once')
    this.#items.push(item)
    this.#up(this.#items.length - 1, item)
  }

  pop(): T | undefined {
    const first = this.#items[0]
    if (first !== undefined) this.delete(first)
    return first
  }

  /** False when it was not there. */
  delete(item: T): boolean {
    const at = this.#positions.get(item)
    if (at === undefined) return false
    this.#positions.delete(item)
    const last = this.#items.pop()!
    if (at < this.#items.length) this.#settle(at, last)
    return true
  }

  /** To be called when something that decides the item's order has changed. */
  moved(item: T): void {
    const at = this.#positions.get(item)
    assert(at !== undefined, 'a moved item is in the heap')
    this.#settle(at, item)
  }

  clear(): void {
    this.#items.length = 0
    this.#positions.clear()
  }

  /** In no particular order. */
  values(): readonly T[] {
    return this.#items
  }

  #settle(at: number, item: T): void {
    if (this.#up(at, item) === at) this.#down(at, item)
  }

  #up(from: number, item: T): number {
    let at = from
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = this.#items[parentAt]!
      if (!this.#comesBefore(item, parent)) break
      this.#place(at, parent)
      at = parentAt
    }
    this.#place(at, item)
    return at
  }

  #down(from: number, item: T): void {
    let at = from
    const size = this.#items.length
    for (;;) {
      let childAt = 2 * at + 1
      if (childAt >= size) break
      let child = this.#items[childAt]!
      const right = childAt + 1 < size ? this.#items[childAt + 1]! : undefined
      if (right !== undefined && this.#comesBefore(right, child)) {
        childAt++
        child = right
      }
      if (!this.#comesBefore(child, item)) break
      this.#place(at, child)
      at = childAt
    }
    this.#place(at, item)
  }

  #place(at: number, item: T): void {
    this.#items[at] = item
    this.#positions.set(item, at)
  }
}
