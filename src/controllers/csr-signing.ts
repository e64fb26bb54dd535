// Approves and signs the certificate requests of nodes: a node's client certificate for whoever holds the join
// token or is that node already, and its serving certificate for the node itself. Requests by others for these
// signers wait for a person; what a person approves is signed as well. Upstream: the csrapproving and csrsigning
// controllers, which leave serving certificates to a person; a node may not ask for names that are not its own here.

import { CertificateSigningRequest } from '#api/certificates/certificate-signing-request.ts'
import { type Controller, controller } from '#client/controller.ts'
import { formatTime } from '#lib/clock.ts'
import { type KeyPair, type ParsedRequest, parseRequest, signRequest } from '#lib/pki.ts'

const clientSigner = 'kubernetes.io/kube-apiserver-client-kubelet'
const servingSigner = 'kubernetes.io/kubelet-serving'

const yearMs = 365 * 86_400_000
const shortestMs = 600_000
const nodePrefix = 'system:node:'

export type Verdict =
  | { readonly sign: true; readonly approve: boolean; readonly usages: readonly ('client' | 'server')[] }
  | { readonly sign: false; readonly failure?: string }

const isApproved = (csr: CertificateSigningRequest): boolean =>
  csr.status.conditions?.some((c) => c.type === 'Approved' && c.status === 'True') ?? false

const isOver = (csr: CertificateSigningRequest): boolean =>
  Boolean(csr.status.certificate) ||
  (csr.status.conditions?.some((c) => (c.type === 'Denied' || c.type === 'Failed') && c.status === 'True') ?? false)

/** Whether the request may be signed, and whether that needs nobody's word. */
export function judge(csr: CertificateSigningRequest, request: ParsedRequest): Verdict {
  if (isOver(csr)) return { sign: false }
  const { signerName, username = '', groups = [] } = csr.spec
  if (signerName !== clientSigner && signerName !== servingSigner) return { sign: false }
  const names = request.dnsNames.length + request.ips.length
  if (!request.commonName.startsWith(nodePrefix)) {
    return { sign: false, failure: `subject common name does not begin with ${nodePrefix}` }
  }
  if (request.organizations.length !== 1 || request.organizations[0] !== 'system:nodes') {
    return { sign: false, failure: 'subject organization is not system:nodes' }
  }
  if (signerName === clientSigner && names > 0)
    return { sign: false, failure: 'DNS and IP subjectAltNames are not allowed' }
  if (signerName === servingSigner && names === 0) {
    return { sign: false, failure: 'at least one of DNS or IP subjectAltName is required' }
  }
  const isItself = username === request.commonName && groups.includes('system:nodes')
  const mayJoin = signerName === clientSigner && groups.includes('system:bootstrappers')
  const approve = isItself || mayJoin
  if (!approve && !isApproved(csr)) return { sign: false }
  return {
    sign: true,
    approve: approve && !isApproved(csr),
    usages: signerName === clientSigner ? ['client'] : ['server'],
  }
}

/** The controller, which needs the authority's key: it runs only where that is. */
export const csrSigning = (authority: KeyPair): Controller =>
  controller({
    name: 'certificatesigningrequest-signing',
    reconciles: CertificateSigningRequest,
    async reconcile({ name }, { client, clock, informers }) {
      const csr = informers.of(CertificateSigningRequest).get(undefined, name)
      if (!csr || isOver(csr)) return
      const requestPem = Buffer.from(csr.spec.request, 'base64').toString()
      const verdict = judge(csr, await parseRequest(requestPem))
      const now = formatTime(clock.now())
      if (!verdict.sign) {
        if (verdict.failure === undefined) return
        const failed = {
          type: 'Failed',
          status: 'True',
          reason: 'SignerValidationFailure',
          message: verdict.failure,
          lastUpdateTime: now,
        }
        await client.updateStatus(CertificateSigningRequest, {
          ...csr,
          status: { ...csr.status, conditions: [...(csr.status.conditions ?? []), failed] },
        })
        return
      }
      let approved = csr
      if (verdict.approve) {
        const condition = {
          type: 'Approved',
          status: 'True',
          reason: 'AutoApproved',
          message: 'Auto approving kubelet certificate.',
          lastUpdateTime: now,
        }
        approved = await client.update(
          CertificateSigningRequest,
          { ...csr, status: { ...csr.status, conditions: [...(csr.status.conditions ?? []), condition] } },
          { subresource: 'approval' },
        )
      }
      const lifetimeMs = Math.max(shortestMs, Math.min(yearMs, (csr.spec.expirationSeconds ?? yearMs / 1000) * 1000))
      const certPem = await signRequest(authority, requestPem, {
        usages: verdict.usages,
        nowMs: clock.now(),
        lifetimeMs,
      })
      await client.updateStatus(CertificateSigningRequest, {
        ...approved,
        status: { ...approved.status, certificate: Buffer.from(certPem).toString('base64') },
      })
    },
  })
