// Regular expressions that stand in an expression as they are: upstream compiles these beforehand, and refuses an
// expression with one that is none.

import type { Expr } from './ast.ts'
import { parse } from './parser.ts'
import { regexProblem } from './regex.ts'

const functions: ReadonlySet<string> = new Set(['matches', 'find', 'findAll'])

/** What is wrong with the first bad one; undefined if all are good. */
export function patternProblem(expression: string): string | undefined {
  for (const pattern of patternsIn(parse(expression))) {
    const problem = regexProblem(pattern)
    if (problem !== undefined) return problem
  }
  return undefined
}

function* patternsIn(value: unknown): Iterable<string> {
  if (Array.isArray(value)) {
    for (const one of value) yield* patternsIn(one)
  } else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const expr = value as Expr
    if (expr.kind === 'call' && functions.has(expr.name)) {
      const pattern = expr.target ? expr.args[0] : expr.args[1]
      if (pattern?.kind === 'literal' && typeof pattern.value === 'string') yield pattern.value
    }
    for (const part of Object.values(value)) yield* patternsIn(part)
  }
}
