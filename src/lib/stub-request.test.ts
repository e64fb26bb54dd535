import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { parseRequest } from './pki.ts'
import { stubKeyTypes, stubRequest } from './stub-request.ts'

for (const keyType of stubKeyTypes)
  test(`stubRequest() makes a key of type ${keyType} and shows that it has it`, async () => {
    const { requestDer, keyPem } = await stubRequest(keyType)
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${requestDer.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
    // Throws where the signature is not the key's.
    assert.equal((await parseRequest(pem)).commonName, '')
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(keyPem)
    const bits = asymmetricKeyDetails?.modulusLength
    const wanted = {
      RSA3072: ['rsa', 3072],
      RSA4096: ['rsa', 4096],
      ECDSAP256: ['ec', 'prime256v1'],
      ECDSAP384: ['ec', 'secp384r1'],
      ECDSAP521: ['ec', 'secp521r1'],
      ED25519: ['ed25519', undefined],
    }[keyType]
    assert.deepEqual([asymmetricKeyType, bits ?? asymmetricKeyDetails?.namedCurve], wanted)
    const spki = createPublicKey(keyPem).export({ format: 'der', type: 'spki' })
    assert.ok(requestDer.includes(spki))
  })
