// Takes away certificate requests that have had their time: an hour after the decision once it has been carried out, a day
// when nobody decides. Upstream: the csrcleaner controller.

import { X509Certificate } from 'node:crypto'
import { CertificateSigningRequest } from '#api/certificates/certificate-signing-request.ts'
import { isNotFound } from '#api/status-error.ts'
import { controller } from '#client/controller.ts'

const decidedMs = 3_600_000
const pendingMs = 86_400_000

/** When the certificate ends; one that cannot be read ends never. */
function endOf(certificate: string): number {
  try {
    return new X509Certificate(Buffer.from(certificate, 'base64')).validToDate.getTime()
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** When the request is to go; undefined: not before something happens to it. */
export function leavesAtMs({ metadata, status }: CertificateSigningRequest): number | undefined {
  const { conditions = [], certificate } = status
  const after = (time: string | undefined, ms: number): number | undefined =>
    time === undefined ? undefined : Date.parse(time) + ms
  const times =
    conditions.length === 0
      ? [after(metadata.creationTimestamp, pendingMs)]
      : conditions.flatMap(({ type, lastUpdateTime }) => {
          if (type === 'Approved' && !certificate) return []
          return type === 'Approved' || type === 'Denied' || type === 'Failed' ? [after(lastUpdateTime, decidedMs)] : []
        })
  const isApproved = conditions.some(({ type }) => type === 'Approved')
  const all = [...times, isApproved && certificate ? endOf(certificate) : undefined]
  const first = Math.min(...all.map((time) => time ?? Number.POSITIVE_INFINITY))
  return Number.isFinite(first) ? first : undefined
}

export const csrCleaner = controller({
  name: 'certificatesigningrequest-cleaner-controller',
  account: 'certificate-controller',
  reconciles: CertificateSigningRequest,
  async reconcile({ name }, { client, clock, informers }) {
    const request = informers.of(CertificateSigningRequest).get(undefined, name)
    const atMs = request && leavesAtMs(request)
    if (atMs === undefined) return undefined
    const leftMs = atMs - clock.now()
    if (leftMs > 0) return { againAfterMs: leftMs }
    await client.delete(CertificateSigningRequest, { name }, { uid: request?.metadata.uid }).catch((error) => {
      if (!isNotFound(error)) throw error
    })
    return undefined
  },
})
