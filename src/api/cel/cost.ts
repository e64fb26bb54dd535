// What running an expression costs at least and at most, before there are values: by the sizes that schemas allow.
// Upstream refuses rules by this, so the numbers are its.

import type { Call, Expr, Fold } from './ast.ts'
import type { Checked } from './check.ts'
import { foldCosts } from './folds.ts'
import {
  type CallEstimate,
  exactly,
  plus,
  product,
  type Range,
  times,
  traversalFactor,
  union,
  unknownSize,
} from './functions.ts'
import type { Type } from './types.ts'
import { sizeOf } from './values.ts'

export function estimateCost(expr: Expr, types: ReadonlyMap<Expr, Checked>): Range {
  return new Estimator(types).estimate(expr).cost
}

/** `size` where the expression itself tells; else the type does. `items`: the size of a list's items. */
interface Estimate {
  readonly cost: Range
  readonly size?: Range | undefined
  readonly items?: Range | undefined
}

const one = exactly(1)
const nothing = exactly(0)

class Estimator {
  readonly #types: ReadonlyMap<Expr, Checked>
  #locals: { readonly name: string; readonly size: Range | undefined }[] = []

  constructor(types: ReadonlyMap<Expr, Checked>) {
    this.#types = types
  }

  estimate(expr: Expr): Estimate {
    switch (expr.kind) {
      case 'literal':
        return { cost: nothing, size: exactly(sizeOf(expr.value)) }
      case 'ident': {
        const local = this.#locals.findLast((candidate) => candidate.name === expr.name)
        return { cost: one, size: local?.size }
      }
      case 'select': {
        const operand = this.estimate(expr.operand)
        return { cost: expr.test ? operand.cost : plus(operand.cost, one) }
      }
      case 'call':
        return this.#call(expr)
      case 'list': {
        const items = expr.items.map(({ value }) => ({ value, made: this.estimate(value) }))
        return {
          cost: items.reduce((sum, { made }) => plus(sum, made.cost), exactly(10)),
          size: exactly(items.length),
          items: items
            .map(({ value, made }) => this.#size(value, made))
            .reduce<Range | undefined>((a, b) => (a ? union(a, b) : b), undefined),
        }
      }
      case 'map': {
        const parts = expr.entries.flatMap(({ key, value }) => [this.estimate(key).cost, this.estimate(value).cost])
        return { cost: parts.reduce(plus, exactly(30)), size: exactly(expr.entries.length) }
      }
      case 'struct':
        return { cost: expr.fields.map(({ value }) => this.estimate(value).cost).reduce(plus, exactly(40)) }
      case 'fold':
        return this.#fold(expr)
      case 'bind': {
        const init = this.estimate(expr.init)
        const body = this.#with([{ name: expr.name, size: init.size }], () => this.estimate(expr.body))
        return { cost: plus(init.cost, body.cost), size: body.size }
      }
      case 'optionalMap': {
        const operand = this.estimate(expr.operand)
        const body = this.#with([{ name: expr.name, size: undefined }], () => this.estimate(expr.body))
        const full = plus(body.cost, exactly(expr.flat ? 2 : 3))
        return { cost: { min: operand.cost.min, max: operand.cost.max + full.max } }
      }
    }
  }

  #with<T>(locals: readonly { readonly name: string; readonly size: Range | undefined }[], work: () => T): T {
    const before = this.#locals
    this.#locals = [...before, ...locals]
    const result = work()
    this.#locals = before
    return result
  }

  #size(expr: Expr, { size }: Estimate): Range {
    return size ?? sizeByType(this.#types.get(expr)?.type)
  }

  #call(expr: Call): Estimate {
    const found = this.#types.get(expr)
    const given = expr.target && !found?.qualified ? [expr.target, ...expr.args] : expr.args
    const args = given.map((arg) => this.estimate(arg))
    const costs = args.map(({ cost }) => cost)
    const sizes = given.map((arg, i) => this.#size(arg, args[i] as Estimate))
    const [a = nothing, b = nothing, c = nothing] = costs
    switch (expr.name) {
      case '_&&_':
      case '_||_':
        return { cost: { min: a.min, max: a.max + b.max } }
      case '_?_:_': {
        const known = args[1]?.size && args[2]?.size ? union(args[1].size, args[2].size) : undefined
        return { cost: plus(a, union(b, c)), size: known }
      }
      case '_==_':
      case '_!=_': {
        const [x = one, y = one] = sizes
        const shorter = { min: Math.min(x.min, y.min), max: Math.min(x.max, y.max) }
        return { cost: plus(plus(a, b), times(shorter, traversalFactor)) }
      }
      case '_[_]':
      case '_[?_]':
        return { cost: plus(plus(a, b), one), size: args[0]?.items }
    }
    const itemsOf = args[0]?.items ?? (given[0] ? itemsByType(this.#types.get(given[0])?.type) : undefined)
    const calls = (found?.overloads ?? []).map<CallEstimate>(
      (one) => one.estimate?.(sizes, itemsOf) ?? { cost: exactly(1) },
    )
    const call = calls.reduce<CallEstimate | undefined>(
      (sum, next) => ({
        cost: sum ? union(sum.cost, next.cost) : next.cost,
        ...(next.size
          ? { size: sum?.size ? union(sum.size, next.size) : next.size }
          : sum?.size
            ? { size: sum.size }
            : {}),
      }),
      undefined,
    )
    return {
      cost: costs.reduce(plus, call?.cost ?? one),
      size: call?.size,
      items: expr.name === '_+_' ? args[0]?.items : undefined,
    }
  }

  #fold(expr: Fold): Estimate {
    const range = this.estimate(expr.range)
    const count = this.#size(expr.range, range)
    const locals = [expr.first, ...(expr.second === undefined ? [] : [expr.second])].map((name, i, all) => ({
      name,
      size: i === all.length - 1 ? range.items : undefined,
    }))
    const body = this.#with(locals, () => this.estimate(expr.body))
    const where = expr.where ? this.#with(locals, () => this.estimate(expr.where as Expr)) : undefined
    const { begin, item } = foldCosts[expr.macro]
    const step = this.#step(expr, body.cost, where?.cost, item)
    const builds = expr.macro !== 'all' && expr.macro !== 'exists' && expr.macro !== 'existsOne'
    const itself = expr.macro === 'filter'
    return {
      cost: plus(plus(range.cost, exactly(begin)), product(count, step)),
      ...(builds ? { size: expr.where || itself ? { min: 0, max: count.max } : count } : {}),
      ...(expr.macro === 'map' || expr.macro === 'transformList' ? { items: this.#size(expr.body, body) } : {}),
      ...(itself ? { items: range.items } : {}),
    }
  }

  #step({ macro }: Fold, body: Range, where: Range | undefined, item: number): Range {
    if (macro === 'existsOne') return plus(body, { min: 1, max: 2 })
    if (macro === 'filter') return plus(body, { min: 1, max: item })
    // The logical operator of the step may leave the body alone.
    if (macro === 'all' || macro === 'exists') return { min: item, max: item + body.max }
    const made = plus(body, exactly(item))
    return where ? plus(where, union(exactly(1), made)) : made
  }
}

function sizeByType(type: Type | undefined): Range {
  switch (type?.kind) {
    case 'list':
    case 'map':
    case 'string':
    case 'bytes':
    case 'dyn':
      return 'sized' in type && type.sized ? { min: 0, max: type.sized.max } : unknownSize
    default:
      return one
  }
}

function itemsByType(type: Type | undefined): Range | undefined {
  return type?.kind === 'list' ? sizeByType(type.of) : undefined
}
