// Certificates for pods: who asks holds the key, and what is issued is for that key, long enough and not too long.

import { X509Certificate } from 'node:crypto'
import { parsePkcs10 } from '#lib/pkcs10.ts'
import { isConditionTrue } from '../conditions.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { validateConditions } from '../meta/validate-conditions.ts'
import { dns1123Subdomain, qualifiedName } from '../names.ts'
import { validateAnnotations } from '../validate-object-meta.ts'
import { type PemBlock, pemBlocks } from './pem.ts'
import type { PodCertificateRequestSpec, PodCertificateRequestStatus } from './pod-certificate-request-types.ts'
import { validateSigner } from './validate-request.ts'

const path = Path.of('spec')
const maxUidBytes = 128
const maxRequestBytes = 10 * 1024
const maxChainBytes = 100 * 1024
const minSeconds = 60 * 60
const maxSeconds = 91 * 24 * 60 * 60
const maxOwnSeconds = 24 * 60 * 60

interface Request {
  readonly spec: PodCertificateRequestSpec
  readonly status: PodCertificateRequestStatus
}

const isOwnSigner = (signer: string): boolean => /(^|\.)kubernetes\.io$/.test(signer.split('/')[0] ?? '')

export function validatePodRequest({ spec }: Request, errors: FieldErrors): void {
  validateSigner(spec.signerName ?? '', errors)
  validateUserAnnotations(spec.unverifiedUserAnnotations ?? {}, errors)
  for (const who of ['pod', 'serviceAccount', 'node'] as const) {
    const name = spec[`${who}Name`] ?? ''
    const uid = spec[`${who}UID`] ?? ''
    errors.invalidEach(path.child(`${who}Name`), name, dns1123Subdomain(name))
    if (uid === '') errors.invalid(path.child(`${who}UID`), uid, 'must not be empty')
    if (Buffer.byteLength(uid) > maxUidBytes) errors.tooLong(path.child(`${who}UID`), maxUidBytes)
  }
  const { maxExpirationSeconds: seconds = 0 } = spec
  const max = isOwnSigner(spec.signerName ?? '') ? maxOwnSeconds : maxSeconds
  if (seconds < minSeconds || seconds > max) {
    errors.invalid(path.child('maxExpirationSeconds'), seconds, `must be in the range [${minSeconds}, ${max}]`)
  }
  validateStub(spec.stubPKCS10Request ?? '', errors)
}

function validateUserAnnotations(annotations: Readonly<Record<string, string>>, errors: FieldErrors): void {
  const at = path.child('unverifiedUserAnnotations')
  validateAnnotations(annotations, at, errors)
  for (const key of Object.keys(annotations)) {
    if (!key.includes('/') && qualifiedName(key.toLowerCase()).length === 0) {
      errors.invalid(at, key, 'must be domain-prefixed, such as "acme.io/foo"')
    }
  }
}

const keyText = 'supported types are RSA3072, RSA4096, ECDSAP256, ECDSAP384, ECDSAP521 and ED25519'
const curves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1']
const moduli: readonly (number | undefined)[] = [3072, 4096]

function validateStub(request: string, errors: FieldErrors): void {
  const at = path.child('stubPKCS10Request')
  const der = Buffer.from(request, 'base64')
  if (der.length === 0) {
    errors.required(at)
    return
  }
  if (der.length > maxRequestBytes) {
    errors.tooLong(at, maxRequestBytes)
    return
  }
  const parsed = parsePkcs10(der)
  if (!parsed) {
    errors.invalid(at, request, 'must be a valid PKCS#10 certificate request')
    return
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = parsed.publicKey
  const known =
    type === 'ed25519' ||
    (type === 'ec' && curves.includes(details?.namedCurve)) ||
    (type === 'rsa' && moduli.includes(details?.modulusLength))
  if (!known) errors.invalid(at, request, `unknown public key type; ${keyText}`)
  else if (!parsed.signed) errors.invalid(at, request, 'could not verify the signature of the request')
}

const decisions = ['Issued', 'Denied', 'Failed']
const statusPath = Path.of('status')

/** Some values are never told in an error. */
const refuse = (errors: FieldErrors, at: Path, why: string): void =>
  errors.add('FieldValueInvalid', at, 'Invalid value', why)

const is = ({ conditions }: PodCertificateRequestStatus, type: string): boolean => isConditionTrue(conditions, type)

export function validatePodRequestStatus(
  { spec, status }: Request,
  { status: old }: Request,
  errors: FieldErrors,
): void {
  const found = errors.all.length
  validateDecisions(status, errors)
  if (errors.all.length > found) return
  if (decisions.some((type) => is(old, type))) {
    const why = 'immutable after PodCertificateRequest is issued, denied, or failed'
    if (!sameValue(status, old)) refuse(errors, statusPath, why)
  } else if (is(status, 'Denied') || is(status, 'Failed')) {
    const why = 'non-condition status fields must be empty when denying or failing the PodCertificateRequest'
    if (!sameValue(status, { conditions: status.conditions })) refuse(errors, statusPath, why)
  } else if (is(status, 'Issued')) validateIssued(spec, status, errors)
  else if (!sameValue(status, old)) {
    refuse(errors, statusPath, 'status is immutable unless transitioning to "Issued", "Denied", or "Failed"')
  }
}

function validateDecisions({ conditions = [] }: PodCertificateRequestStatus, errors: FieldErrors): void {
  const at = statusPath.child('conditions')
  conditions.forEach(({ type, status }, i) => {
    if (!decisions.includes(type)) errors.notSupported(at.index(i).child('type'), type, decisions)
    else {
      const first = conditions.findIndex((one) => decisions.includes(one.type))
      const text = 'There may be at most one condition with type "Issued", "Denied", or "Failed"'
      if (first < i) errors.invalid(at.index(i).child('type'), type, text)
      if (status !== 'True') errors.notSupported(at.index(i).child('status'), status, ['True'])
    }
  })
  validateConditions(conditions, at, errors)
}

const parseCertificate = ({ text }: PemBlock): X509Certificate | undefined => {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}

function validateIssued(
  spec: PodCertificateRequestSpec,
  status: PodCertificateRequestStatus,
  errors: FieldErrors,
): void {
  const chain = status.certificateChain ?? ''
  const at = statusPath.child('certificateChain')
  if (Buffer.byteLength(chain) > maxChainBytes) {
    errors.tooLong(at, maxChainBytes)
    return
  }
  const blocks = pemBlocks(chain)
  const certificates = blocks.map(parseCertificate)
  const [leaf] = certificates
  if (blocks.length === 0) errors.invalid(at, chain, 'issued certificate chain must contain at least one certificate')
  else if (blocks.some(({ type }) => type !== 'CERTIFICATE')) {
    errors.invalid(at, chain, 'issued certificate chain must consist entirely of CERTIFICATE PEM blocks')
  } else if (!leaf) errors.invalid(at, chain, 'leaf certificate does not parse as valid X.509')
  else if (certificates.includes(undefined)) {
    errors.invalid(at, chain, 'intermediate certificate does not parse as valid X.509')
  } else validateLeaf(leaf, spec, status, errors)
}

const marginMs = 10 * 60 * 1000

function validateLeaf(
  leaf: X509Certificate,
  spec: PodCertificateRequestSpec,
  status: PodCertificateRequestStatus,
  errors: FieldErrors,
): void {
  const at = statusPath.child('certificateChain')
  const wanted = parsePkcs10(Buffer.from(spec.stubPKCS10Request ?? '', 'base64'))?.spki
  if (!wanted?.equals(leaf.publicKey.export({ format: 'der', type: 'spki' }))) {
    errors.invalid(at, status.certificateChain, 'leaf certificate was not issued to the requested public key')
    return
  }
  const consistent = 'must be present and consistent with the issued certificate'
  const { notBefore, notAfter, beginRefreshAt } = status
  if (!notBefore) errors.required(statusPath.child('notBefore'), consistent)
  if (!notAfter) errors.required(statusPath.child('notAfter'), consistent)
  if (!beginRefreshAt) {
    const text = 'must be present and in the range [notbefore+10min, notafter-10min]'
    errors.required(statusPath.child('beginRefreshAt'), text)
  }
  if (!notBefore || !notAfter || !beginRefreshAt) return
  const [from, to] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()]
  const seconds = (to - from) / 1000
  const max = spec.maxExpirationSeconds ?? 0
  const refresh = Date.parse(beginRefreshAt)
  if (Date.parse(notBefore) !== from) {
    const text = 'must be set to the NotBefore time encoded in the leaf certificate'
    errors.invalid(statusPath.child('notBefore'), notBefore, text)
  } else if (Date.parse(notAfter) !== to) {
    const text = 'must be set to the NotAfter time encoded in the leaf certificate'
    errors.invalid(statusPath.child('notAfter'), notAfter, text)
  } else if (seconds < minSeconds) errors.invalid(at, `${seconds}s`, 'leaf certificate lifetime must be >= 1 hour')
  else if (seconds > max) {
    errors.invalid(at, `${seconds}s`, `leaf certificate lifetime must be <= spec.maxExpirationSeconds (${max})`)
  } else if (refresh < from + marginMs) {
    const text = 'must be at least 10 minutes after status.notBefore'
    errors.invalid(statusPath.child('beginRefreshAt'), beginRefreshAt, text)
  } else if (refresh > to - marginMs) {
    const text = 'must be at least 10 minutes before status.notAfter'
    errors.invalid(statusPath.child('beginRefreshAt'), beginRefreshAt, text)
  }
}
