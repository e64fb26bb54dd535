// MutatingAdmissionPolicy: changes the object as every policy says that a request concerns, one after the other in
// the order of their names, so that each sees what those before it have made. Comes before webhooks; what asks for
// it runs once more after others have changed the object.

import { MutatingAdmissionPolicy } from '#api/admissionregistration/mutating-admission-policy.ts'
import { MutatingAdmissionPolicyBinding } from '#api/admissionregistration/mutating-admission-policy-binding.ts'
import type { Mutation } from '#api/admissionregistration/mutating-admission-policy-types.ts'
import { TokenRequest } from '#api/authentication/token-request.ts'
import { Scale } from '#api/autoscaling/scale.ts'
import { results } from '#api/cel/stored-expressions.ts'
import { Binding } from '#api/core/binding.ts'
import { decode } from '#api/decode.ts'
import { applyDefaults } from '#api/defaults.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { Eviction } from '#api/policy/eviction.ts'
import { internalError } from '#api/status-error.ts'
import { equalJson } from '#lib/json.ts'
import type { Store } from '#store/store.ts'
import { withAnswers } from '../../authz/question.ts'
import type { AdmissionContext, AdmissionPlugin } from '../admission.ts'
import { withAuthorizer } from '../expressions/authorizer.ts'
import { Evaluation, type Inputs, OutOfBudget } from '../expressions/evaluation.ts'
import { conditionsMatch, type FailurePolicy } from '../expressions/match-conditions.ts'
import {
  compiled,
  compiledConditions,
  compiledVariables,
  type Expression,
  type NamedExpression,
} from '../expressions/programs.ts'
import { type Invocations, invocationsOf } from '../invocations.ts'
import { Subject } from '../subject.ts'
import { applied, Unmutable } from './apply-configuration.ts'
import { countsOf, errorTypeOf } from './counts.ts'
import { type Failure, mutationFailed } from './denial.ts'
import { type Concerned, type Invocation, isLeftAlone, type SetupError, whereConcerned } from './hooks.ts'
import { inputsOf, withParams } from './inputs.ts'
import { patched } from './json-patch.ts'
import { Pace } from './pace.ts'
import { PolicyIndex } from './policy-index.ts'

interface CompiledMutation {
  readonly type: Mutation['patchType']
  readonly expression: Expression
}

interface MutatingPrograms {
  readonly failurePolicy: FailurePolicy
  readonly conditions: readonly NamedExpression[]
  readonly variables: readonly NamedExpression[]
  readonly mutations: readonly CompiledMutation[]
}

function compileMutating({ spec }: MutatingAdmissionPolicy): MutatingPrograms {
  const params = spec.paramKind !== undefined
  const { variables, environment } = compiledVariables(spec.variables, params)
  return {
    failurePolicy: spec.failurePolicy ?? 'Fail',
    conditions: compiledConditions(spec.matchConditions, params),
    variables,
    mutations: (spec.mutations ?? []).map(({ patchType, jsonPatch, applyConfiguration }) => ({
      type: patchType,
      expression:
        patchType === 'JSONPatch'
          ? compiled((jsonPatch?.expression ?? '').trim(), environment, results.jsonPatch)
          : compiled((applyConfiguration?.expression ?? '').trim(), environment, results.applyConfiguration),
    })),
  }
}

type Asked = Invocation<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, MutatingPrograms>
type Unasked = SetupError<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>
type Found = Concerned<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, MutatingPrograms>

const name = 'MutatingAdmissionPolicy'

export function mutatingPolicies(store: Store): AdmissionPlugin {
  const index = new PolicyIndex<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, MutatingPrograms>(
    store,
    { policy: MutatingAdmissionPolicy, binding: MutatingAdmissionPolicyBinding },
    compileMutating,
  )
  return {
    name,
    handles: ({ kind, operation, object }) =>
      index.any && object !== undefined && (operation === 'CREATE' || operation === 'UPDATE') && !isLeftAlone(kind),
    mutate: (context) => whereConcerned(index.hooks, context, (found) => mutate(context, found)),
  }
}

async function mutate(context: AdmissionContext, { invocations, errors }: Found): Promise<void> {
  const failures: Failure[] = errors.filter(({ policy }) => policy.spec.failurePolicy !== 'Ignore').map(setupFailure)
  const reinvocation = context.reinvocation!
  const memory = invocationsOf(reinvocation, name)
  memory.begin(reinvocation, context.object)
  const subject = new Subject(context, 'mutate')
  const pace = new Pace(context.call)
  for (const invocation of invocations) {
    if (pace.isDue) await pace.giveWay()
    const found = await invoke(context, subject, invocation, memory)
    if (invocation.hook.compiled.failurePolicy === 'Fail') failures.push(...found)
  }
  memory.end(context.object)
  const [first, ...rest] = failures
  if (first) throw mutationFailed(context, [first, ...rest])
}

const setupFailure = ({ policy, binding, message }: Unasked): Failure => ({
  policy: policy.metadata.name ?? '',
  binding: binding?.metadata.name,
  message,
})

function keyOf({ hook, binding, params }: Asked): string {
  const { namespace = '', name = '' } = params?.metadata ?? {}
  return [hook.policy.metadata.name, binding.metadata.name, namespace, name].join('/')
}

async function invoke(
  context: AdmissionContext,
  subject: Subject,
  invocation: Asked,
  memory: Invocations,
): Promise<readonly Failure[]> {
  const { hook, binding, kind, params } = invocation
  const reinvocation = context.reinvocation!
  const shown = await subject.shownAs(kind)
  const inputs = withParams(inputsOf(subject, kind, shown), params)
  const failure = (message: string): Failure => ({
    policy: hook.policy.metadata.name ?? '',
    binding: binding.metadata.name ?? '',
    message,
    reason: 'Invalid',
  })
  const { conditions, failurePolicy } = hook.compiled
  const { core, user } = context.call
  const matched = await withAnswers(core.authorize, user, (authorize) =>
    conditionsMatch(conditions, withAuthorizer(inputs, context, authorize), failurePolicy),
  )
  if (matched.error !== undefined) return [failure(matched.error)]
  const key = keyOf(invocation)
  if (!matched.matches || !memory.runs(reinvocation, key)) return []
  const outcome = await withAnswers(core.authorize, user, (authorize) =>
    attempted(() => mutated(hook.compiled, withAuthorizer(inputs, context, authorize), kind, subject)),
  )
  if (outcome.error) throw outcome.error
  const { object, problems } = outcome.result
  const changed = !equalJson(object, shown.object)
  if (changed) await subject.accept(object, kind)
  const about = { policy: hook.policy.metadata.name ?? '', binding: binding.metadata.name ?? '' }
  const counts = countsOf(context.call.core)
  for (const problem of problems) counts.count({ ...about, errorType: errorTypeOf(problem) })
  if (problems.length === 0) counts.count({ ...about, errorType: 'no_error' })
  memory.ran(reinvocation, key, { changed, again: hook.policy.spec.reinvocationPolicy === 'IfNeeded' })
  return problems.map(failure)
}

type Attempt<T> =
  | { readonly result: T; readonly error?: undefined }
  /** Not thrown yet: it may be for want of an answer. */
  | { readonly error: Error }

function attempted<T>(work: () => T): Attempt<T> {
  try {
    return { result: work() }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

const otherBodies: readonly AnyKind[] = [Eviction, TokenRequest, Binding]

/** What the object is that is changed, which below an object may be something of its own. */
function bodyKindOf({ kind: own, subresource, object }: AdmissionContext, kind: AnyKind): AnyKind {
  if (subresource === 'scale' && own.scale) return Scale
  const isOther = (other: AnyKind) => other.kind === object?.kind && other.apiVersion === object.apiVersion
  return subresource === '' ? kind : (otherBodies.find(isOther) ?? kind)
}

/** The object after all mutations that could be made; each sees what those before it made. */
function mutated(
  { mutations, variables }: MutatingPrograms,
  inputs: Inputs,
  kind: AnyKind,
  subject: Subject,
): { readonly object: ApiObject; readonly problems: readonly string[] } {
  const body = bodyKindOf(subject.context, kind)
  let object = inputs.object as ApiObject
  const problems: string[] = []
  for (const mutation of mutations) {
    try {
      const next = mutatedOnce(mutation, { ...inputs, object }, variables, body)
      if (next !== object) object = decoded(body, next, mutation.type)
    } catch (error) {
      if (!(error instanceof Unmutable || error instanceof OutOfBudget)) throw error
      problems.push(error.message)
    }
  }
  return { object, problems }
}

/** As an object of its kind, with its defaults. What a patch puts where there is no field is an error of the server;
 *  custom resources are pruned. */
function decoded(kind: AnyKind, json: object, type: Mutation['patchType']): ApiObject {
  const strictness = type === 'JSONPatch' && !kind.custom ? 'Strict' : 'Ignore'
  const { object } = decode<ApiObject>(kind, json, { strictness, refuse: (why) => internalError(new Error(why)) })
  applyDefaults(kind, object)
  return object
}

function mutatedOnce(
  { type, expression }: CompiledMutation,
  inputs: Inputs,
  variables: readonly NamedExpression[],
  kind: AnyKind,
): object {
  const { value, error } = new Evaluation(inputs, variables).run(expression)
  if (error !== undefined) throw new Unmutable(error)
  const object = inputs.object as object
  return type === 'JSONPatch' ? patched(object, value) : applied(kind, object, value)
}
