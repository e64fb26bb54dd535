// What a PKCS#10 request in DER says as far as it is needed here: the public key, and that whoever sent the request
// holds the private one.

import { createPublicKey, type KeyObject, verify } from 'node:crypto'

interface Element {
  readonly tag: number
  /** With its header. */
  readonly whole: Buffer
  readonly content: Buffer
}

/** The elements that stand one behind the other; throws where they do not end with the bytes. */
function elements(bytes: Buffer): Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    let start = at + 2
    let length = bytes[at + 1] ?? 0
    if (length > 0x80) {
      const size = length - 0x80
      if (size > 4 || start + size > bytes.length) throw new RangeError('bad length')
      length = bytes.readUIntBE(start, size)
      start += size
    }
    const end = start + length
    if (end > bytes.length) throw new RangeError('bytes end too early')
    found.push({ tag: bytes[at] ?? 0, whole: bytes.subarray(at, end), content: bytes.subarray(start, end) })
    at = end
  }
  return found
}

const sequence = 0x30
const bitString = 0x03

export interface Pkcs10 {
  readonly publicKey: KeyObject
  /** The public key as a certificate holds it. */
  readonly spki: Buffer
  readonly signed: boolean
}

/** Undefined for bytes that are no request. */
export function parsePkcs10(der: Buffer): Pkcs10 | undefined {
  try {
    const [request, ...rest] = elements(der)
    if (request?.tag !== sequence || rest.length > 0) return undefined
    const [info, algorithm, signature] = elements(request.content)
    if (info?.tag !== sequence || algorithm?.tag !== sequence || signature?.tag !== bitString) return undefined
    const spki = elements(info.content)[2]?.whole
    if (!spki) return undefined
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    const oid = elements(algorithm.content)[0]?.content.toString('hex') ?? ''
    return { publicKey, spki, signed: verifies(publicKey, oid, info.whole, signature.content.subarray(1)) }
  } catch {
    return undefined
  }
}

/** By the object identifier of the algorithm; undefined is one that hashes by itself. */
const hashes: Readonly<Record<string, string | undefined>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': undefined,
}

function verifies(key: KeyObject, oid: string, data: Buffer, signature: Buffer): boolean {
  if (!Object.hasOwn(hashes, oid)) return false
  return verify(hashes[oid] ?? null, data, key, signature)
}
