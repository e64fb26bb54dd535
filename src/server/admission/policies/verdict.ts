// What a ValidatingAdmissionPolicy says of one request, by one binding and one object of parameters: a decision for
// each validation, and notes for the audit log. Pure. Texts, limits and what an error means are upstream's.

import type { Validation } from '#api/admissionregistration/policy.ts'
import type { ValidatingAdmissionPolicy } from '#api/admissionregistration/validating-admission-policy.ts'
import { admissionEnvironment, results } from '#api/cel/stored-expressions.ts'
import type { StatusReason } from '#api/status-error.ts'
import { withoutAuthorizer } from '../expressions/authorizer.ts'
import { Evaluation, type Inputs, OutOfBudget, type Result } from '../expressions/evaluation.ts'
import { conditionsMatch, type FailurePolicy } from '../expressions/match-conditions.ts'
import {
  compiled,
  compiledConditions,
  compiledVariables,
  type Expression,
  type NamedExpression,
} from '../expressions/programs.ts'

interface CompiledValidation {
  readonly expression: Expression
  readonly messageExpression: Expression | undefined
  /** What is said unless an expression says something else. */
  readonly message: string
  readonly reason: StatusReason
}

export interface ValidatingPrograms {
  readonly failurePolicy: FailurePolicy
  readonly conditions: readonly NamedExpression[]
  readonly variables: readonly NamedExpression[]
  readonly validations: readonly CompiledValidation[]
  readonly annotations: readonly { readonly key: string; readonly expression: Expression }[]
}

export function compileValidating({ spec }: ValidatingAdmissionPolicy): ValidatingPrograms {
  const params = spec.paramKind !== undefined
  const { variables, type, environment } = compiledVariables(spec.variables, params)
  const forMessages = admissionEnvironment({ params, variables: type, authorizer: false })
  const validation = ({ expression, messageExpression = '', message = '', reason }: Validation) => ({
    expression: compiled(expression, environment, results.validation),
    messageExpression: messageExpression === '' ? undefined : compiled(messageExpression, forMessages, results.message),
    message: message.trim() === '' ? `failed expression: ${expression.trim()}` : message.trim(),
    reason: (reason ?? 'Invalid') as StatusReason,
  })
  return {
    failurePolicy: spec.failurePolicy ?? 'Fail',
    conditions: compiledConditions(spec.matchConditions, params),
    variables,
    validations: (spec.validations ?? []).map(validation),
    annotations: (spec.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      key,
      expression: compiled(valueExpression, environment, results.auditAnnotation),
    })),
  }
}

/** Of the validation at `index`. */
export interface Refusal {
  readonly index: number
  readonly message: string
  readonly reason: StatusReason
}

export type Annotation =
  | { readonly key: string; readonly value: string; readonly error?: undefined }
  /** Could not be worked out, and the failure policy refuses the request for that. */
  | { readonly key: string; readonly error: string }

export interface Verdict {
  readonly refusals: readonly Refusal[]
  readonly annotations: readonly Annotation[]
}

const nothing: Verdict = { refusals: [], annotations: [] }

export function verdictOf(programs: ValidatingPrograms, inputs: Inputs): Verdict {
  const { conditions, failurePolicy } = programs
  const failed = (message: string): Verdict =>
    failurePolicy === 'Ignore' ? nothing : { refusals: [{ index: 0, message, reason: 'Invalid' }], annotations: [] }
  const matched = conditionsMatch(conditions, inputs, failurePolicy)
  if (matched.error !== undefined) return failed(matched.error)
  if (!matched.matches) return nothing
  try {
    return { refusals: refusalsOf(programs, inputs), annotations: annotationsOf(programs, inputs) }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
    return failed(error.message)
  }
}

function refusalsOf({ validations, variables, failurePolicy }: ValidatingPrograms, inputs: Inputs): readonly Refusal[] {
  const evaluation = new Evaluation(inputs, variables)
  const found = validations.map(({ expression }) => evaluation.run(expression))
  let messages: Evaluation | undefined
  return validations.flatMap(({ messageExpression, message, reason }, index): Refusal[] => {
    const { value, error } = found[index] as Result
    if (error !== undefined) return failurePolicy === 'Ignore' ? [] : [{ index, message: error, reason: 'Invalid' }]
    if (value === true) return []
    if (!messageExpression) return [{ index, message, reason }]
    messages ??= new Evaluation(withoutAuthorizer(inputs), variables, evaluation.budget)
    try {
      return [{ index, message: saidBy(messageExpression, messages) ?? message, reason }]
    } catch (failure) {
      if (!(failure instanceof OutOfBudget)) throw failure
      const why = `failed messageExpression: ${failure.message}`
      return failurePolicy === 'Ignore' ? [] : [{ index, message: why, reason: 'Invalid' }]
    }
  })
}

const maxMessageBytes = 5 * 1024

/** Undefined where it says nothing that fits into one line. */
function saidBy(expression: Expression, evaluation: Evaluation): string | undefined {
  const { value } = evaluation.run(expression)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > maxMessageBytes ? undefined : text
}

function annotationsOf({ annotations, variables, failurePolicy }: ValidatingPrograms, inputs: Inputs): Annotation[] {
  if (annotations.length === 0) return []
  const evaluation = new Evaluation(inputs, variables)
  return annotations.flatMap(({ key, expression }): Annotation[] => {
    const { value, error } = evaluation.run(expression)
    if (error !== undefined) return failurePolicy === 'Ignore' ? [] : [{ key, error }]
    const text = typeof value === 'string' ? value.trim() : ''
    return text === '' ? [] : [{ key, value: text }]
  })
}
