// Certificates: a small authority of our own (ECDSA P-256), and the certificates and requests that it takes to
// run a cluster. Keys are made here and handed out as PEM; who keeps them, and where, is not this file's part.
// The library is loaded on first use: a server that finds its certificates on disk starts without it.

import { webcrypto } from 'node:crypto'

export interface KeyPair {
  readonly certPem: string
  readonly keyPem: string
}

export interface Subject {
  readonly commonName: string
  readonly organizations?: readonly string[]
}

export type KeyUsage = 'digital signature' | 'key encipherment'

export interface CertificateOptions extends Subject {
  readonly dnsNames?: readonly string[]
  readonly ips?: readonly string[]
  readonly uris?: readonly string[]
  readonly usages: readonly ('client' | 'server')[]
  /** What the key may do; signing unless given. */
  readonly keyUsages?: readonly KeyUsage[]
  readonly nowMs: number
  readonly lifetimeMs: number
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000
/** Clocks of machines differ: a certificate is already good a little before it was made. */
const backdateMs = 5 * 60_000

const library = async () => {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

type CryptoKeyPair = webcrypto.CryptoKeyPair

const makeKeys = (): Promise<CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>

const toPem = (label: string, der: ArrayBuffer): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END ${label}-----\n`

const fromPem = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')

const privateKeyPem = async (keys: CryptoKeyPair): Promise<string> =>
  toPem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))

const importPrivateKey = (pem: string) =>
  webcrypto.subtle.importKey('pkcs8', fromPem(pem) as Uint8Array<ArrayBuffer>, algorithm, true, ['sign'])

const newSerial = (): string => {
  const serial = webcrypto.getRandomValues(new Uint8Array(16))
  serial[0] = (serial[0]! & 0x7f) | 0x01
  return Buffer.from(serial).toString('hex')
}

const nameOf = ({ commonName, organizations = [] }: Subject) => [
  ...organizations.map((o) => ({ O: [o] })),
  { CN: [commonName] },
]

const validity = (nowMs: number, lifetimeMs: number) => ({
  notBefore: new Date(nowMs - backdateMs),
  notAfter: new Date(nowMs + lifetimeMs),
})

/** A new authority, good for ten years. */
export async function createAuthority(commonName: string, nowMs: number): Promise<KeyPair> {
  const x509 = await library()
  const keys = await makeKeys()
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: nameOf({ commonName }),
    ...validity(nowMs, 3650 * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certPem: `${cert.toString('pem')}\n`, keyPem: await privateKeyPem(keys) }
}

/** Signs a certificate over a public key: the one thing that only the authority can do. */
async function sign(authority: KeyPair, publicKey: webcrypto.CryptoKey, options: CertificateOptions): Promise<string> {
  const x509 = await library()
  const issuer = new x509.X509Certificate(authority.certPem)
  const names = [
    ...(options.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(options.ips ?? []).map((value) => ({ type: 'ip' as const, value })),
    ...(options.uris ?? []).map((value) => ({ type: 'url' as const, value })),
  ]
  const { keyUsages = ['digital signature'] } = options
  const keyFlags = {
    'digital signature': x509.KeyUsageFlags.digitalSignature,
    'key encipherment': x509.KeyUsageFlags.keyEncipherment,
  }
  const flags = keyUsages.reduce((all, usage) => all | keyFlags[usage], 0)
  const usages = { client: x509.ExtendedKeyUsage.clientAuth, server: x509.ExtendedKeyUsage.serverAuth }
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: nameOf(options),
    issuer: issuer.subject,
    ...validity(options.nowMs, options.lifetimeMs),
    publicKey,
    signingKey: await importPrivateKey(authority.keyPem),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
      new x509.ExtendedKeyUsageExtension(options.usages.map((usage) => usages[usage])),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  })
  return `${cert.toString('pem')}\n`
}

/** A new key with a certificate over it. */
export async function issue(authority: KeyPair, options: CertificateOptions): Promise<KeyPair> {
  const keys = await makeKeys()
  return { certPem: await sign(authority, keys.publicKey, options), keyPem: await privateKeyPem(keys) }
}

/** A certificate signing request (PKCS #10) with a new key. */
export async function requestCertificate(
  subject: Subject,
  names: { readonly dnsNames?: readonly string[]; readonly ips?: readonly string[] } = {},
): Promise<{ readonly requestPem: string; readonly keyPem: string }> {
  const x509 = await library()
  const keys = await makeKeys()
  const alternatives = [
    ...(names.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(names.ips ?? []).map((value) => ({ type: 'ip' as const, value })),
  ]
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: nameOf(subject),
    keys,
    signingAlgorithm: algorithm,
    extensions: alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : [],
  })
  return { requestPem: `${request.toString('pem')}\n`, keyPem: await privateKeyPem(keys) }
}

export interface ParsedRequest extends Subject {
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly ips: readonly string[]
  readonly emails: readonly string[]
  readonly uris: readonly string[]
}

/** Reads a signing request and checks that its sender holds the key. Throws with what is wrong. */
export async function parseRequest(requestPem: string): Promise<ParsedRequest> {
  const x509 = await library()
  const request = new x509.Pkcs10CertificateRequest(requestPem)
  if (!(await request.verify())) throw new Error('The signature of the certificate request does not match its key')
  const name = request.subjectName
  const extension = request.extensions.find((e) => e instanceof x509.SubjectAlternativeNameExtension)
  const alternatives = extension?.names.toJSON() ?? []
  return {
    commonName: name.getField('CN')[0] ?? '',
    organizations: name.getField('O'),
    dnsNames: alternatives.filter((a) => a.type === 'dns').map((a) => a.value),
    ips: alternatives.filter((a) => a.type === 'ip').map((a) => a.value),
    emails: alternatives.filter((a) => a.type === 'email').map((a) => a.value),
    uris: alternatives.filter((a) => a.type === 'url').map((a) => a.value),
  }
}

/** Signs what was asked for, with the subject and names of the request. */
export async function signRequest(
  authority: KeyPair,
  requestPem: string,
  options: Pick<CertificateOptions, 'usages' | 'keyUsages' | 'nowMs' | 'lifetimeMs'>,
): Promise<string> {
  const x509 = await library()
  const parsed = await parseRequest(requestPem)
  const publicKey = await new x509.Pkcs10CertificateRequest(requestPem).publicKey.export()
  return sign(authority, publicKey as webcrypto.CryptoKey, { ...parsed, ...options })
}

/** Signs a certificate for the key of a request and for nothing else that stands in it. */
export async function certify(authority: KeyPair, requestPem: string, options: CertificateOptions): Promise<string> {
  const x509 = await library()
  const request = new x509.Pkcs10CertificateRequest(requestPem)
  return sign(authority, (await request.publicKey.export()) as webcrypto.CryptoKey, options)
}
