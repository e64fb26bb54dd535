// Approves and signs certificate requests. A node's certificates are approved for whoever the roles let ask for them:
// its client certificate for joining nodes and for the node itself, its serving certificate for the node itself.
// Everything else waits for a person; what a person approves is signed. Upstream: the csrapproving and csrsigning
// controllers, which leave serving certificates to a person; a node may not ask for names that are not its own here.

import { SubjectAccessReview } from '#api/authorization/subject-access-review.ts'
import { CertificateSigningRequest } from '#api/certificates/certificate-signing-request.ts'
import type { Client } from '#client/client.ts'
import { type Controller, controller } from '#client/controller.ts'
import { formatTime } from '#lib/clock.ts'
import { type KeyPair, type ParsedRequest, parseRequest, signRequest } from '#lib/pki.ts'

const userSigner = 'kubernetes.io/kube-apiserver-client'
const nodeSigner = 'kubernetes.io/kube-apiserver-client-kubelet'
const servingSigner = 'kubernetes.io/kubelet-serving'

const yearMs = 365 * 86_400_000
const shortestMs = 600_000
const nodePrefix = 'system:node:'

type Usage = 'client' | 'server'

/** What the roles must let the one who asks create, for nobody else to be asked: as upstream, but for the last. */
export type Permission = 'nodeclient' | 'selfnodeclient' | 'selfnodeserver'

export type Verdict =
  | { readonly sign: true; readonly usages: readonly Usage[] }
  /** To be signed if the roles permit one of these. */
  | { readonly sign: 'permitted'; readonly permissions: readonly Permission[]; readonly usages: readonly Usage[] }
  | { readonly sign: false; readonly failure?: string }

/** Names and addresses of the API server, as which no node may serve. */
export interface Reserved {
  readonly dnsNames: readonly string[]
  readonly ips: readonly string[]
}

const isApproved = (csr: CertificateSigningRequest): boolean =>
  csr.status.conditions?.some((c) => c.type === 'Approved' && c.status === 'True') ?? false

const isOver = (csr: CertificateSigningRequest): boolean =>
  Boolean(csr.status.certificate) ||
  (csr.status.conditions?.some((c) => (c.type === 'Denied' || c.type === 'Failed') && c.status === 'True') ?? false)

/** What is wrong with a request for a node's certificate. */
function problemOf(signerName: string, request: ParsedRequest, reserved: Reserved): string | undefined {
  const { commonName, organizations, dnsNames, ips } = request
  if (!commonName.startsWith(nodePrefix)) return `subject common name does not begin with ${nodePrefix}`
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes')
    return 'subject organization is not system:nodes'
  const names = dnsNames.length + ips.length
  if (signerName === nodeSigner) return names > 0 ? 'DNS and IP subjectAltNames are not allowed' : undefined
  if (names === 0) return 'at least one of DNS or IP subjectAltName is required'
  const node = commonName.slice(nodePrefix.length)
  const strange =
    dnsNames.find((name) => name !== node || reserved.dnsNames.includes(name)) ??
    ips.find((ip) => reserved.ips.includes(ip))
  return strange === undefined ? undefined : `subjectAltName ${strange} is not of the node`
}

/** Whether the request is to be signed, and whether that needs nobody's word. */
export function judge(csr: CertificateSigningRequest, request: ParsedRequest, reserved: Reserved): Verdict {
  if (isOver(csr)) return { sign: false }
  const { signerName, username = '', groups = [] } = csr.spec
  if (signerName === userSigner) return isApproved(csr) ? { sign: true, usages: ['client'] } : { sign: false }
  if (signerName !== nodeSigner && signerName !== servingSigner) return { sign: false }
  const failure = problemOf(signerName, request, reserved)
  if (failure !== undefined) return { sign: false, failure }
  const usages: readonly Usage[] = signerName === nodeSigner ? ['client'] : ['server']
  if (isApproved(csr)) return { sign: true, usages }
  const isItself = username === request.commonName && groups.includes('system:nodes')
  if (signerName === nodeSigner) {
    return {
      sign: 'permitted',
      permissions: [...(isItself ? (['selfnodeclient'] as const) : []), 'nodeclient'],
      usages,
    }
  }
  return isItself ? { sign: 'permitted', permissions: ['selfnodeserver'], usages } : { sign: false }
}

async function isPermitted(
  client: Client,
  { spec }: CertificateSigningRequest,
  permissions: readonly Permission[],
): Promise<boolean> {
  const { username: user = '', groups = [], uid, extra } = spec
  for (const subresource of permissions) {
    const resourceAttributes = {
      group: 'certificates.k8s.io',
      version: '*',
      resource: 'certificatesigningrequests',
      verb: 'create',
      subresource,
    }
    const { status } = await client.create(SubjectAccessReview, {
      metadata: {},
      spec: { user, groups: [...groups], ...(uid ? { uid } : {}), ...(extra ? { extra } : {}), resourceAttributes },
    })
    if (status.allowed) return true
  }
  return false
}

/** The controller, which needs the authority's key: it runs only where that is. */
export const csrSigning = (authority: KeyPair, reserved: Reserved = { dnsNames: [], ips: [] }): Controller =>
  controller({
    name: 'certificatesigningrequest-signing',
    account: 'certificate-controller',
    reconciles: CertificateSigningRequest,
    async reconcile({ name }, { client, clock, informers }) {
      const csr = informers.of(CertificateSigningRequest).get(undefined, name)
      if (!csr || isOver(csr)) return
      const requestPem = Buffer.from(csr.spec.request, 'base64').toString()
      const verdict = judge(csr, await parseRequest(requestPem), reserved)
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
      if (verdict.sign === 'permitted') {
        if (!(await isPermitted(client, csr, verdict.permissions))) return
        const condition = {
          type: 'Approved',
          status: 'True',
          reason: 'AutoApproved',
          message: 'Auto approving kubelet certificate after SubjectAccessReview.',
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
