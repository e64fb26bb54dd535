// Certificates: a small authority of our own (ECDSA P-256), and the certificates and requests that it takes to
// run a cluster. Keys are made here and handed out as PEM; who keeps them, and where, is not this file's part.

import { createHash, createPrivateKey, generateKeyPair, randomBytes, sign, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { der, derBits, derInteger, derObjectId, derTime, elements, numberedParts, sequence } from './der.ts'
import { type Pkcs10, parsePkcs10 } from './pkcs10.ts'
import {
  type AlternativeNames,
  alternativeNames,
  authorityKeyId,
  basicConstraints,
  type ExtendedKeyUsage,
  extendedKeyUsage,
  extensionRequest,
  type KeyUsage,
  keyUsage,
  parseRequestedNames,
  parseSubject,
  type Subject,
  subjectKeyId,
  subjectName,
} from './x509.ts'

export type { KeyUsage, Subject } from './x509.ts'

export interface KeyPair {
  readonly certPem: string
  readonly keyPem: string
}

export interface CertificateOptions extends Subject {
  readonly dnsNames?: readonly string[]
  readonly ips?: readonly string[]
  readonly uris?: readonly string[]
  readonly usages: readonly ExtendedKeyUsage[]
  /** What the key may do; signing unless given. */
  readonly keyUsages?: readonly KeyUsage[]
  readonly nowMs: number
  readonly lifetimeMs: number
}

const dayMs = 86_400_000
/** Clocks of machines differ: a certificate is already good a little before it was made. */
const backdateMs = 5 * 60_000

interface Keys {
  /** The public key as a certificate holds it. */
  readonly spki: Buffer
  readonly keyPem: string
}

const generate = promisify(generateKeyPair)

async function makeKeys(): Promise<Keys> {
  const { publicKey, privateKey } = await generate('ec', { namedCurve: 'P-256' })
  return {
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

const toPem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END ${label}-----\n`

/** ECDSA with SHA-256. */
const signatureAlgorithm = sequence(derObjectId('1.2.840.10045.4.3.2'))

/** What is to be signed, and the signature: certificates and requests are made in this way. */
function signed(content: Buffer, keyPem: string): Buffer {
  const key = createPrivateKey(keyPem)
  if (key.asymmetricKeyType !== 'ec')
    throw new TypeError(`The key that signs must be one of an elliptic curve, and is of type ${key.asymmetricKeyType}`)
  return sequence(content, signatureAlgorithm, derBits(sign('sha256', content, key)))
}

function newSerial(): Buffer {
  const serial = randomBytes(16)
  serial[0] = (serial[0]! & 0x7f) | 0x01
  return serial
}

/** Names a public key, as RFC 5280 suggests: the hash of its bits. */
function keyId(spki: Buffer): Buffer {
  const bits = elements(elements(spki)[0]!.content)[1]!.content.subarray(1)
  return createHash('sha1').update(bits).digest()
}

interface Content {
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly spki: Buffer
  readonly extensions: readonly Buffer[]
  readonly nowMs: number
  readonly lifetimeMs: number
}

function certificatePem(content: Content, keyPem: string): string {
  const { issuer, subject, spki, extensions, nowMs, lifetimeMs } = content
  const version3 = der(numberedParts(0), derInteger(Buffer.from([2])))
  const toSign = sequence(
    version3,
    derInteger(newSerial()),
    signatureAlgorithm,
    issuer,
    sequence(derTime(nowMs - backdateMs), derTime(nowMs + lifetimeMs)),
    subject,
    spki,
    der(numberedParts(3), sequence(...extensions)),
  )
  return toPem('CERTIFICATE', signed(toSign, keyPem))
}

/** A new authority, good for ten years. */
export async function createAuthority(commonName: string, nowMs: number): Promise<KeyPair> {
  const { spki, keyPem } = await makeKeys()
  const name = subjectName({ commonName })
  const extensions = [
    basicConstraints(true),
    ...keyUsage(['cert sign', 'digital signature', 'crl sign']),
    subjectKeyId(keyId(spki)),
  ]
  const content = { issuer: name, subject: name, spki, extensions, nowMs, lifetimeMs: 3650 * dayMs }
  return { certPem: certificatePem(content, keyPem), keyPem }
}

/** An authority's name, as it stands in its certificate, and its key. */
function issuerOf(certPem: string): { readonly name: Buffer; readonly spki: Buffer } {
  const [certificate] = elements(new X509Certificate(certPem).raw)
  const [toSign] = elements(certificate!.content)
  const parts = elements(toSign!.content)
  // Of certificates as they have been for long: the version stands first.
  const [, , , , , subject, key] = parts[0]?.tag === numberedParts(0) ? parts : [undefined, ...parts]
  return { name: subject!.whole, spki: key!.whole }
}

/** Signs a certificate over a public key: the one thing that only the authority can do. */
function issueFor(spki: Buffer, authority: KeyPair, options: CertificateOptions): string {
  const { dnsNames = [], ips = [], uris = [], usages, keyUsages = ['digital signature'], nowMs, lifetimeMs } = options
  const issuer = issuerOf(authority.certPem)
  const extensions = [
    basicConstraints(false),
    ...keyUsage(keyUsages),
    extendedKeyUsage(usages),
    authorityKeyId(keyId(issuer.spki)),
    ...alternativeNames({ dnsNames, ips, uris }),
  ]
  const content = { issuer: issuer.name, subject: subjectName(options), spki, extensions, nowMs, lifetimeMs }
  return certificatePem(content, authority.keyPem)
}

/** A new key with a certificate over it. */
export async function issue(authority: KeyPair, options: CertificateOptions): Promise<KeyPair> {
  const { spki, keyPem } = await makeKeys()
  return { certPem: issueFor(spki, authority, options), keyPem }
}

/** A certificate signing request (PKCS #10) with a new key. */
export async function requestCertificate(
  subject: Subject,
  names: AlternativeNames = {},
): Promise<{ readonly requestPem: string; readonly keyPem: string }> {
  const { spki, keyPem } = await makeKeys()
  const extensions = alternativeNames(names)
  const attributes = der(numberedParts(0), ...(extensions.length > 0 ? [extensionRequest(extensions)] : []))
  const content = sequence(derInteger(Buffer.from([0])), subjectName(subject), spki, attributes)
  return { requestPem: toPem('CERTIFICATE REQUEST', signed(content, keyPem)), keyPem }
}

export interface ParsedRequest extends Subject {
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly ips: readonly string[]
  readonly emails: readonly string[]
  readonly uris: readonly string[]
}

function readRequest(requestPem: string): Pkcs10 {
  const [, base64 = ''] = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([^-]*)-----END /.exec(requestPem) ?? []
  const request = parsePkcs10(Buffer.from(base64, 'base64'))
  if (!request) throw new Error('The text is no certificate request')
  if (!request.signed) throw new Error('The signature of the certificate request does not match its key')
  return request
}

/** As the key is written here, whatever the request held beside it. */
const spkiOf = ({ publicKey }: Pkcs10): Buffer => publicKey.export({ type: 'spki', format: 'der' })

const contentOf = ({ subject, attributes }: Pkcs10): ParsedRequest => ({
  ...parseSubject(subject),
  ...parseRequestedNames(attributes),
})

/** Reads a signing request and checks that its sender holds the key. Throws with what is wrong. */
export async function parseRequest(requestPem: string): Promise<ParsedRequest> {
  return contentOf(readRequest(requestPem))
}

/** Signs what was asked for, with the subject and names of the request. */
export async function signRequest(
  authority: KeyPair,
  requestPem: string,
  options: Pick<CertificateOptions, 'usages' | 'keyUsages' | 'nowMs' | 'lifetimeMs'>,
): Promise<string> {
  const request = readRequest(requestPem)
  return issueFor(spkiOf(request), authority, { ...contentOf(request), ...options })
}

/** Signs a certificate for the key of a request and for nothing else that stands in it. */
export async function certify(authority: KeyPair, requestPem: string, options: CertificateOptions): Promise<string> {
  return issueFor(spkiOf(readRequest(requestPem)), authority, options)
}
