// Lasting tokens of service accounts, as they lie in Secrets: in the form that they had before tokens could end. Such a
// token is good while the Secret holds it and nobody has marked it as invalid; on which day it was last used stands in a
// label of the Secret, so that what is not used any more can be found (upstream: pkg/serviceaccount/legacy.go).

import type { JWTPayload } from 'jose'
import type { Secret } from '#api/core/secret.ts'
import { serviceAccountUser } from './user.ts'

export const secretTokenIssuer = 'kubernetes/serviceaccount'
export const lastUsedLabel = 'kubernetes.io/legacy-token-last-used'
export const invalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since'

export interface SecretTokenClaim {
  readonly namespace: string
  readonly secret: string
  readonly account: { readonly name: string; readonly uid: string }
}

const prefix = 'kubernetes.io/serviceaccount'

export const secretTokenPayload = ({ namespace, secret, account }: SecretTokenClaim): JWTPayload => ({
  iss: secretTokenIssuer,
  [`${prefix}/namespace`]: namespace,
  [`${prefix}/secret.name`]: secret,
  [`${prefix}/service-account.name`]: account.name,
  [`${prefix}/service-account.uid`]: account.uid,
  sub: serviceAccountUser(namespace, account.name),
})

export function secretTokenClaim(payload: JWTPayload): SecretTokenClaim {
  const claim = (name: string): string => String(payload[`${prefix}/${name}`] ?? '')
  return {
    namespace: claim('namespace'),
    secret: claim('secret.name'),
    account: { name: claim('service-account.name'), uid: claim('service-account.uid') },
  }
}

/** Throws with why the Secret does not vouch for the token. */
export function checkSecret(token: string, claim: SecretTokenClaim, secret: Secret | undefined): Secret {
  if (!secret || secret.metadata.deletionTimestamp !== undefined) throw new Error('The secret of the token is gone')
  const held = Buffer.from(secret.data?.token ?? '', 'base64').toString()
  if (held !== token) throw new Error('The secret holds another token by now')
  if (!secret.metadata.labels?.[invalidSinceLabel]) return secret
  const { namespace, secret: name, account } = claim
  throw new Error(
    `the token in secret ${namespace}/${name} for service account ${namespace}/${account.name} has been marked invalid. ` +
      `Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${invalidSinceLabel}' ` +
      'label from the secret to temporarily allow use of this token',
  )
}

export const dayOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10)

const dayMs = 86_400_000

/** The day to be noted in the label; undefined: it is noted, or another server's clock is already a day ahead. */
export function dayToNote({ metadata }: Secret, nowMs: number): string | undefined {
  const noted = metadata.labels?.[lastUsedLabel]
  const today = dayOf(nowMs)
  return noted === today || noted === dayOf(nowMs + dayMs) ? undefined : today
}
