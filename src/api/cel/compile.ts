// A checked tree to closures that run it and count what it costs, as upstream counts: a name or field 1, a call what
// its function says, a list 10, a map 30, a message 40; macros as their expansion would. Closures know where each
// local stands.

import { addEntry, has, index, optionalIndex, select, selectOptional } from './access.ts'
import type { Bind, Call, Expr, Fold, ListExpr, MapExpr, OptionalMap, Select, Struct } from './ast.ts'
import { callOf } from './calls.ts'
import type { Checked, CheckResult, Scope } from './check.ts'
import { foldOf } from './folds.ts'
import { caught, charge, type Run } from './frame.ts'
import { traversalFactor } from './functions.ts'
import { Dyn } from './types.ts'
import {
  CelError,
  type Convert,
  equals,
  List,
  LiteralMap,
  noSuchOverload,
  ObjectValue,
  Optional,
  sizeOf,
  TypeValue,
  type Value,
} from './values.ts'

const listCost = 10
const mapCost = 30
const structCost = 40

/** What a variable's value is made of it by; JSON that nobody declared unless given. */
export type ConvertOf = (variable: string) => Convert

export function compileTree(
  expr: Expr,
  checked: CheckResult,
  scope: Scope,
  convertOf: ConvertOf,
): { run: Run; slots: number } {
  const compiler = new Compiler(checked.types, scope, convertOf)
  const run = compiler.compile(expr)
  return { run, slots: compiler.slots }
}

class Compiler {
  slots = 0
  readonly #types: ReadonlyMap<Expr, Checked>
  readonly #scope: Scope
  readonly #convertOf: ConvertOf
  readonly #variableSlots = new Map<string, number>()
  #locals: { readonly name: string; readonly slot: number }[] = []

  constructor(types: ReadonlyMap<Expr, Checked>, scope: Scope, convertOf: ConvertOf) {
    this.#types = types
    this.#scope = scope
    this.#convertOf = convertOf
  }

  compile(expr: Expr): Run {
    switch (expr.kind) {
      case 'literal': {
        const { value } = expr
        return () => value
      }
      case 'ident':
        return this.#ident(expr.name, expr)
      case 'select':
        return this.#select(expr)
      case 'call':
        return this.#call(expr)
      case 'list':
        return this.#list(expr)
      case 'map':
        return this.#map(expr)
      case 'struct':
        return this.#struct(expr)
      case 'fold':
        return this.#fold(expr)
      case 'bind':
        return this.#bind(expr)
      case 'optionalMap':
        return this.#optionalMap(expr)
    }
  }

  #ident(name: string, expr: Expr): Run {
    const found = this.#types.get(expr)
    if (found?.typeName !== undefined) {
      const value = new TypeValue(found.typeName)
      return () => value
    }
    const local = this.#locals.findLast((candidate) => candidate.name === name)
    if (local && found?.variable === undefined) {
      const { slot } = local
      return (frame) => {
        frame.cost++
        return frame.slots[slot] as Value
      }
    }
    return this.#variable(found?.variable ?? name)
  }

  /** Converted once in a run, when first asked for. */
  #variable(name: string): Run {
    let slot = this.#variableSlots.get(name)
    if (slot === undefined) {
      slot = this.slots++
      this.#variableSlots.set(name, slot)
    }
    const at = slot
    const convert = this.#convertOf(name)
    return (frame) => {
      frame.cost++
      const known = frame.slots[at]
      if (known !== undefined) return known
      const raw = frame.variables[name]
      if (raw === undefined) throw new CelError(`no such attribute(s): ${name}`)
      // Lazy values, as of variables that are expressions themselves.
      const value = convert(typeof raw === 'function' ? raw() : raw)
      frame.slots[at] = value
      return value
    }
  }

  #select(expr: Select): Run {
    const found = this.#types.get(expr)
    if (found?.variable !== undefined || found?.typeName !== undefined) return this.#ident('', expr)
    const operand = this.compile(expr.operand)
    const { field } = expr
    if (expr.test) return (frame) => has(operand(frame), field)
    if (expr.optional) {
      return (frame) => {
        frame.cost++
        return selectOptional(operand(frame), field)
      }
    }
    return (frame) => {
      frame.cost++
      const value = operand(frame)
      if (value instanceof ObjectValue) {
        const got = value.get(field)
        if (got !== undefined) return got
      }
      return select(value, field)
    }
  }

  #call(expr: Call): Run {
    switch (expr.name) {
      case '_&&_':
        return this.#logical(expr, false)
      case '_||_':
        return this.#logical(expr, true)
      case '_==_':
        return this.#equality(expr, true)
      case '_!=_':
        return this.#equality(expr, false)
      case '_?_:_':
        return this.#conditional(expr)
      case '_[_]':
      case '_[?_]':
        return this.#index(expr)
    }
    const { overloads = [], qualified } = this.#types.get(expr) as Checked
    const given = expr.target && !qualified ? [expr.target, ...expr.args] : expr.args
    const args = given.map((arg) => this.compile(arg))
    const types = given.map((arg) => (this.#types.get(arg) as Checked).type)
    return callOf(overloads, args, this.#scope.unchecked ? types.map(() => Dyn) : types)
  }

  #logical({ args }: Call, absorbing: boolean): Run {
    const [a, b] = args.map((arg) => this.compile(arg)) as [Run, Run]
    return (frame) => {
      let failure: CelError | undefined
      try {
        const left = a(frame)
        if (left === absorbing) return absorbing
        if (typeof left !== 'boolean') failure = noSuchOverload()
      } catch (error) {
        failure = caught(error)
      }
      const right = b(frame)
      if (right === absorbing) return absorbing
      if (failure) throw failure
      if (typeof right !== 'boolean') throw noSuchOverload()
      return right
    }
  }

  #equality({ args }: Call, wanted: boolean): Run {
    const [a, b] = args.map((arg) => this.compile(arg)) as [Run, Run]
    return (frame) => {
      const left = a(frame)
      const right = b(frame)
      charge(frame, Math.ceil(Math.min(sizeOf(left), sizeOf(right)) * traversalFactor))
      return equals(left, right) === wanted
    }
  }

  #conditional({ args }: Call): Run {
    const [condition, yes, no] = args.map((arg) => this.compile(arg)) as [Run, Run, Run]
    return (frame) => {
      const holds = condition(frame)
      if (typeof holds !== 'boolean') throw noSuchOverload()
      return holds ? yes(frame) : no(frame)
    }
  }

  #index({ name, args }: Call): Run {
    const [operand, key] = args.map((arg) => this.compile(arg)) as [Run, Run]
    const optional = name === '_[?_]'
    return (frame) => {
      frame.cost++
      const value = operand(frame)
      const at = key(frame)
      if (value instanceof Optional) return value.value === undefined ? value : optionalIndex(value.value, at)
      return optional ? optionalIndex(value, at) : index(value, at)
    }
  }

  #list({ items }: ListExpr): Run {
    const runs = items.map(({ value, optional }) => ({ run: this.compile(value), optional }))
    return (frame) => {
      charge(frame, listCost)
      const values: Value[] = []
      for (const { run, optional } of runs) {
        const value = run(frame)
        if (!optional) values.push(value)
        else if (given(value) !== undefined) values.push(given(value) as Value)
      }
      return new List(values)
    }
  }

  #map({ entries }: MapExpr): Run {
    const runs = entries.map(({ key, value, optional }) => ({
      key: this.compile(key),
      value: this.compile(value),
      optional,
    }))
    return (frame) => {
      charge(frame, mapCost)
      const map = new LiteralMap()
      for (const { key, value, optional } of runs) {
        const name = key(frame)
        const made = value(frame)
        const kept = optional ? given(made) : made
        if (kept !== undefined) addEntry(map, name, kept)
      }
      return map
    }
  }

  #struct(expr: Struct): Run {
    const struct = this.#scope.struct(expr.name.replace(/^\./, ''))
    const runs = expr.fields.map(({ name, value, optional }) => ({ name, run: this.compile(value), optional }))
    return (frame) => {
      charge(frame, structCost)
      if (!struct) throw new CelError(`unknown type: ${expr.name}`)
      const fields = new Map<string, Value>()
      for (const { name, run, optional } of runs) {
        const value = run(frame)
        const kept = optional ? given(value) : value
        if (kept !== undefined) fields.set(name, kept)
      }
      return struct.make(fields)
    }
  }

  #within<T>(names: readonly string[], work: (slots: readonly number[]) => T): T {
    const before = this.#locals
    const slots = names.map(() => this.slots++)
    this.#locals = [...before, ...names.map((name, i) => ({ name, slot: slots[i] as number }))]
    const result = work(slots)
    this.#locals = before
    return result
  }

  #bind({ name, init, body }: Bind): Run {
    const value = this.compile(init)
    return this.#within([name], ([slot]) => {
      const run = this.compile(body)
      return (frame) => {
        frame.slots[slot as number] = value(frame)
        return run(frame)
      }
    })
  }

  #optionalMap({ operand, name, body, flat }: OptionalMap): Run {
    const value = this.compile(operand)
    return this.#within([name], ([slot]) => {
      const run = this.compile(body)
      return (frame) => {
        const found = value(frame)
        charge(frame, flat ? 2 : 3)
        if (!(found instanceof Optional)) throw noSuchOverload()
        if (found.value === undefined) return found
        frame.slots[slot as number] = found.value
        const result = run(frame)
        if (!flat) return new Optional(result)
        if (!(result instanceof Optional)) throw noSuchOverload()
        return result
      }
    })
  }

  #fold(expr: Fold): Run {
    const range = this.compile(expr.range)
    const names = expr.second === undefined ? [expr.first] : [expr.first, expr.second]
    return this.#within(names, ([first, second]) => {
      const body = this.compile(expr.body)
      const where = expr.where ? this.compile(expr.where) : undefined
      return foldOf(expr.macro, range, { first: first as number, second }, where, body)
    })
  }
}

/** What is in an optional entry; undefined leaves it out. */
function given(value: Value): Value | undefined {
  if (value instanceof Optional) return value.value
  throw noSuchOverload()
}
