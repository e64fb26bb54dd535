// Certificates that are made for a pod: who signs, with what kind of key, for how long, and into which files.

import { validateSigner } from '../certificates/validate-request.ts'
import type { FieldErrors, Path } from '../field-errors.ts'
import { validateNonReservedPath } from './validate-path.ts'
import type { PodCertificateProjection } from './volume.ts'

const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519']
const minSeconds = 60 * 60
const maxSeconds = 91 * 24 * 60 * 60

const pathFields = ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const

/** The files that the projection lays out. */
export const certificatePaths = (certificate: PodCertificateProjection): readonly string[] =>
  pathFields.flatMap((field) => certificate[field] || [])

export function validatePodCertificate(certificate: PodCertificateProjection, path: Path, errors: FieldErrors): void {
  const { signerName = '', keyType = '', maxExpirationSeconds: seconds } = certificate
  validateSigner(signerName, errors, path.child('signerName'))
  if (!keyTypes.includes(keyType)) errors.notSupported(path.child('keyType'), keyType, keyTypes)
  if (seconds !== undefined) {
    const at = path.child('maxExpirationSeconds')
    if (seconds < minSeconds) errors.invalid(at, seconds, `if provided, maxExpirationSeconds must be >= ${minSeconds}`)
    if (seconds > maxSeconds) errors.invalid(at, seconds, `if provided, maxExpirationSeconds must be <= ${maxSeconds}`)
  }
  for (const field of pathFields)
    if (certificate[field]) validateNonReservedPath(certificate[field], path.child(field), errors)
  if (certificatePaths(certificate).length === 0)
    errors.required(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath')
}
