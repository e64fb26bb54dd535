// Which objects a binding gives its policy as parameters. Texts are upstream's.

import type { ParamKind, ParamRef } from '#api/admissionregistration/policy.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { parsedSelector, type Selector } from '#api/labels.ts'

/** Where parameters are looked for. */
export interface ParamSource {
  readonly kindOf: (apiVersion: string, kind: string) => AnyKind | undefined
  readonly find: (kind: AnyKind, namespace: string, name: string) => ApiObject | undefined
  readonly select: (kind: AnyKind, namespace: string, selector: Selector) => readonly ApiObject[]
}

/** What is wrong with how a policy or binding is set up; the failure policy says what that means. */
export class Misconfigured extends Error {}

/** The kind of a policy's parameters; undefined where it has none. */
export function paramKindOf(paramKind: ParamKind | undefined, source: ParamSource): AnyKind | undefined {
  if (!paramKind) return undefined
  const { apiVersion = '', kind = '' } = paramKind
  const found = source.kindOf(apiVersion, kind)
  if (found) return found
  const named = `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`
  throw new Misconfigured(`failed to find resource referenced by paramKind: '${named}'`)
}

/** The policy is evaluated once for each; undefined stands for an evaluation without parameters. */
export function paramsOf(
  kind: AnyKind | undefined,
  ref: ParamRef | undefined,
  namespace: string,
  source: ParamSource,
): readonly (ApiObject | undefined)[] {
  if (!kind || !ref) return [undefined]
  const found = referenced(kind, ref, namespaceFor(kind, ref, namespace), source)
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny')
    throw new Misconfigured('no params found for policy binding with `Deny` parameterNotFoundAction')
  return found
}

function namespaceFor({ namespaced }: AnyKind, ref: ParamRef, namespace: string): string {
  const given = ref.namespace ?? ''
  if (!namespaced) {
    if (given === '') return ''
    throw new Misconfigured('paramRef.namespace must not be provided for a cluster-scoped `paramKind`')
  }
  if (given !== '') return given
  if (namespace !== '') return namespace
  throw new Misconfigured('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources')
}

function referenced(kind: AnyKind, ref: ParamRef, namespace: string, source: ParamSource): readonly ApiObject[] {
  if (ref.name) {
    const one = source.find(kind, namespace, ref.name)
    return one ? [one] : []
  }
  if (!ref.selector) throw new Misconfigured('one of name or selector must be provided')
  return source.select(kind, namespace, parsedSelector(ref.selector))
}
