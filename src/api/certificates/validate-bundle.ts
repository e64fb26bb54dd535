// Bundles of authorities: a name that tells the signer, and certificates of authorities only, each of them once.

import { X509Certificate } from 'node:crypto'
import { type FieldErrors, Path } from '../field-errors.ts'
import { nameIsDnsSubdomain } from '../names.ts'
import { pemBlocks } from './pem.ts'
import { validateSigner } from './validate-request.ts'

const path = Path.of('spec').child('trustBundle')
const maxBytes = 1024 * 1024

export function bundleNameProblems(name: string, signerName: string): readonly string[] {
  if (signerName === '') {
    // Other names are looked at by the rule of the kind.
    return name.includes(':') ? ['ClusterTrustBundle without signer name must not have ":" in its name'] : []
  }
  const prefix = `${signerName.replaceAll('/', ':')}:`
  if (name.startsWith(prefix)) return nameIsDnsSubdomain(name.slice(prefix.length), false)
  return [`ClusterTrustBundle for signerName ${signerName} must be named with prefix ${prefix}`]
}

export function validateBundle(
  { signerName }: { readonly signerName?: string | undefined },
  errors: FieldErrors,
): void {
  if (signerName) validateSigner(signerName, errors)
}

/** The certificates may be secret to whoever reads the error; they are never told. */
const refuse = (errors: FieldErrors, why: string): void =>
  errors.add('FieldValueInvalid', path, 'Invalid value: "<value omitted>"', why)

export function validateTrustBundle(bundle: string, errors: FieldErrors): void {
  if (Buffer.byteLength(bundle) > maxBytes) {
    errors.tooLong(path, maxBytes)
    return
  }
  const places = new Map<string, number[]>()
  let bad = false
  pemBlocks(bundle).forEach((block, i) => {
    const why = blockProblem(block)
    if (why !== undefined) {
      bad = true
      refuse(errors, `entry ${i} ${why}`)
    } else places.set(block.body, [...(places.get(block.body) ?? []), i])
  })
  if (bad) return
  if (places.size === 0) refuse(errors, 'at least one trust anchor must be provided')
  for (const indices of places.values()) {
    if (indices.length > 1) refuse(errors, `duplicate trust anchor (indices [${indices.join(' ')}])`)
  }
}

function blockProblem({ type, headers, text }: ReturnType<typeof pemBlocks>[number]): string | undefined {
  if (type !== 'CERTIFICATE') return `has bad block type: ${type}`
  if (headers) return 'has PEM block headers'
  try {
    return new X509Certificate(text).ca ? undefined : 'does not have the CA bit set'
  } catch {
    return 'does not parse as X.509'
  }
}
