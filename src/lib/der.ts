// DER (X.690), the bytes that certificates and requests for them are made of: written from values, and read as the
// elements that they consist of. What an element means is for others to say.

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
} as const

/** The tag of what stands in a structure by its number instead of its type: of one value, or of several in a row. */
export const numbered = (number: number): number => 0x80 | number
export const numberedParts = (number: number): number => 0xa0 | number

/** An element of these parts, which may be elements themselves. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  if (length > 0xffff) throw new RangeError(`${length} bytes are too many for one element`)
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(tags.sequence, ...parts)

export const derTrue = der(tags.boolean, Buffer.from([0xff]))
export const derNull = Buffer.from([0x05, 0x00])

/** A number that is not negative, its bytes the largest first. */
export function derInteger(bytes: Uint8Array): Buffer {
  const sign = bytes[0]! & 0x80 ? [Buffer.from([0])] : []
  return der(tags.integer, ...sign, bytes)
}

/** Bits that fill their bytes, but for the `unused` last ones. */
export const derBits = (bytes: Uint8Array, unused = 0): Buffer => der(tags.bitString, Buffer.from([unused]), bytes)

/** From a text like 2.5.4.3. */
export function derObjectId(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split('.').map(Number)
  const base128 = (value: number): number[] => {
    const bytes = [value & 0x7f]
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80)
    return bytes
  }
  return der(tags.objectId, Buffer.from([first * 40 + second, ...others].flatMap(base128)))
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** A time in certificates: of two digits for the year until 2049, as RFC 5280 wants it. */
export function derTime(ms: number): Buffer {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  const rest = [
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ].map(twoDigits)
  const isShort = year >= 1950 && year < 2050
  const text = `${isShort ? twoDigits(year % 100) : year}${rest.join('')}Z`
  return der(isShort ? 0x17 : 0x18, Buffer.from(text))
}

export interface Element {
  readonly tag: number
  /** With its header. */
  readonly whole: Buffer
  readonly content: Buffer
}

/** The elements that stand one behind the other; throws where they do not end with the bytes. */
export function elements(bytes: Buffer): Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    let start = at + 2
    let length = bytes[at + 1] ?? 0
    if (length >= 0x80) {
      const size = length - 0x80
      if (size < 1 || size > 4 || start + size > bytes.length) throw new RangeError('bad length')
      length = bytes.readUIntBE(start, size)
      start += size
    }
    const end = start + length
    if (end > bytes.length) throw new RangeError('bytes end too early')
    found.push({ tag: bytes[at]!, whole: bytes.subarray(at, end), content: bytes.subarray(start, end) })
    at = end
  }
  return found
}
