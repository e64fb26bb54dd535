// Certificate signing requests: something to sign, for whom and what for; a decision is not taken back.

import { X509Certificate } from 'node:crypto'

import { type FieldErrors, Path } from '../field-errors.ts'
import { dns1123Label, dns1123Subdomain } from '../names.ts'
import type {
  CertificateSigningRequestSpec,
  CertificateSigningRequestStatus,
} from './certificate-signing-request-types.ts'
import { approvals } from './decisions.ts'
import { pemBlocks } from './pem.ts'

const path = Path.of('spec')
const minSeconds = 600
const maxSignerLength = 571

export function validateSigner(signerName: string, errors: FieldErrors, at: Path = path.child('signerName')): void {
  if (!signerName) {
    errors.required(at)
    return
  }
  const [domain = '', name, ...more] = signerName.split('/')
  if (name === undefined || more.length > 0 || name === '') {
    errors.invalid(at, signerName, 'must be a fully qualified domain and path of the form "example.com/signer-name"')
    return
  }
  for (const label of domain.split('.')) {
    for (const why of dns1123Label(label))
      errors.invalid(at, domain, `validating label ${JSON.stringify(label)}: ${why}`)
  }
  if (domain.split('.').length < 2)
    errors.invalid(at, domain, 'should be a domain with at least two segments separated by dots')
  for (const label of name.split('.')) {
    for (const why of dns1123Subdomain(label))
      errors.invalid(at, name, `validating label ${JSON.stringify(label)}: ${why}`)
  }
  if (signerName.length > maxSignerLength) errors.tooLong(at, maxSignerLength)
}

function validatePem(request: string, errors: FieldErrors): void {
  const text = Buffer.from(request, 'base64').toString('latin1')
  if (/-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(text)) return
  errors.invalid(path.child('request'), request, 'PEM block type must be CERTIFICATE REQUEST')
}

export function validateRequest({ spec }: { readonly spec: CertificateSigningRequestSpec }, errors: FieldErrors): void {
  validatePem(spec.request ?? '', errors)
  const { usages = [], expirationSeconds: seconds } = spec
  if (usages.length === 0) errors.required(path.child('usages'))
  usages.forEach((usage, i) => {
    if (usages.indexOf(usage) < i) errors.duplicate(path.child('usages').index(i), usage)
  })
  validateSigner(spec.signerName ?? '', errors)
  if (spec.signerName === 'kubernetes.io/legacy-unknown') {
    const text = 'the legacy signerName is not allowed via this API version'
    errors.invalid(path.child('signerName'), spec.signerName, text)
  }
  if (seconds !== undefined && seconds < minSeconds) {
    errors.invalid(
      path.child('expirationSeconds'),
      seconds,
      'may not specify a duration less than 600 seconds (10 minutes)',
    )
  }
}

interface Decided {
  readonly status: CertificateSigningRequestStatus
}

/** Of a write of the status: approvals are not its business. */
export function validateDecisionsUntouched(next: Decided, old: Decided, errors: FieldErrors): void {
  validateDecisionsKept(next, old, errors)
  const count = ({ status }: Decided, type: string): number =>
    (status.conditions ?? []).filter((one) => one.type === type).length
  for (const type of approvals) {
    if (count(next, type) <= count(old, type)) continue
    const at = Path.of('status').child('conditions')
    errors.forbidden(at, `updates may not add a condition of type ${JSON.stringify(type)}`)
  }
}

const decisions: readonly string[] = [...approvals, 'Failed']
const statuses = ['False', 'True', 'Unknown']

function validateDecisions(
  all: NonNullable<CertificateSigningRequestStatus['conditions']>,
  path: Path,
  errors: FieldErrors,
): void {
  all.forEach(({ type = '', status = '' }, i) => {
    const at = path.index(i)
    const before = all.slice(0, i).map((one) => one.type)
    // Whoever has not decided says nothing.
    const allowed = decisions.includes(type) ? ['True'] : statuses
    if (!type) errors.required(at.child('type'))
    if (!status) errors.required(at.child('status'))
    else if (!allowed.includes(status)) errors.notSupported(at.child('status'), status, allowed)
    if (approvals.some((one) => one === type) && approvals.some((one) => one !== type && before.includes(one))) {
      errors.invalid(path, type, 'Approved and Denied conditions are mutually exclusive')
    }
    if (before.includes(type)) errors.duplicate(at.child('type'), type)
  })
}

function certificateProblem(certificate: string): string | undefined {
  if (certificate === '') return undefined
  const blocks = pemBlocks(Buffer.from(certificate, 'base64').toString('latin1'))
  for (const { type, headers, text } of blocks) {
    if (headers) return 'no PEM block headers are permitted'
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`
    try {
      new X509Certificate(text)
    } catch {
      return 'x509: malformed certificate'
    }
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}

export function validateDecisionsKept({ status }: Decided, { status: old }: Decided, errors: FieldErrors): void {
  const at = Path.of('status').child('conditions')
  const all = status.conditions ?? []
  const has = (conditions: typeof all, type: string): boolean => conditions.some((one) => one.type === type)
  for (const type of ['Approved', 'Denied', 'Failed']) {
    if (has(old.conditions ?? [], type) && !has(all, type)) {
      errors.forbidden(at, `updates may not remove a condition of type ${JSON.stringify(type)}`)
    }
  }
  validateDecisions(all, at, errors)
  const problem = certificateProblem(status.certificate ?? '')
  if (problem !== undefined) errors.invalid('status.certificate', '<certificate data>', problem)
  if (old.certificate && status.certificate !== old.certificate) {
    errors.forbidden('status.certificate', 'updates may not set certificate content after it has been set')
  }
}
