// A new key, and the shortest request for a certificate (PKCS#10, RFC 2986) that shows that its sender holds the key:
// no subject, no attributes, signed with the key. Written by hand, so that nothing has to be loaded for it.

import { generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

export const stubKeyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'] as const
export type StubKeyType = (typeof stubKeyTypes)[number]

interface Algorithm {
  readonly make: () => Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }>
  /** Undefined: the signature hashes by itself. */
  readonly hash: string | undefined
  /** The AlgorithmIdentifier's object identifier, as bytes. */
  readonly oid: string
  readonly parameters?: Buffer
}

const derNull = Buffer.from([0x05, 0x00])

const rsa = (modulusLength: number): Algorithm => ({
  make: () => generate('rsa', { modulusLength }),
  hash: 'sha256',
  oid: '2a864886f70d01010b',
  parameters: derNull,
})

const ecdsa = (namedCurve: string, hash: string, oid: string): Algorithm => ({
  make: () => generate('ec', { namedCurve }),
  hash,
  oid,
})

const algorithms: Readonly<Record<StubKeyType, Algorithm>> = {
  RSA3072: rsa(3072),
  RSA4096: rsa(4096),
  ECDSAP256: ecdsa('prime256v1', 'sha256', '2a8648ce3d040302'),
  ECDSAP384: ecdsa('secp384r1', 'sha384', '2a8648ce3d040303'),
  ECDSAP521: ecdsa('secp521r1', 'sha512', '2a8648ce3d040304'),
  ED25519: { make: () => generate('ed25519'), hash: undefined, oid: '2b6570' },
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)

export interface StubRequest {
  readonly requestDer: Buffer
  /** PKCS#8. */
  readonly keyPem: string
}

export async function stubRequest(keyType: StubKeyType): Promise<StubRequest> {
  const { make, hash, oid, parameters } = algorithms[keyType]
  const { privateKey, publicKey } = await make()
  const version = der(0x02, Buffer.from([0]))
  const noSubject = sequence()
  const noAttributes = der(0xa0)
  const info = sequence(version, noSubject, publicKey.export({ format: 'der', type: 'spki' }), noAttributes)
  const algorithm = sequence(der(0x06, Buffer.from(oid, 'hex')), ...(parameters ? [parameters] : []))
  const signature = der(0x03, Buffer.from([0]), sign(hash, info, privateKey))
  return {
    requestDer: sequence(info, algorithm, signature),
    keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  }
}
