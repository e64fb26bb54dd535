// What a MutatingAdmissionPolicy makes of one object, with one object of parameters. Pure. Texts and what an error means
// are upstream's.

import type { MutatingAdmissionPolicy } from '#api/admissionregistration/mutating-admission-policy.ts'
import type { Mutation } from '#api/admissionregistration/mutating-admission-policy-types.ts'
import { results } from '#api/cel/stored-expressions.ts'
import { decode } from '#api/decode.ts'
import { applyDefaults } from '#api/defaults.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { internalError } from '#api/status-error.ts'
import { Evaluation, type Inputs, OutOfBudget } from '../expressions/evaluation.ts'
import type { FailurePolicy } from '../expressions/match-conditions.ts'
import {
  compiled,
  compiledConditions,
  compiledVariables,
  type Expression,
  type NamedExpression,
} from '../expressions/programs.ts'
import { applied, Unmutable } from './apply-configuration.ts'
import { patched } from './json-patch.ts'

interface CompiledMutation {
  readonly type: Mutation['patchType']
  readonly expression: Expression
}

export interface MutatingPrograms {
  readonly failurePolicy: FailurePolicy
  readonly conditions: readonly NamedExpression[]
  readonly variables: readonly NamedExpression[]
  readonly mutations: readonly CompiledMutation[]
}

export function compileMutating({ spec }: MutatingAdmissionPolicy): MutatingPrograms {
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

export interface Mutated {
  readonly object: ApiObject
  /** Why some mutations could not be made. */
  readonly problems: readonly string[]
}

/** The object after all mutations that could be made; each sees what those before it made. */
export function mutated(kind: AnyKind, { mutations, variables }: MutatingPrograms, inputs: Inputs): Mutated {
  let object = inputs.object as ApiObject
  const problems: string[] = []
  for (const mutation of mutations) {
    try {
      const next = mutatedOnce(mutation, { ...inputs, object }, variables, kind)
      if (next !== object) object = decoded(kind, next, mutation.type)
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
