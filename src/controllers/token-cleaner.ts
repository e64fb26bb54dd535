// Takes away bootstrap tokens whose time is over: Secrets in kube-system that nobody can use any more. Upstream: the
// token-cleaner controller.

import { Secret } from '#api/core/secret.ts'
import { isNotFound } from '#api/status-error.ts'
import { controller } from '#client/controller.ts'

const namespace = 'kube-system'
const secretType = 'bootstrap.kubernetes.io/token'

/** How long the token is still good; 0: no longer. Undefined: for ever, or it is none, or nobody can tell. */
export function remainingMs({ type, data = {} }: Pick<Secret, 'type' | 'data'>, nowMs: number): number | undefined {
  if (type !== secretType) return undefined
  const leftMs = Date.parse(Buffer.from(data.expiration ?? '', 'base64').toString()) - nowMs
  return Number.isNaN(leftMs) ? undefined : Math.max(0, leftMs)
}

export const tokenCleaner = controller({
  name: 'token-cleaner',
  account: 'token-cleaner',
  reconciles: Secret,
  async reconcile(ref, { client, clock, informers }) {
    const secret = ref.namespace === namespace ? informers.of(Secret).get(namespace, ref.name) : undefined
    const leftMs = secret && remainingMs(secret, clock.now())
    if (leftMs === undefined) return undefined
    if (leftMs > 0) return { againAfterMs: leftMs }
    await client.delete(Secret, ref, { uid: secret?.metadata.uid }).catch((error) => {
      if (!isNotFound(error)) throw error
    })
    return undefined
  },
})
