// Bootstrap tokens, `abcdef.0123456789abcdef`: Secrets in kube-system that whoever sets up a node is given, and that
// end by themselves. They may only be used for what they say.

import { timingSafeEqual } from 'node:crypto'
import type { Secret } from '#api/core/secret.ts'
import type { UserInfo } from '../request.ts'
import { bootstrappersGroup } from './user.ts'

const tokenPattern = /^([a-z0-9]{6})\.([a-z0-9]{16})$/
const groupPattern = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/
const secretType = 'bootstrap.kubernetes.io/token'

export const bootstrapSecretName = (id: string): string => `bootstrap-token-${id}`

const textIn = ({ data = {} }: Pick<Secret, 'data'>, key: string): string =>
  Buffer.from(data[key] ?? '', 'base64').toString()

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Who holds the token; undefined where the Secret does not stand for it, or no longer does. */
export function bootstrapUser(
  secret: Secret,
  { id, part }: { readonly id: string; readonly part: string },
  nowMs: number,
): UserInfo | undefined {
  if (secret.type !== secretType || secret.metadata.deletionTimestamp !== undefined) return undefined
  if (textIn(secret, 'token-id') !== id || !same(textIn(secret, 'token-secret'), part)) return undefined
  if (isExpired(textIn(secret, 'expiration'), nowMs)) return undefined
  if (textIn(secret, 'usage-bootstrap-authentication') !== 'true') return undefined
  const groups = textIn(secret, 'auth-extra-groups').split(',')
  const extra = groups.map((group) => group.trim()).filter((group) => group !== '')
  // One group that is not meant for this takes the whole token with it, as upstream.
  if (!extra.every((group) => groupPattern.test(group))) return undefined
  return { name: `system:bootstrap:${id}`, groups: [bootstrappersGroup, ...extra] }
}

/** A time that cannot be read has passed. */
export function isExpired(expiration: string, nowMs: number): boolean {
  if (expiration === '') return false
  const ms = Date.parse(expiration)
  return !(ms > nowMs)
}

export const bootstrapTokens =
  (secretOf: (namespace: string, name: string) => Secret | undefined, now: () => number) =>
  async (token: string): Promise<UserInfo | undefined> => {
    const [, id, part] = tokenPattern.exec(token) ?? []
    if (id === undefined || part === undefined) return undefined
    const secret = secretOf('kube-system', bootstrapSecretName(id))
    return secret && bootstrapUser(secret, { id, part }, now())
  }
