// Fills the Secrets that ask for a lasting token of a service account (type kubernetes.io/service-account-token), and
// deletes those whose account has gone.

import { type Secret, Secret as SecretKind } from '#api/core/secret.ts'
import { type ServiceAccount, ServiceAccount as ServiceAccountKind } from '#api/core/service-account.ts'
import { isNotFound } from '#api/status-error.ts'
import { type Controller, type ControllerContext, controller, trigger } from '#client/controller.ts'
import { refTo } from './owners.ts'
import { byName } from './pods.ts'

export interface ServiceAccountTokenOptions {
  readonly caPem: string
  /** Signs a token for an account that is good as long as both it and the Secret exist. */
  readonly sign: (about: {
    readonly namespace: string
    readonly serviceAccount: { readonly name: string; readonly uid: string }
    readonly secret: { readonly name: string; readonly uid: string }
  }) => Promise<string>
}

const tokenType = 'kubernetes.io/service-account-token'
const nameAnnotation = 'kubernetes.io/service-account.name'
const uidAnnotation = 'kubernetes.io/service-account.uid'

export type Verdict = 'delete' | 'fill' | 'leave'

export function judge(secret: Secret, account: ServiceAccount | undefined, caData: string): Verdict {
  if (secret.type !== tokenType || !secret.metadata.annotations?.[nameAnnotation]) return 'leave'
  if (!account) return 'delete'
  const uid = secret.metadata.annotations[uidAnnotation]
  if (uid && uid !== account.metadata.uid) return 'delete'
  const { token, namespace, 'ca.crt': ca } = secret.data ?? {}
  return uid && token && namespace && ca === caData ? 'leave' : 'fill'
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

function tokenSecretsOf(
  namespace: string | undefined,
  account: string,
  { informers }: ControllerContext,
): readonly Secret[] {
  const secrets = informers.of(SecretKind)
  secrets.addIndex('account', ({ type, metadata }) =>
    type === tokenType ? [`${metadata.namespace}/${metadata.annotations?.[nameAnnotation] ?? ''}`] : [],
  )
  return secrets.byIndex('account', `${namespace}/${account}`)
}

export function serviceAccountToken({ caPem, sign }: ServiceAccountTokenOptions): Controller {
  const caData = base64(caPem)
  return controller({
    name: 'serviceaccount-token-controller',
    reconciles: SecretKind,
    triggers: [
      trigger(ServiceAccountKind, (next, old, context) => {
        if (next && old && next.metadata.uid === old.metadata.uid) return []
        const { namespace, name = '' } = (next ?? old)!.metadata
        return [...tokenSecretsOf(namespace, name, context)].sort(byName).map(refTo)
      }),
    ],
    async reconcile({ namespace, name }, { client, informers }) {
      const secret = informers.of(SecretKind).get(namespace, name)
      if (!secret || secret.metadata.deletionTimestamp !== undefined) return
      const accountName = secret.metadata.annotations?.[nameAnnotation] ?? ''
      const known = informers.of(ServiceAccountKind).get(namespace, accountName)
      const verdict = judge(secret, known, caData)
      if (verdict === 'leave') return
      // Before anything is deleted or signed the server itself is asked: informers of two kinds differ in time.
      const account = await client.get(ServiceAccountKind, { namespace, name: accountName }).catch((error) => {
        if (isNotFound(error)) return undefined
        throw error
      })
      if (!account || judge(secret, account, caData) === 'delete') {
        const { uid } = secret.metadata
        await client.delete(SecretKind, refTo(secret), { uid }).catch((error) => {
          if (!isNotFound(error)) throw error
        })
        return
      }
      const token = await sign({
        namespace: namespace ?? '',
        serviceAccount: { name: accountName, uid: account.metadata.uid ?? '' },
        secret: { name, uid: secret.metadata.uid ?? '' },
      })
      await client.update(SecretKind, {
        ...secret,
        metadata: {
          ...secret.metadata,
          annotations: { ...secret.metadata.annotations, [uidAnnotation]: account.metadata.uid ?? '' },
        },
        data: { ...secret.data, 'ca.crt': caData, namespace: base64(namespace ?? ''), token: base64(token) },
      })
    },
  })
}
