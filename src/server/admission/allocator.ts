// Hands out numbers from a range, each to one owner: addresses and ports of services. What is stored is taken as
// given; what is about to be stored is reserved until it is, or is given back.

import { type Random, randomInt } from '#lib/random.ts'

export class Allocator {
  readonly first: number
  readonly size: number
  /** Below this many, numbers are only given to those who ask for one by name, as far as there are others. */
  readonly #staticBand: number
  readonly #random: Random
  readonly #owners = new Map<number, string>()
  readonly #reserved = new Map<number, string>()

  constructor(first: number, size: number, staticBand: number, random: Random) {
    this.first = first
    this.size = size
    this.#staticBand = Math.min(staticBand, size)
    this.#random = random
  }

  contains(number: number): boolean {
    return number >= this.first && number < this.first + this.size
  }

  ownerOf(number: number): string | undefined {
    return this.#owners.get(number) ?? this.#reserved.get(number)
  }

  /** What the store says. */
  set(number: number, owner: string): void {
    if (this.contains(number)) this.#owners.set(number, owner)
  }
  clear(number: number, owner: string): void {
    if (this.#owners.get(number) === owner) this.#owners.delete(number)
  }

  /** False when somebody else has it. */
  reserve(number: number, owner: string): boolean {
    const has = this.ownerOf(number)
    if (has !== undefined && has !== owner) return false
    this.#reserved.set(number, owner)
    return true
  }
  release(number: number): void {
    this.#reserved.delete(number)
  }

  /** Any free number, from the upper part of the range first; undefined when there is none. */
  next(owner: string): number | undefined {
    const number = this.#search(this.#staticBand, this.size - this.#staticBand) ?? this.#search(0, this.#staticBand)
    if (number !== undefined) this.#reserved.set(number, owner)
    return number
  }

  #search(from: number, count: number): number | undefined {
    if (count === 0) return undefined
    const start = randomInt(this.#random, count)
    for (let i = 0; i < count; i++) {
      const number = this.first + from + ((start + i) % count)
      if (this.ownerOf(number) === undefined) return number
    }
    return undefined
  }
}
