// Who asks, and whether they may: the questions that the server puts to authenticators and authorizers, and the forms
// of their answers.

import type { PolicyRule } from '#api/rbac/rule.ts'
import type { ApiRequest, UserInfo } from './request.ts'

/** What an authorizer is asked: who wants to do what. */
export interface Attributes {
  readonly user: UserInfo
  readonly isResource: boolean
  readonly verb: string
  readonly path: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** As it stands in the query; empty where it selects everything. */
  readonly fieldSelector?: string
}

/** Of requests for one object; others ask for a list, a watch or a collection by the same methods. */
export const verbOfMethod: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

export type Decision =
  | { readonly allowed: true; readonly reason?: string }
  /** `denied`: for good, nobody else is asked. */
  | { readonly allowed: false; readonly reason: string; readonly denied?: boolean }

/** What there is to say about how somebody has shown who he is: for the record, and to himself. */
export interface AuthenticationNotes {
  readonly annotations: Record<string, string>
  readonly warnings: string[]
}

export type Authenticate = (request: ApiRequest, notes?: AuthenticationNotes) => Promise<UserInfo>
export type Authorize = (attributes: Attributes) => Decision | Promise<Decision>

/** Whose a token is, and for whom it is meant, of those asked for; undefined: nobody's. Throws when it is no good. */
export type ReviewToken = (
  token: string,
  audiences: readonly string[],
  notes?: AuthenticationNotes,
) => Promise<ReviewedToken | undefined>

export interface ReviewedToken {
  readonly user: UserInfo
  readonly audiences: readonly string[]
}

/** Everything that a user may do in a namespace, as far as it can be told. */
export type RulesFor = (user: UserInfo, namespace: string) => KnownRules

export interface KnownRules {
  readonly rules: readonly PolicyRule[]
  readonly incomplete: boolean
  readonly error: string
}
