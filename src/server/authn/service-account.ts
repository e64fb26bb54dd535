// Service account tokens: signed JWTs that are bound to an account and, if asked for, to a pod, node or secret. A token is
// good while its signature and time are, and while what it is bound to still exists with the same UID
// (upstream: pkg/serviceaccount). Verified signatures are remembered; what it is bound to is looked up each time.

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import type { Secret } from '#api/core/secret.ts'
import type { Clock } from '#lib/clock.ts'
import { jose } from '#lib/libraries.ts'
import { Lru } from '#lib/lru.ts'
import { type Random, uuid } from '#lib/random.ts'
import type { AuthenticationNotes } from '../access.ts'
import type { UserInfo } from '../request.ts'
import type { TokenMethod } from './authenticate.ts'
import {
  checkValid,
  dayToNote,
  heldIn,
  noteLegacy,
  noteUse,
  type SecretTokenClaim,
  secretTokenClaim,
  secretTokenIssuer,
  secretTokenPayload,
} from './secret-token.ts'
import { credentialIdKey, serviceAccountGroups, serviceAccountUser } from './user.ts'

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
  readonly expirationSeconds: number
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

/** What others need to verify our tokens by themselves (OpenID Connect discovery). */
export interface TokenDiscovery {
  readonly issuer: string
  readonly algorithms: readonly string[]
  readonly keys: readonly JWK[]
}

export interface ServiceAccountTokens {
  sign(claims: TokenClaims): Promise<SignedToken>
  /** A lasting token, good for as long as both the account and the Secret that holds it exist. */
  signForSecret(about: {
    readonly namespace: string
    readonly serviceAccount: Bound
    readonly secret: Bound
  }): Promise<string>
  readonly method: TokenMethod
  readonly discovery: TokenDiscovery
}

export interface ServiceAccountTokensOptions {
  /** PKCS #8 PEM of an ECDSA P-256 key. */
  readonly keyPem: string
  /** Keys of earlier days, private or public: what they have signed is still good. */
  readonly olderKeyPems?: readonly string[]
  readonly issuer: string
  readonly apiAudiences: readonly string[]
  readonly uidOf: UidOf
  /** Where lasting tokens lie; without it there are none. */
  readonly secretOf?: ((namespace: string, name: string) => Secret | undefined) | undefined
  /** The Secrets that an account names as its own: once they were made for it unasked. */
  readonly secretsOf?: ((namespace: string, account: string) => readonly string[]) | undefined
  /** Hears of the first use of a lasting token on a day. */
  readonly onUse?: ((secret: Secret, day: string) => void) | undefined
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
  /** Of a lasting token. */
  readonly inSecret?: SecretTokenClaim
  readonly jti: string
  readonly audiences: readonly string[]
  readonly expiresAtMs: number
}

/** So many different tokens are in use at once on a large cluster; more are verified again. */
const rememberedTokens = 4096

export const generateSigningKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

const nameOf = ({ claim }: Pick<Verified, 'claim'>): string =>
  serviceAccountUser(claim.namespace, claim.serviceaccount.name)

function userOf({ claim, jti }: Verified): UserInfo {
  const extra: Record<string, readonly string[]> = jti === '' ? {} : { [credentialIdKey]: [`JTI=${jti}`] }
  for (const bound of ['pod', 'node'] as const) {
    const to = claim[bound]
    if (!to) continue
    extra[`authentication.kubernetes.io/${bound}-name`] = [to.name]
    extra[`authentication.kubernetes.io/${bound}-uid`] = [to.uid]
  }
  return {
    name: nameOf({ claim }),
    uid: claim.serviceaccount.uid,
    groups: serviceAccountGroups(claim.namespace),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  }
}

interface VerificationKey {
  readonly id: string
  readonly algorithm: string
  readonly key: KeyObject
}

/** As upstream: the digest of the public key names it. */
function verificationKey(pem: string): VerificationKey {
  const key = createPublicKey(pem)
  const der = key.export({ type: 'spki', format: 'der' })
  const id = createHash('sha256').update(der).digest('base64url')
  return { id, algorithm: key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256', key }
}

const publicJwk = ({ id, algorithm, key }: VerificationKey): JWK => ({
  use: 'sig',
  kid: id,
  alg: algorithm,
  ...(key.export({ format: 'jwk' }) as JWK),
})

/** Whose the token says it is; undefined where it is no such token. */
function issuerIn(token: string): string | undefined {
  try {
    return jose().decodeJwt(token).iss
  } catch {
    return undefined
  }
}

export function createServiceAccountTokens(options: ServiceAccountTokensOptions): ServiceAccountTokens {
  const { issuer, apiAudiences, uidOf, clock, random } = options
  const privateKey: KeyObject = createPrivateKey(options.keyPem)
  const keys = [options.keyPem, ...(options.olderKeyPems ?? [])].map(verificationKey)
  const [signing] = keys as [VerificationKey]
  const remembered = new Lru<string, Verified>({ maxEntries: rememberedTokens })

  const verify = async (token: string): Promise<Verified> => {
    const known = remembered.get(token)
    if (known) return known
    const { kid } = jose().decodeProtectedHeader(token)
    const candidates = keys.filter(({ id }) => kid === id)
    let failure: unknown = new Error('The token is signed with an unknown key')
    // Tokens from before keys had names, or from elsewhere, may be of any of them.
    for (const { key, algorithm } of candidates.length > 0 ? candidates : keys) {
      try {
        const { payload } = await jose().jwtVerify(token, key, {
          issuer: [issuer, secretTokenIssuer],
          algorithms: [algorithm],
          currentDate: new Date(clock.now()),
        })
        const { aud = [], jti = '', exp } = payload
        const inSecret = payload.iss === secretTokenIssuer ? secretTokenClaim(payload) : undefined
        const verified: Verified = inSecret
          ? verifiedInSecret(inSecret)
          : {
              claim: payload['kubernetes.io'] as KubernetesClaim,
              jti,
              audiences: typeof aud === 'string' ? [aud] : aud,
              expiresAtMs: exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000,
            }
        remembered.set(token, verified)
        return verified
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  /** They are for whoever is the API server. */
  const verifiedInSecret = (inSecret: SecretTokenClaim): Verified => ({
    claim: { namespace: inSecret.namespace, serviceaccount: inSecret.account },
    inSecret,
    jti: '',
    audiences: apiAudiences,
    expiresAtMs: Number.POSITIVE_INFINITY,
  })

  const lookIntoSecret = (token: string, claim: SecretTokenClaim, notes: AuthenticationNotes | undefined): void => {
    const { namespace, secret: name, account } = claim
    const secret = heldIn(token, options.secretOf?.(namespace, name))
    const day = dayToNote(secret, clock.now())
    if (day !== undefined) options.onUse?.(secret, day)
    const wasGenerated = options.secretsOf?.(namespace, account.name)?.includes(name) ?? false
    if (notes) noteUse(notes, secret, wasGenerated)
    checkValid(secret, claim)
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
    const unsigned = new (jose().SignJWT)({
      'kubernetes.io': {
        namespace,
        ...(node ? { node } : {}),
        ...(pod ? { pod } : {}),
        ...(secret ? { secret } : {}),
        serviceaccount: serviceAccount,
      },
    })
      .setProtectedHeader({ alg: signing.algorithm, kid: signing.id })
      .setIssuer(issuer)
      .setSubject(serviceAccountUser(namespace, serviceAccount.name))
      .setAudience([...(audiences.length > 0 ? audiences : apiAudiences)])
      .setIssuedAt(nowSeconds)
      .setNotBefore(nowSeconds)
      .setJti(uuid(random))
    const expiresAtSeconds = nowSeconds + expirationSeconds
    const token = await unsigned.setExpirationTime(expiresAtSeconds).sign(privateKey)
    return { token, expiresAtMs: expiresAtSeconds * 1000 }
  }

  return {
    sign,
    signForSecret: ({ namespace, serviceAccount, secret }) =>
      new (jose().SignJWT)(secretTokenPayload({ namespace, secret: secret.name, account: serviceAccount }))
        .setProtectedHeader({ alg: signing.algorithm, kid: signing.id })
        .sign(privateKey),
    method: async (token, audiences, notes) => {
      const claimed = issuerIn(token)
      if (claimed !== issuer && claimed !== secretTokenIssuer) return undefined
      const verified = await verify(token)
      if (notes && verified.inSecret) noteLegacy(notes, nameOf(verified))
      if (verified.expiresAtMs <= clock.now()) throw new Error('The token has expired')
      const meant = audiences.filter((audience) => verified.audiences.includes(audience))
      if (meant.length === 0) {
        const list = (all: readonly string[]) => `[${all.map((each) => JSON.stringify(each)).join(' ')}]`
        throw new Error(
          `token audiences ${list(verified.audiences)} is invalid for the target audiences ${list(audiences)}`,
        )
      }
      if (!stillBound(verified.claim)) throw new Error('What the token is bound to is gone')
      if (verified.inSecret) lookIntoSecret(token, verified.inSecret, notes)
      return { user: userOf(verified), audiences: meant }
    },
    discovery: {
      issuer,
      algorithms: [...new Set(keys.map(({ algorithm }) => algorithm))],
      keys: keys.map(publicJwk),
    },
  }
}
