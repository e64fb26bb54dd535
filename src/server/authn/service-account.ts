// Service account tokens: signed JWTs that are bound to an account and, if asked for, to a pod, node or secret. A token is
// good while its signature and time are, and while what it is bound to still exists with the same UID
// (upstream: pkg/serviceaccount). Verified signatures are remembered; what it is bound to is looked up each time.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import type { Clock } from '#lib/clock.ts'
import { type Random, uuid } from '#lib/random.ts'
import type { UserInfo } from '../request.ts'
import type { TokenMethod } from './authenticate.ts'

export interface Bound {
  readonly name: string
  readonly uid: string
}

export interface TokenClaims {
  readonly namespace: string
  readonly serviceAccount: Bound
  readonly pod?: Bound | undefined
  readonly node?: Bound | undefined
  readonly secret?: Bound | undefined
  readonly audiences: readonly string[]
  /** Undefined: as long as what it is bound to exists. */
  readonly expirationSeconds?: number | undefined
}

export interface SignedToken {
  readonly token: string
  readonly expiresAtMs: number
}

/** The UID that an object has now; undefined: there is none. */
export type UidOf = (
  resource: 'serviceaccounts' | 'pods' | 'secrets' | 'nodes',
  namespace: string,
  name: string,
) => string | undefined

export interface ServiceAccountTokens {
  sign(claims: TokenClaims): Promise<SignedToken>
  /** A lasting token, good for as long as both the account and the Secret that holds it exist. */
  signForSecret(about: {
    readonly namespace: string
    readonly serviceAccount: Bound
    readonly secret: Bound
  }): Promise<string>
  readonly method: TokenMethod
}

export interface ServiceAccountTokensOptions {
  /** PKCS #8 PEM of an ECDSA P-256 key. */
  readonly keyPem: string
  readonly issuer: string
  readonly apiAudiences: readonly string[]
  readonly uidOf: UidOf
  readonly clock: Clock
  readonly random: Random
}

interface KubernetesClaim {
  readonly namespace: string
  readonly serviceaccount: Bound
  readonly pod?: Bound
  readonly node?: Bound
  readonly secret?: Bound
}

interface Verified {
  readonly claim: KubernetesClaim
  readonly jti: string
  readonly expiresAtMs: number
}

/** So many different tokens are in use at once on a large cluster; more are verified again. */
const rememberedTokens = 4096

export const generateSigningKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

export const serviceAccountUser = (namespace: string, name: string): string =>
  `system:serviceaccount:${namespace}:${name}`

function userOf({ claim, jti }: Verified): UserInfo {
  const extra: Record<string, readonly string[]> = { 'authentication.kubernetes.io/credential-id': [`JTI=${jti}`] }
  for (const bound of ['pod', 'node'] as const) {
    const to = claim[bound]
    if (!to) continue
    extra[`authentication.kubernetes.io/${bound}-name`] = [to.name]
    extra[`authentication.kubernetes.io/${bound}-uid`] = [to.uid]
  }
  return {
    name: serviceAccountUser(claim.namespace, claim.serviceaccount.name),
    uid: claim.serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${claim.namespace}`],
    extra,
  }
}

export function createServiceAccountTokens(options: ServiceAccountTokensOptions): ServiceAccountTokens {
  const { issuer, apiAudiences, uidOf, clock, random } = options
  const privateKey: KeyObject = createPrivateKey(options.keyPem)
  const publicKey: KeyObject = createPublicKey(privateKey)
  const remembered = new Map<string, Verified>()

  const verify = async (token: string): Promise<Verified> => {
    const known = remembered.get(token)
    if (known) return known
    const { payload } = await jwtVerify(token, publicKey, {
      issuer,
      audience: [...apiAudiences],
      currentDate: new Date(clock.now()),
    })
    const verified: Verified = {
      claim: payload['kubernetes.io'] as KubernetesClaim,
      jti: payload.jti ?? '',
      expiresAtMs: payload.exp === undefined ? Number.POSITIVE_INFINITY : payload.exp * 1000,
    }
    if (remembered.size >= rememberedTokens) remembered.delete(remembered.keys().next().value!)
    remembered.set(token, verified)
    return verified
  }

  const stillBound = ({ namespace, serviceaccount, pod, node, secret }: KubernetesClaim): boolean =>
    uidOf('serviceaccounts', namespace, serviceaccount.name) === serviceaccount.uid &&
    (!pod || uidOf('pods', namespace, pod.name) === pod.uid) &&
    (!secret || uidOf('secrets', namespace, secret.name) === secret.uid) &&
    // A node is only told about, and binding to one is only checked when nothing else is bound.
    (!node || pod !== undefined || uidOf('nodes', '', node.name) === node.uid)

  const sign = async (claims: TokenClaims): Promise<SignedToken> => {
    const nowSeconds = Math.floor(clock.now() / 1000)
    const { namespace, serviceAccount, pod, node, secret, audiences, expirationSeconds } = claims
    const unsigned = new SignJWT({
      'kubernetes.io': {
        namespace,
        ...(node ? { node } : {}),
        ...(pod ? { pod } : {}),
        ...(secret ? { secret } : {}),
        serviceaccount: serviceAccount,
      },
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'pinnace' })
      .setIssuer(issuer)
      .setSubject(serviceAccountUser(namespace, serviceAccount.name))
      .setAudience([...(audiences.length > 0 ? audiences : apiAudiences)])
      .setIssuedAt(nowSeconds)
      .setNotBefore(nowSeconds)
      .setJti(uuid(random))
    if (expirationSeconds === undefined) {
      return { token: await unsigned.sign(privateKey), expiresAtMs: Number.POSITIVE_INFINITY }
    }
    const expiresAtSeconds = nowSeconds + expirationSeconds
    const token = await unsigned.setExpirationTime(expiresAtSeconds).sign(privateKey)
    return { token, expiresAtMs: expiresAtSeconds * 1000 }
  }

  return {
    sign,
    signForSecret: async (about) => (await sign({ ...about, audiences: [] })).token,
    method: async (token) => {
      // Anything with two dots may be a JWT; whose it is, the signature says.
      if (token.split('.').length !== 3) return undefined
      const verified = await verify(token)
      if (verified.expiresAtMs <= clock.now()) throw new Error('The token has expired')
      if (!stillBound(verified.claim)) throw new Error('What the token is bound to is gone')
      return userOf(verified)
    },
  }
}
