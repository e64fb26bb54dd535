// Chance comes in by this door: names, UUIDs and jitter are drawn from a Random that is passed in. The system's
// is unpredictable; a seeded one gives the same draws for the same seed, so a simulated run can be repeated.

import { randomFillSync, randomUUID } from 'node:crypto'

export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** `count` random bytes. Only the system's are fit for keys and tokens. */
  bytes(count: number): Uint8Array
  /** Where there is a faster way than by its bytes. */
  readonly uuid?: () => string
}

/** Drawn from the system in one go: a call for each name and UUID costs more than the bytes. */
const pool = Buffer.alloc(4096)
let drawn = pool.length

/** Where the next bytes of the pool stand. */
function draw(count: number): number {
  if (drawn + count > pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  const at = drawn
  drawn += count
  return at
}

function systemBytes(count: number): Uint8Array {
  if (count > pool.length) return randomFillSync(new Uint8Array(count))
  const at = draw(count)
  const bytes = Uint8Array.prototype.slice.call(pool, at, at + count)
  // What has been given out is not kept.
  pool.fill(0, at, at + count)
  return bytes
}

function systemNext(): number {
  const at = draw(6)
  const value = pool.readUIntBE(at, 6) / 2 ** 48
  pool.fill(0, at, at + 6)
  return value
}

export const systemRandom: Random = { next: systemNext, bytes: systemBytes, uuid: randomUUID }

/** mulberry32: small, fast, and good enough to spread choices. Never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return { next, bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)) }
}

/** An integer in [0, below). */
export const randomInt = (random: Random, below: number): number => Math.floor(random.next() * below)

/** A version 4 UUID (RFC 9562). */
export function uuid(random: Random): string {
  if (random.uuid) return random.uuid()
  const b = random.bytes(16)
  b[6] = (b[6]! & 0x0f) | 0x40
  b[8] = (b[8]! & 0x3f) | 0x80
  const hex = Buffer.from(b.buffer, b.byteOffset, 16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Upstream leaves out vowels and look-alikes, so that no suffix reads as a word (util/rand). */
const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** The random ending of a generated name: five characters as upstream's, unless told otherwise. */
export function nameSuffix(random: Random, length = 5): string {
  let suffix = ''
  for (let i = 0; i < length; i++) suffix += safeAlphabet[randomInt(random, safeAlphabet.length)]
  return suffix
}
