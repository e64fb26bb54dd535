// A new key, and the shortest request for a certificate (PKCS#10, RFC 2986) that shows that its sender holds the key:
// no subject, no attributes, signed with the key. Written by hand, so that nothing has to be loaded for it.

import { generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { der, derBits, derInteger, derNull, derObjectId, numberedParts, sequence } from './der.ts'

const generate = promisify(generateKeyPair)

export const stubKeyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'] as const
export type StubKeyType = (typeof stubKeyTypes)[number]

interface Algorithm {
  readonly make: () => Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }>
  /** Undefined: the signature hashes by itself. */
  readonly hash: string | undefined
  /** The AlgorithmIdentifier's object identifier. */
  readonly oid: string
  readonly parameters?: Buffer
}

const rsa = (modulusLength: number): Algorithm => ({
  make: () => generate('rsa', { modulusLength }),
  hash: 'sha256',
  oid: '1.2.840.113549.1.1.11',
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
  ECDSAP256: ecdsa('prime256v1', 'sha256', '1.2.840.10045.4.3.2'),
  ECDSAP384: ecdsa('secp384r1', 'sha384', '1.2.840.10045.4.3.3'),
  ECDSAP521: ecdsa('secp521r1', 'sha512', '1.2.840.10045.4.3.4'),
  ED25519: { make: () => generate('ed25519'), hash: undefined, oid: '1.3.101.112' },
}

export interface StubRequest {
  readonly requestDer: Buffer
  /** PKCS#8. */
  readonly keyPem: string
}

export async function stubRequest(keyType: StubKeyType): Promise<StubRequest> {
  const { make, hash, oid, parameters } = algorithms[keyType]
  const { privateKey, publicKey } = await make()
  const version = derInteger(Buffer.from([0]))
  const noSubject = sequence()
  const noAttributes = der(numberedParts(0))
  const info = sequence(version, noSubject, publicKey.export({ format: 'der', type: 'spki' }), noAttributes)
  const algorithm = sequence(derObjectId(oid), ...(parameters ? [parameters] : []))
  const signature = derBits(sign(hash, info, privateKey))
  return {
    requestDer: sequence(info, algorithm, signature),
    keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  }
}
