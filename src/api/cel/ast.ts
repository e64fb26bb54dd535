// What the parser makes of an expression. Macros stay what they are written as, so that they run as plain loops;
// their cost is counted as that of upstream's expansion.

import type { Value } from './values.ts'

export type Expr = Literal | Ident | Select | Call | ListExpr | MapExpr | Struct | Fold | Bind | OptionalMap

interface At {
  /** Where it stands, counted in code units; for calls and operators the parenthesis or operator. */
  readonly at: number
}
export interface Literal extends At {
  readonly kind: 'literal'
  readonly value: Value
}
export interface Ident extends At {
  readonly kind: 'ident'
  readonly name: string
}
export interface Select extends At {
  readonly kind: 'select'
  readonly operand: Expr
  readonly field: string
  /** `has(a.b)` */
  readonly test: boolean
  /** `a.?b` */
  readonly optional: boolean
}
export interface Call extends At {
  readonly kind: 'call'
  readonly name: string
  readonly target: Expr | undefined
  readonly args: readonly Expr[]
}
export interface ListExpr extends At {
  readonly kind: 'list'
  readonly items: readonly { readonly value: Expr; readonly optional: boolean }[]
}
export interface MapExpr extends At {
  readonly kind: 'map'
  readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[]
}
export interface Struct extends At {
  readonly kind: 'struct'
  readonly name: string
  readonly fields: readonly {
    readonly name: string
    readonly value: Expr
    readonly optional: boolean
    readonly at: number
  }[]
}
export type FoldMacro =
  | 'all'
  | 'exists'
  | 'existsOne'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
export interface Fold extends At {
  readonly kind: 'fold'
  readonly macro: FoldMacro
  readonly range: Expr
  readonly first: string
  readonly second: string | undefined
  /** `map` and the transforms: only items for which this holds. */
  readonly where: Expr | undefined
  readonly body: Expr
}
export interface Bind extends At {
  readonly kind: 'bind'
  readonly name: string
  readonly init: Expr
  readonly body: Expr
}
/** `optMap` and `optFlatMap` */
export interface OptionalMap extends At {
  readonly kind: 'optionalMap'
  readonly operand: Expr
  readonly name: string
  readonly body: Expr
  readonly flat: boolean
}

export interface Problem {
  /** Counted in code units. */
  readonly at: number
  readonly message: string
}

/** Thrown where going on makes no sense. */
export class SyntaxProblem {
  readonly problem: Problem
  constructor(at: number, message: string) {
    this.problem = { at, message }
  }
}

/** As upstream prints it: the place, the line, and a caret below it. */
export function problemText(source: string, { at, message }: Problem): string {
  const before = source.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  const column = Array.from(before.slice(lineStart)).length
  const end = source.indexOf('\n', lineStart)
  const text = source.slice(lineStart, end === -1 ? undefined : end).replaceAll('\t', ' ')
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text}\n | ${'.'.repeat(column)}^`
}

/** The name of `a.b.c` where that may be a name, else undefined. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name
  if (expr.kind !== 'select' || expr.test || expr.optional) return undefined
  const before = qualifiedName(expr.operand)
  return before === undefined ? undefined : `${before}.${expr.field}`
}
