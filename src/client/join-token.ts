// The token with which a node joins: `pinnace.<CA fingerprint>.<secret>`. The fingerprint lets the node know the
// cluster's authority from what the server presents in its TLS handshake, before it sends the secret.

import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import { connect, type DetailedPeerCertificate } from 'node:tls'

const prefix = 'pinnace'

export const fingerprintOf = (certPem: string): string =>
  createHash('sha256').update(new X509Certificate(certPem).raw).digest('hex')

export const newJoinToken = (authorityPem: string): string =>
  `${prefix}.${fingerprintOf(authorityPem)}.${randomBytes(16).toString('hex')}`

/** The authority's fingerprint in a token; undefined for tokens of another form, which name no authority. */
export const fingerprintIn = (token: string): string | undefined =>
  /^pinnace\.([0-9a-f]{64})\.[0-9a-f]{32}$/.exec(token)?.[1]

/** The authority that the server at this address presents, if its fingerprint is the one in the token. */
export function fetchAuthority(url: string, token: string, timeoutMs = 10_000): Promise<string> {
  const { hostname, port } = new URL(url)
  const wanted = fingerprintIn(token)
  if (wanted === undefined)
    return Promise.reject(new Error('The join token is not of the form pinnace.<fingerprint>.<secret>'))
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 443), rejectUnauthorized: false, timeout: timeoutMs })
    socket.once('timeout', () => socket.destroy(new Error(`${url} did not answer within ${timeoutMs} ms`)))
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      const seen = new Set<string>()
      let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
      socket.end()
      for (; certificate?.raw && !seen.has(certificate.fingerprint256); certificate = certificate.issuerCertificate) {
        seen.add(certificate.fingerprint256)
        const pem = new X509Certificate(certificate.raw).toString()
        if (fingerprintOf(pem) === wanted) return resolve(pem)
      }
      reject(new Error(`The server at ${url} is not of the cluster that the join token belongs to`))
    })
  })
}
