// Asking from within an expression what somebody may do. Who decides is given with the variable `authorizer`.

import { fixedCost, fn, type Overload } from './functions.ts'
import { CelError, Opaque } from './values.ts'

/** What is asked; `user` is the one of the request unless a service account is named. */
export interface AuthorizationQuestion {
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
  readonly verb: string
  readonly path?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly fieldSelector?: string
  readonly labelSelector?: string
}

export interface AuthorizationAnswer {
  readonly allowed: boolean
  readonly reason: string
  readonly error?: string
}

/** Decides at once, since expressions do not wait. */
export type Authorize = (question: AuthorizationQuestion) => AuthorizationAnswer

type About = Omit<AuthorizationQuestion, 'verb'>

abstract class Asking extends Opaque {
  readonly authorize: Authorize
  readonly about: About
  constructor(authorize: Authorize, about: About = {}) {
    super()
    this.authorize = authorize
    this.about = about
  }
  equals(other: Opaque): boolean {
    return this === other
  }
}

/** The value of the variable `authorizer`. */
export class AuthorizerValue extends Asking {
  readonly typeName = 'kubernetes.authorization.Authorizer'
}
class PathCheck extends Asking {
  readonly typeName = 'kubernetes.authorization.PathCheck'
}
class GroupCheck extends Asking {
  readonly typeName = 'kubernetes.authorization.GroupCheck'
}
/** The value of the variable `authorizer.requestResource`, too. */
export class ResourceCheck extends Asking {
  readonly typeName = 'kubernetes.authorization.ResourceCheck'
}
class Decision extends Opaque {
  readonly typeName = 'kubernetes.authorization.Decision'
  readonly answer: AuthorizationAnswer
  constructor(answer: AuthorizationAnswer) {
    super()
    this.answer = answer
  }
  equals(other: Opaque): boolean {
    return this === other
  }
}

const narrow = (field: keyof About) => (check: ResourceCheck, value: string) =>
  new ResourceCheck(check.authorize, { ...check.about, [field]: value })
const ask = ({ authorize, about }: Asking, verb: string): Decision => new Decision(authorize({ ...about, verb }))

function path({ authorize, about }: Asking, value: string): PathCheck {
  if (value === '') throw new CelError('path must not be empty')
  return new PathCheck(authorize, { ...about, path: value })
}

const nominal = fixedCost(1)
const authz = (name: string): string => `kubernetes.authorization.${name}`
const resource = authz('ResourceCheck')
const decision = authz('Decision')

export const authorizerLibrary: readonly Overload[] = [
  fn('path', `${authz('Authorizer')}.(string) -> ${authz('PathCheck')}`, path, nominal),
  fn(
    'group',
    `${authz('Authorizer')}.(string) -> ${authz('GroupCheck')}`,
    ({ authorize, about }: Asking, group: string) => new GroupCheck(authorize, { ...about, group }),
    nominal,
  ),
  fn(
    'serviceAccount',
    `${authz('Authorizer')}.(string, string) -> ${authz('Authorizer')}`,
    ({ authorize, about }: Asking, namespace: string, name: string) =>
      new AuthorizerValue(authorize, { ...about, serviceAccount: { namespace, name } }),
    nominal,
  ),
  fn(
    'resource',
    `${authz('GroupCheck')}.(string) -> ${resource}`,
    ({ authorize, about }: Asking, value: string) =>
      new ResourceCheck(authorize, { ...about, resource: value, subresource: '', namespace: '', name: '' }),
    nominal,
  ),
  ...(['subresource', 'namespace', 'name', 'fieldSelector', 'labelSelector'] as const).map((field) =>
    fn(field, `${resource}.(string) -> ${resource}`, narrow(field), nominal),
  ),
  fn('check', `${authz('PathCheck')}.(string) -> ${decision}`, ask, fixedCost(350_000)),
  fn('check', `${resource}.(string) -> ${decision}`, ask, fixedCost(350_000)),
  fn('allowed', `${decision}.() -> bool`, ({ answer }: Decision) => answer.allowed, nominal),
  fn('reason', `${decision}.() -> string`, ({ answer }: Decision) => answer.reason, nominal),
  fn('errored', `${decision}.() -> bool`, ({ answer }: Decision) => answer.error !== undefined, nominal),
  fn('error', `${decision}.() -> string`, ({ answer }: Decision) => answer.error ?? '', nominal),
]
