import assert from 'node:assert/strict'
import { createPrivateKey, type webcrypto, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { certify, createAuthority, issue, parseRequest, requestCertificate, signRequest } from './pki.ts'

const nowMs = Date.UTC(2026, 0, 31, 12)
const lifetimeMs = 86_400_000
const authority = await createAuthority('pinnace', nowMs)
const issuer = new X509Certificate(authority.certPem)
const base = { nowMs, lifetimeMs, usages: ['client'] } as const

test('an authority signs itself, and may sign others', () => {
  assert.equal(issuer.ca, true)
  assert.equal(issuer.subject, 'CN=pinnace')
  assert.ok(issuer.checkIssued(issuer) && issuer.verify(issuer.publicKey))
  assert.equal(issuer.validFromDate.getTime(), nowMs - 300_000)
  assert.equal(issuer.validToDate.getTime(), nowMs + 3650 * lifetimeMs)
})

test('a certificate is its authority’s, for a key of its own, with all that was wanted', async () => {
  const { certPem, keyPem } = await issue(authority, {
    ...base,
    commonName: 'jane ünï',
    organizations: ['a', 'b'],
    dnsNames: ['x.example', '*.y.example'],
    ips: ['10.0.0.1', '::1', '2001:db8::10:0', '::ffff:10.1.2.3'],
    uris: ['https://z.example/'],
    usages: ['client', 'server'],
    keyUsages: ['digital signature', 'key encipherment'],
  })
  const certificate = new X509Certificate(certPem)
  assert.equal(certificate.ca, false)
  assert.ok(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))
  assert.ok(certificate.checkPrivateKey(createPrivateKey(keyPem)))
  assert.equal(certificate.subject, 'O=a\nO=b\nCN=jane ünï')
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1'])
  assert.equal(
    certificate.subjectAltName,
    'DNS:x.example, DNS:*.y.example, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1, ' +
      'IP Address:2001:DB8:0:0:0:0:10:0, IP Address:0:0:0:0:0:FFFF:A01:203, URI:https://z.example/',
  )
  const read = new x509.X509Certificate(certPem)
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags
  assert.equal(read.getExtension(x509.KeyUsagesExtension)?.usages, digitalSignature | keyEncipherment)
  const { keyId } = read.getExtension(x509.AuthorityKeyIdentifierExtension)!
  assert.equal(
    keyId,
    new x509.X509Certificate(authority.certPem).getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
  )
})

test('a key that may do nothing in particular has no extension that says so', async () => {
  const { certPem } = await issue(authority, { ...base, commonName: 'x', keyUsages: [] })
  assert.equal(new x509.X509Certificate(certPem).getExtension(x509.KeyUsagesExtension), null)
})

test('a request says what it was made with, and another program reads it', async () => {
  const names = { dnsNames: ['x.example'], ips: ['10.0.0.1', 'fe80::1'] }
  const { requestPem } = await requestCertificate({ commonName: 'jane', organizations: ['a', 'b'] }, names)
  const wanted = { commonName: 'jane', organizations: ['a', 'b'], ...names, emails: [], uris: [] }
  assert.deepEqual(await parseRequest(requestPem), wanted)
  const request = new x509.Pkcs10CertificateRequest(requestPem)
  assert.ok(await request.verify())
  assert.equal(request.subject, 'O=a, O=b, CN=jane')
})

for (const [what, algorithm] of [
  ['ECDSA P-256', { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }],
  ['ECDSA P-384', { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }],
  [
    'RSA',
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
  ],
  ['Ed25519', { name: 'Ed25519' }],
] as const)
  test(`a request that another program made with a key of ${what} is read and signed`, async () => {
    const keys = (await crypto.subtle.generateKey(algorithm as unknown as webcrypto.EcKeyGenParams, true, [
      'sign',
      'verify',
    ])) as webcrypto.CryptoKeyPair
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
      name: 'CN=jane, O=a, O=ünï',
      keys,
      signingAlgorithm: algorithm as unknown as webcrypto.EcdsaParams,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'x.example' },
          { type: 'ip', value: '2001:db8::1' },
          { type: 'email', value: 'jane@x.example' },
          { type: 'url', value: 'spiffe://x.example/a' },
        ]),
      ],
    })
    const pem = request.toString('pem')
    assert.deepEqual(await parseRequest(pem), {
      commonName: 'jane',
      organizations: ['a', 'ünï'],
      dnsNames: ['x.example'],
      ips: ['2001:db8::1'],
      emails: ['jane@x.example'],
      uris: ['spiffe://x.example/a'],
    })
    const certificate = new X509Certificate(await signRequest(authority, pem, base))
    assert.ok(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))
    assert.equal(certificate.subject, 'O=a\nO=ünï\nCN=jane')
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
    assert.ok(spki.equals(Buffer.from(request.publicKey.rawData)))
  })

test('certify() takes nothing from the request but its key', async () => {
  const { requestPem } = await requestCertificate({ commonName: 'root', organizations: ['system:masters'] })
  const certificate = new X509Certificate(await certify(authority, requestPem, { ...base, commonName: 'jane' }))
  assert.equal(certificate.subject, 'CN=jane')
})

test('a request of which any byte was changed is refused, or says the same', async () => {
  const { requestPem } = await requestCertificate({ commonName: 'jane' }, { dnsNames: ['x.example'], ips: ['::1'] })
  const said = await parseRequest(requestPem)
  const bytes = Buffer.from(requestPem.replace(/-----[^-]+-----/g, ''), 'base64')
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 0x01
    const base64 = changed.toString('base64')
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`
    const read = await parseRequest(pem).catch((error: Error) => error.message)
    if (typeof read === 'string') assert.match(read, /no certificate request|signature/)
    else assert.deepEqual(read, said)
  }
})

for (const text of ['', 'x', '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n'])
  test(`${JSON.stringify(text)} is no request`, () => assert.rejects(parseRequest(text), /no certificate request/))
