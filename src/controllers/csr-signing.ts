// Approves and signs certificate requests. A node's certificates are approved for whoever the roles let ask for them:
// its client certificate for joining nodes and for the node itself, its serving certificate for the node itself.
// Everything else waits for a person; what a person approves is signed. Upstream: the csrapproving and csrsigning
// controllers, which leave all serving certificates to a person; here those of nodes that name others than themselves.

import { SubjectAccessReview } from '#api/authorization/subject-access-review.ts'
import { CertificateSigningRequest } from '#api/certificates/certificate-signing-request.ts'
import { isConditionTrue } from '#api/conditions.ts'
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

const isApproved = (csr: CertificateSigningRequest): boolean => isConditionTrue(csr.status.conditions, 'Approved')

const isOver = ({ status: { certificate, conditions } }: CertificateSigningRequest): boolean =>
  Boolean(certificate) || isConditionTrue(conditions, 'Denied') || isConditionTrue(conditions, 'Failed')

const signing = ['digital signature']
const encipherment = 'key encipherment'
const keyUsages = ['digital signature', 'key encipherment'] as const

/** Keys that cannot encipher need not be allowed to. */
function nodeUsagesProblem(usages: readonly string[], needed: string): string | undefined {
  const exact = (wanted: readonly string[]): boolean =>
    usages.length === wanted.length && wanted.every((usage) => usages.includes(usage))
  const all = [...signing, encipherment, needed].sort()
  return exact(all) || exact([...signing, needed]) ? undefined : `usages did not match [${all.join(' ')}]`
}

/** Upstream: ValidateKubeletClientCSR. */
function nodeClientProblem(usages: readonly string[], request: ParsedRequest): string | undefined {
  const { dnsNames, emails, ips, uris } = request
  if (dnsNames.length > 0) return 'DNS subjectAltNames are not allowed'
  if (emails.length > 0) return 'Email subjectAltNames are not allowed'
  if (ips.length > 0) return 'IP subjectAltNames are not allowed'
  if (uris.length > 0) return 'URI subjectAltNames are not allowed'
  return nodeUsagesProblem(usages, 'client auth')
}

/** Upstream: ValidateKubeletServingCSR. */
function nodeServingProblem(usages: readonly string[], request: ParsedRequest): string | undefined {
  const { dnsNames, emails, ips, uris } = request
  if (dnsNames.length + ips.length === 0) return 'at least one of DNS or IP subjectAltName is required'
  if (emails.length > 0) return 'Email subjectAltNames are not allowed'
  if (uris.length > 0) return 'URI subjectAltNames are not allowed'
  return nodeUsagesProblem(usages, 'server auth')
}

function clientUsagesProblem(usages: readonly string[]): string | undefined {
  const strange = usages.find((usage) => usage !== 'client auth' && usage !== encipherment && !signing.includes(usage))
  if (strange !== undefined) return `invalid usage for client certificate: ${strange}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}

/** Why the signer cannot sign it, whoever approves. */
function problemOf({ signerName, usages = [] }: CertificateSigningRequest['spec'], request: ParsedRequest) {
  if (signerName === userSigner) return clientUsagesProblem(usages)
  const { commonName, organizations } = request
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes')
    return 'subject organization is not system:nodes'
  if (!commonName.startsWith(nodePrefix)) return `subject common name does not begin with ${nodePrefix}`
  return signerName === nodeSigner ? nodeClientProblem(usages, request) : nodeServingProblem(usages, request)
}

/** A node that serves under other names than its own needs a person's word for it. */
function servesAsItself({ commonName, dnsNames, ips }: ParsedRequest, reserved: Reserved): boolean {
  const node = commonName.slice(nodePrefix.length)
  return (
    dnsNames.every((name) => name === node && !reserved.dnsNames.includes(name)) &&
    !ips.some((ip) => reserved.ips.includes(ip))
  )
}

/** Whether the request is to be signed, and whether that needs nobody's word. */
export function judge(csr: CertificateSigningRequest, request: ParsedRequest, reserved: Reserved): Verdict {
  if (isOver(csr)) return { sign: false }
  const { signerName, username = '', groups = [] } = csr.spec
  if (signerName !== userSigner && signerName !== nodeSigner && signerName !== servingSigner) return { sign: false }
  const failure = problemOf(csr.spec, request)
  const usages: readonly Usage[] = signerName === servingSigner ? ['server'] : ['client']
  if (isApproved(csr)) return failure === undefined ? { sign: true, usages } : { sign: false, failure }
  // What waits for a person may be wrong: nobody has asked the signer yet.
  if (failure !== undefined || signerName === userSigner) return { sign: false }
  const isItself = username === request.commonName && groups.includes('system:nodes')
  if (signerName === nodeSigner) {
    return {
      sign: 'permitted',
      permissions: [...(isItself ? (['selfnodeclient'] as const) : []), 'nodeclient'],
      usages,
    }
  }
  return isItself && servesAsItself(request, reserved)
    ? { sign: 'permitted', permissions: ['selfnodeserver'], usages }
    : { sign: false }
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
        keyUsages: keyUsages.filter((usage) => csr.spec.usages?.includes(usage)),
        nowMs: clock.now(),
        lifetimeMs,
      })
      await client.updateStatus(CertificateSigningRequest, {
        ...approved,
        status: { ...approved.status, certificate: Buffer.from(certPem).toString('base64') },
      })
    },
  })
