// ValidatingAdmissionPolicy: asks every policy that a request concerns, and refuses, warns or notes in the audit log
// as the bindings say. All are asked before the first refusal is told, so that warnings and notes are complete.

import { ValidatingAdmissionPolicy } from '#api/admissionregistration/validating-admission-policy.ts'
import { ValidatingAdmissionPolicyBinding } from '#api/admissionregistration/validating-admission-policy-binding.ts'
import type { AnyKind } from '#api/kind.ts'
import type { Store } from '#store/store.ts'
import { annotate } from '../../audit/audit.ts'
import { withAnswers } from '../../authz/question.ts'
import type { AdmissionContext, AdmissionPlugin } from '../admission.ts'
import { withAuthorizer } from '../expressions/authorizer.ts'
import type { Inputs } from '../expressions/evaluation.ts'
import { type Shown, Subject } from '../subject.ts'
import { type Action, countsOf, errorTypeOf } from './counts.ts'
import { type Denial, denied } from './denial.ts'
import { type Concerned, type Invocation, isLeftAlone, type SetupError, whereConcerned } from './hooks.ts'
import { inputsOf, withParams } from './inputs.ts'
import { Pace } from './pace.ts'
import { PolicyIndex } from './policy-index.ts'
import { compileValidating, type Refusal, type ValidatingPrograms, verdictOf } from './verdict.ts'

type Asked = Invocation<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingPrograms>
type Unasked = SetupError<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>
type Found = Concerned<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingPrograms>

export function validatingPolicies(store: Store): AdmissionPlugin {
  const index = new PolicyIndex<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingPrograms>(
    store,
    { policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding },
    compileValidating,
  )
  return {
    name: 'ValidatingAdmissionPolicy',
    handles: ({ kind }) => index.any && !isLeftAlone(kind),
    validate: (context) => whereConcerned(index.hooks, context, (found) => validate(context, found)),
  }
}

async function validate(context: AdmissionContext, { invocations, errors }: Found): Promise<void> {
  const denials: Denial[] = errors.filter(({ policy }) => policy.spec.failurePolicy !== 'Ignore').map(setupDenial)
  const notes = new Map<string, Set<string>>()
  const inputs = new Map<AnyKind, Inputs>()
  const subject = new Subject(context, 'validate')
  const pace = new Pace(context.call)
  const { core, user } = context.call
  for (const invocation of invocations) {
    if (pace.isDue) await pace.giveWay()
    const { kind, params, hook } = invocation
    let known = inputs.get(kind)
    if (!known) {
      const shown = await shownOrWhyNot(subject, kind)
      if (typeof shown === 'string') {
        if (hook.compiled.failurePolicy === 'Fail')
          denials.push(denialOf(invocation, { message: shown, reason: 'Invalid' }))
        continue
      }
      known = inputsOf(subject, kind, shown)
      inputs.set(kind, known)
    }
    const asked = withParams(known, params)
    const { refusals, annotations } = await withAnswers(core.authorize, user, (authorize) =>
      verdictOf(hook.compiled, withAuthorizer(asked, context, authorize)),
    )
    for (const refusal of refusals) denials.push(...actOn(context, invocation, refusal))
    for (const { key, ...note } of annotations) {
      // An annotation that fails refuses whatever the binding's actions are.
      if (note.error !== undefined) denials.push(denialOf(invocation, { message: note.error, reason: 'Invalid' }))
      else add(notes, `${hook.policy.metadata.name}/${key}`, note.value)
    }
  }
  for (const [key, values] of notes) annotate(context.call, key, [...values].join(', '))
  const [first] = denials
  if (first) throw denied(context, first)
}

/** What the object cannot be converted to is set up wrongly. */
async function shownOrWhyNot(subject: Subject, kind: AnyKind): Promise<Shown | string> {
  try {
    return await subject.shownAs(kind)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `failed to configure binding: failed to convert object version: ${why}`
  }
}

const setupDenial = ({ policy, binding, message }: Unasked): Denial => ({
  policy: policy.metadata.name ?? '',
  binding: binding?.metadata.name,
  message,
  reason: 'Invalid',
})

const denialOf = ({ hook, binding }: Asked, { message, reason }: Pick<Refusal, 'message' | 'reason'>): Denial => ({
  policy: hook.policy.metadata.name ?? '',
  binding: binding.metadata.name ?? '',
  message,
  reason,
})

const maxNoteBytes = 10 * 1024

/** Several bindings may note different things under one key. */
function add(notes: Map<string, Set<string>>, key: string, value: string): void {
  const cut = Buffer.byteLength(value) > maxNoteBytes ? Buffer.from(value).subarray(0, maxNoteBytes).toString() : value
  const known = notes.get(key)
  if (known) known.add(cut)
  else notes.set(key, new Set([cut]))
}

const failureKey = 'validation.policy.admission.k8s.io/validation_failure'

/** Counts, warns and notes at once; what refuses the request is given back. */
function actOn({ call }: AdmissionContext, invocation: Asked, refusal: Refusal): Denial[] {
  const { validationActions = [], policyName = '' } = invocation.binding.spec
  const policy = invocation.hook.policy.metadata.name ?? ''
  const binding = invocation.binding.metadata.name ?? ''
  const { message, index } = refusal
  const counts = countsOf(call.core)
  const errorType = errorTypeOf(message)
  for (const action of validationActions)
    counts.count({ policy, binding, errorType, action: action.toLowerCase() as Action })
  if (validationActions.includes('Warn')) {
    const by = `ValidatingAdmissionPolicy '${policy}' with binding '${binding}'`
    call.warnings.push(`Validation failed for ${by}: ${message}`)
  }
  if (validationActions.includes('Audit')) {
    const failure = { message, policy: policyName, binding, expressionIndex: index, validationActions }
    annotate(call, failureKey, JSON.stringify([failure]))
  }
  return validationActions.includes('Deny') ? [denialOf(invocation, refusal)] : []
}
