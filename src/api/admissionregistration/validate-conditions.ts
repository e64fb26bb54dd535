// Conditions in CEL that narrow which requests a webhook or a policy is about.

import { celProblems } from '../cel-problems.ts'
import type { FieldErrors, Path } from '../field-errors.ts'
import { qualifiedName } from '../names.ts'
import type { MatchCondition } from './webhook.ts'

const maxConditions = 64

/** `params` says whether the expressions may speak of parameters. */
export function validateMatchConditions(
  conditions: readonly MatchCondition[],
  params: boolean,
  path: Path,
  errors: FieldErrors,
): void {
  if (conditions.length > maxConditions) errors.tooMany(path, conditions.length, maxConditions)
  const seen = new Set<string>()
  conditions.forEach(({ name = '', expression = '' }, i) => {
    const expressionAt = path.index(i).child('expression')
    const nameAt = path.index(i).child('name')
    const trimmed = expression.trim()
    if (trimmed === '') errors.required(expressionAt)
    else errors.invalidEach(expressionAt, trimmed, celProblems(trimmed, { use: 'matchCondition', params }))
    if (name === '') {
      errors.required(nameAt)
      return
    }
    errors.invalidEach(nameAt, name, qualifiedName(name))
    if (seen.has(name)) errors.duplicate(nameAt, name)
    seen.add(name)
  })
}
