// A certificate and a key that do not belong together: stored all the same, and told in the words of Go's crypto/tls.

import { createPrivateKey, X509Certificate } from 'node:crypto'

const blocks = /-----BEGIN ([^-\n]*)-----[\s\S]*?-----END \1-----/g
const typesOf = (pem: string): string[] => [...pem.matchAll(blocks)].map(([, type = '']) => type)
const text = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('latin1')

function certificateProblem(pem: string): string | undefined {
  const types = typesOf(pem)
  if (types.includes('CERTIFICATE')) return undefined
  if (types.length === 0) return 'tls: failed to find any PEM data in certificate input'
  if (types.length === 1 && types[0]?.endsWith('PRIVATE KEY')) {
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
  }
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${types.join(' ')}]`
}

function keyProblem(pem: string): string | undefined {
  const types = typesOf(pem)
  if (types.some((type) => type.endsWith('PRIVATE KEY'))) return undefined
  if (types.length === 0) return 'tls: failed to find any PEM data in key input'
  if (types.length === 1 && types[0] === 'CERTIFICATE') {
    return 'tls: found a certificate rather than a key in the PEM for the private key'
  }
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${types.join(' ')}]`
}

function pairProblem(certificate: string, key: string): string | undefined {
  const problem = certificateProblem(certificate) ?? keyProblem(key)
  if (problem) return problem
  try {
    const own = createPrivateKey(key)
    return new X509Certificate(certificate).checkPrivateKey(own)
      ? undefined
      : 'tls: private key does not match public key'
  } catch {
    return 'tls: failed to parse private key'
  }
}

interface Holder {
  readonly type?: string | undefined
  readonly data?: Readonly<Record<string, string>> | undefined
}

export function secretWarnings({ type, data = {} }: Holder): string[] {
  if (type !== 'kubernetes.io/tls') return []
  const problem = pairProblem(text(data['tls.crt']), text(data['tls.key']))
  return problem === undefined ? [] : [problem]
}
