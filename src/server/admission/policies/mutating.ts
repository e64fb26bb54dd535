// MutatingAdmissionPolicy: changes the object as every policy says that a request concerns, one after the other in
// the order of their names, so that each sees what those before it have made. Comes before webhooks; what asks for
// it runs once more after others have changed the object.

import { MutatingAdmissionPolicy } from '#api/admissionregistration/mutating-admission-policy.ts'
import { MutatingAdmissionPolicyBinding } from '#api/admissionregistration/mutating-admission-policy-binding.ts'
import { equalJson } from '#lib/json.ts'
import type { Store } from '#store/store.ts'
import { withAnswers } from '../../authz/question.ts'
import type { AdmissionContext, AdmissionPlugin } from '../admission.ts'
import { withAuthorizer } from '../expressions/authorizer.ts'
import { conditionsMatch } from '../expressions/match-conditions.ts'
import { type Invocations, invocationsOf } from '../invocations.ts'
import { Subject } from '../subject.ts'
import { countsOf, errorTypeOf } from './counts.ts'
import { type Failure, mutationFailed } from './denial.ts'
import { type Concerned, type Invocation, isLeftAlone, type SetupError, whereConcerned } from './hooks.ts'
import { inputsOf, withParams } from './inputs.ts'
import { compileMutating, type MutatingPrograms, mutated } from './mutation.ts'
import { Pace } from './pace.ts'
import { PolicyIndex } from './policy-index.ts'

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

/** What went wrong, whatever follows of it. */
async function invoke(
  context: AdmissionContext,
  subject: Subject,
  invocation: Asked,
  memory: Invocations,
): Promise<readonly Failure[]> {
  const { hook, binding, kind, params } = invocation
  const reinvocation = context.reinvocation!
  const about = { policy: hook.policy.metadata.name ?? '', binding: binding.metadata.name ?? '' }
  const failure = (message: string): Failure => ({ ...about, message, reason: 'Invalid' })
  const { conditions, failurePolicy } = hook.compiled
  const { core, user } = context.call
  const shown = await subject.shownAs(kind)
  const inputs = withParams(inputsOf(subject, kind, shown), params)
  const matched = await withAnswers(core.authorize, user, (authorize) =>
    conditionsMatch(conditions, withAuthorizer(inputs, context, authorize), failurePolicy),
  )
  if (matched.error !== undefined) return [failure(matched.error)]
  const key = keyOf(invocation)
  if (!matched.matches || !memory.runs(reinvocation, key)) return []
  const body = subject.bodyKind(kind) ?? kind
  const outcome = await withAnswers(core.authorize, user, (authorize) =>
    attempted(() => mutated(body, hook.compiled, withAuthorizer(inputs, context, authorize))),
  )
  if (outcome.error) throw outcome.error
  const { object, problems } = outcome.result
  const changed = !equalJson(object, shown.object)
  if (changed) await subject.accept(object, kind)
  memory.ran(reinvocation, key, { changed, again: hook.policy.spec.reinvocationPolicy === 'IfNeeded' })
  const errorTypes = problems.length === 0 ? (['no_error'] as const) : problems.map(errorTypeOf)
  for (const errorType of errorTypes) countsOf(core).count({ ...about, errorType })
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
