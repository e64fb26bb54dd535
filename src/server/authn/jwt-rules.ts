// From the claims of a token to a user, by the rules of an issuer (upstream's --oidc-* flags, and the `jwt` part of an
// AuthenticationConfiguration). Pure: signature and time have been looked at before.

import type { UserInfo } from '../request.ts'

export type Claims = Readonly<Record<string, unknown>>

/** A claim with a prefix before its value; an empty prefix is none. */
export interface PrefixedClaim {
  readonly claim: string
  readonly prefix: string
}

/** A compiled expression over the claims. */
export type Expression = (claims: Claims) => unknown

export type Mapping = PrefixedClaim | { readonly expression: Expression }

export interface ClaimRule {
  readonly claim?: string
  readonly requiredValue?: string
  readonly expression?: Expression
  readonly message?: string
}

export interface UserRule {
  readonly expression: (user: UserInfo) => unknown
  readonly message?: string
}

export interface JwtRules {
  readonly username: Mapping
  readonly groups?: Mapping | undefined
  readonly uid?: Mapping | undefined
  readonly extra?: readonly { readonly key: string; readonly value: Expression }[]
  readonly claimRules: readonly ClaimRule[]
  readonly userRules?: readonly UserRule[]
}

const isPrefixed = (mapping: Mapping): mapping is PrefixedClaim => 'claim' in mapping

function textOf(claims: Claims, mapping: Mapping, what: string): string {
  const value = isPrefixed(mapping) ? claims[mapping.claim] : mapping.expression(claims)
  if (typeof value === 'string') return value
  const from = isPrefixed(mapping) ? `claim ${JSON.stringify(mapping.claim)}` : 'the expression'
  throw new Error(value === undefined ? `${what}: ${from} is not there` : `${what}: ${from} is no string`)
}

function usernameOf(claims: Claims, username: Mapping): string {
  const name = textOf(claims, username, 'username')
  // A mail address that nobody has checked may be anybody's.
  if (isPrefixed(username) && username.claim === 'email' && 'email_verified' in claims) {
    if (claims.email_verified !== true) throw new Error('email not verified')
  }
  if (name === '') throw new Error('username: it is empty')
  return isPrefixed(username) ? username.prefix + name : name
}

function listOf(value: unknown, what: string): readonly string[] {
  if (value === undefined || value === null || value === '') return []
  const all = Array.isArray(value) ? value : [value]
  if (all.every((each) => typeof each === 'string')) return all.filter((each) => each !== '')
  throw new Error(`${what}: it is neither a string nor a list of strings`)
}

function groupsOf(claims: Claims, groups: Mapping | undefined): readonly string[] {
  if (!groups) return []
  if (!isPrefixed(groups)) return listOf(groups.expression(claims), 'groups')
  return listOf(claims[groups.claim], 'groups').map((group) => groups.prefix + group)
}

function checkClaims(claims: Claims, rules: readonly ClaimRule[]): void {
  for (const { claim, requiredValue = '', expression, message } of rules) {
    if (expression) {
      if (expression(claims) !== true) throw new Error(message || 'a claim validation rule does not hold')
      continue
    }
    const value = claims[claim!]
    if (value === undefined) throw new Error(`required claim ${claim} not present in ID token`)
    if (value !== requiredValue) throw new Error(`required claim ${claim} value does not match`)
  }
}

/** Throws why the claims make no user. */
export function userFromClaims(claims: Claims, rules: JwtRules): UserInfo {
  checkClaims(claims, rules.claimRules)
  const uid = rules.uid ? textOf(claims, rules.uid, 'uid') : ''
  const extra: Record<string, readonly string[]> = {}
  for (const { key, value } of rules.extra ?? []) {
    const values = listOf(value(claims), `extra ${key}`)
    if (values.length > 0) extra[key] = values
  }
  const user: UserInfo = {
    name: usernameOf(claims, rules.username),
    ...(uid === '' ? {} : { uid }),
    groups: groupsOf(claims, rules.groups),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  }
  for (const { expression, message } of rules.userRules ?? [])
    if (expression(user) !== true) throw new Error(message || 'a user validation rule does not hold')
  return user
}
