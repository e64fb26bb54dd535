// What a PKCS#10 request (RFC 2986) in DER says: for whom it asks, the public key, and that whoever sent the request
// holds the private one.

import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { elements, numberedParts, tags } from './der.ts'

export interface Pkcs10 {
  readonly publicKey: KeyObject
  /** The public key as a certificate holds it. */
  readonly spki: Buffer
  readonly signed: boolean
  /** The subject's parts, in DER. */
  readonly subject: Buffer
  /** What is asked for beside it, in DER. */
  readonly attributes: Buffer
}

/** Undefined for bytes that are no request. */
export function parsePkcs10(der: Buffer): Pkcs10 | undefined {
  try {
    const [request, ...rest] = elements(der)
    if (request?.tag !== tags.sequence || rest.length > 0) return undefined
    const [info, algorithm, signature] = elements(request.content)
    if (info?.tag !== tags.sequence || algorithm?.tag !== tags.sequence || signature?.tag !== tags.bitString)
      return undefined
    const [, subject, key, attributes] = elements(info.content)
    const spki = key?.whole
    if (subject?.tag !== tags.sequence || !spki) return undefined
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    const oid = elements(algorithm.content)[0]?.content.toString('hex') ?? ''
    return {
      publicKey,
      spki,
      signed: verifies(publicKey, oid, info.whole, signature.content.subarray(1)),
      subject: subject.content,
      attributes: attributes?.tag === numberedParts(0) ? attributes.content : Buffer.alloc(0),
    }
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
