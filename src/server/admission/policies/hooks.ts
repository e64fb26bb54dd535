// Which policies a request concerns: those whose rules and whose binding's rules match it, each with every object
// that the binding gives it as parameters. The same for both sorts of policies.

import type { MatchResources, ParamKind, ParamRef } from '#api/admissionregistration/policy.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { Unconverted } from '../../face.ts'
import { objectOf } from '../../stored.ts'
import type { AdmissionContext } from '../admission.ts'
import { matchQuestion, namespaceOf } from '../match-question.ts'
import { type MatchQuestion, matchesRules } from '../match-rules.ts'
import { type ParamSource, paramKindOf, paramsOf } from './params.ts'
import type { Hook } from './policy-index.ts'

export type Policy = ApiObject & {
  readonly spec: {
    readonly matchConstraints?: MatchResources | undefined
    readonly paramKind?: ParamKind | undefined
    readonly failurePolicy?: 'Fail' | 'Ignore' | undefined
  }
}
export type Binding = ApiObject & {
  readonly spec: {
    readonly policyName?: string | undefined
    readonly matchResources?: MatchResources | undefined
    readonly paramRef?: ParamRef | undefined
  }
}

/** A policy by one of its bindings, to be evaluated with one object as its parameters. */
export interface Invocation<P, B, C> {
  readonly hook: Hook<P, B, C>
  readonly binding: B
  /** The kind of the rule that matched. */
  readonly kind: AnyKind
  readonly params: ApiObject | undefined
}

/** The policy, or the binding if there is one, is set up so that it cannot be asked. */
export interface SetupError<P, B> {
  readonly policy: P
  readonly binding: B | undefined
  readonly message: string
}

const paramSource = ({ call: { core } }: AdmissionContext): ParamSource => ({
  kindOf: (apiVersion, kind) => core.kinds.kindOf(apiVersion, kind),
  find: (kind, namespace, name) => {
    const stored = core.registries.of(kind).find(namespace, name)
    return stored && objectOf(stored)
  },
  select: (kind, namespace, selector) => {
    const registry = core.registries.of(kind)
    const filter = selector.matchesEverything
      ? undefined
      : ({ index }: { readonly index: { readonly labels: Readonly<Record<string, string>> } }) =>
          selector.matches(index.labels)
    return registry.reads.list({ prefix: registry.prefixOf(namespace), filter }).items.map(objectOf)
  },
})

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export interface Concerned<P, B, C> {
  readonly invocations: readonly Invocation<P, B, C>[]
  readonly errors: readonly SetupError<P, B>[]
}

/** Goes on with what the request concerns, if anything; gives way only where it has to wait. */
export function whereConcerned<P extends Policy, B extends Binding, C>(
  hooks: readonly Hook<P, B, C>[],
  context: AdmissionContext,
  work: (found: Concerned<P, B, C>) => Promise<void>,
): Promise<void> | undefined {
  const next = (found: Concerned<P, B, C>) =>
    found.invocations.length === 0 && found.errors.length === 0 ? undefined : work(found)
  const found = concerned(hooks, context)
  return found instanceof Promise ? found.then(next) : next(found)
}

/** Parameters may be objects that somebody else has to convert first. */
function concerned<P extends Policy, B extends Binding, C>(
  hooks: readonly Hook<P, B, C>[],
  context: AdmissionContext,
): Concerned<P, B, C> | Promise<Concerned<P, B, C>> {
  try {
    return find(hooks, context)
  } catch (error) {
    if (!(error instanceof Unconverted)) throw error
    return error.learn().then(
      () => concerned(hooks, context),
      (why) => find(hooks, context, why),
    )
  }
}

/** `unconverted`: why parameters could not be converted. */
function find<P extends Policy, B extends Binding, C>(
  hooks: readonly Hook<P, B, C>[],
  context: AdmissionContext,
  unconverted?: unknown,
): Concerned<P, B, C> {
  const question = matchQuestion(context)
  const source = paramSource(context)
  const namespace = namespaceOf(context)
  const invocations: Invocation<P, B, C>[] = []
  const errors: SetupError<P, B>[] = []
  for (const hook of hooks) {
    const { policy, bindings } = hook
    let kind: AnyKind | undefined
    let paramKind: AnyKind | undefined
    try {
      kind = matchesRules(policy.spec.matchConstraints ?? {}, question)?.kind
      if (!kind) continue
      paramKind = paramKindOf(policy.spec.paramKind, source)
    } catch (error) {
      errors.push({ policy, binding: undefined, message: `failed to configure policy: ${textOf(error)}` })
      continue
    }
    for (const binding of bindings) {
      try {
        if (!bindingMatches(binding, question)) continue
        for (const params of paramsOf(paramKind, binding.spec.paramRef, namespace, source))
          invocations.push({ hook, binding, kind, params })
      } catch (error) {
        const waits = error instanceof Unconverted
        if (waits && unconverted === undefined) throw error
        const why = waits ? unconverted : error
        errors.push({ policy, binding, message: `failed to configure binding: ${textOf(why)}` })
      }
    }
  }
  return { invocations, errors }
}

const bindingMatches = ({ spec: { matchResources } }: Binding, question: MatchQuestion): boolean =>
  matchResources === undefined || matchesRules(matchResources, question) !== undefined

const leftAlone: ReadonlySet<string> = new Set([
  ...[
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
  ].map((plural) => `${plural}.admissionregistration.k8s.io`),
  ...['selfsubjectreviews', 'tokenreviews'].map((plural) => `${plural}.authentication.k8s.io`),
  ...['localsubjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews'].map(
    (plural) => `${plural}.authorization.k8s.io`,
  ),
])

/** Nobody could take back a policy that refuses changes of policies, and who may do what is asked for by everybody. */
export const isLeftAlone = ({ resource }: AnyKind): boolean => leftAlone.has(resource)
