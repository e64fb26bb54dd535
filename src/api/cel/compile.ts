// A checked tree to closures that run it and count what it costs, as upstream counts: a name or field 1, a call what
// its function says, a list 10, a map 30, a message 40; macros as their expansion would. Closures know where each
// local stands, and calls of which only one overload can be meant go straight there.

import type { Bind, Call, Expr, Fold, ListExpr, MapExpr, OptionalMap, Select, Struct } from './ast.ts'
import type { Checked, CheckResult, Scope } from './check.ts'
import { type Overload, traversalFactor } from './functions.ts'
import { Dyn, type Type } from './types.ts'
import {
  addWork,
  CelError,
  type Convert,
  costExceeded,
  Duration,
  equals,
  isMap,
  List,
  LiteralMap,
  type MapValue,
  noSuchOverload,
  ObjectValue,
  Opaque,
  Optional,
  sizeOf,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './values.ts'

/** What one run works on. */
export interface Frame {
  readonly variables: Readonly<Record<string, unknown>>
  readonly slots: (Value | undefined)[]
  cost: number
  readonly limit: number
}

export type Run = (frame: Frame) => Value

const listCost = 10
const mapCost = 30
const structCost = 40

export function charge(frame: Frame, cost: number): void {
  frame.cost += cost
  if (frame.cost > frame.limit) throw costExceeded()
}

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

/** The error, unless it ends everything. */
function caught(error: unknown): CelError {
  if (error instanceof CelError && !error.fatal) return error
  throw error
}

/** What is in an optional entry; undefined leaves it out. */
function given(value: Value): Value | undefined {
  if (value instanceof Optional) return value.value
  throw noSuchOverload()
}

function addEntry(map: LiteralMap, key: Value, value: Value): void {
  if (!map.add(key, value)) throw new CelError(`Failed with repeated key: ${String(key)}`)
}

const noSuchKey = (key: Value): CelError =>
  new CelError(`no such key: ${key instanceof Uint ? key.value : String(key)}`)

const isObject = (value: Value): value is Exclude<Value, string | bigint | number | boolean | null> =>
  typeof value === 'object' && value !== null

function select(value: Value, field: string): Value {
  if (value instanceof ObjectValue) {
    const got = value.get(field)
    if (got !== undefined) return got
    throw noSuchKey(field)
  }
  if (value instanceof Optional) return value.value === undefined ? value : selectOptional(value.value, field)
  if (isObject(value) && isMap(value)) {
    const got = value.get(field)
    if (got === undefined) throw noSuchKey(field)
    return got
  }
  throw noSuchOverload()
}

function selectOptional(value: Value, field: string): Value {
  if (value instanceof Optional) return value.value === undefined ? value : selectOptional(value.value, field)
  if (!(value instanceof ObjectValue) && !(isObject(value) && isMap(value))) throw noSuchOverload()
  const got = value.get(field)
  return got === undefined ? Optional.none : new Optional(got)
}

function has(value: Value, field: string): boolean {
  if (value instanceof ObjectValue) return value.get(field) !== undefined
  if (value instanceof Optional) return value.value !== undefined && has(value.value, field)
  if (isObject(value) && isMap(value)) return value.get(field) !== undefined
  throw noSuchOverload()
}

/** The item, or undefined where there is none. */
function lookUp(value: Value, key: Value): Value | undefined {
  if (value instanceof List) {
    const at = key instanceof Uint ? Number(key.value) : typeof key === 'bigint' ? Number(key) : wholeIndex(key)
    return at >= 0 && at < value.size ? value.at(at) : undefined
  }
  if (value instanceof ObjectValue && typeof key === 'string') return value.get(key)
  if (isObject(value) && isMap(value)) {
    if (isObject(key) && !(key instanceof Uint)) throw new CelError('unsupported key type')
    return value.get(key)
  }
  throw noSuchOverload()
}

function wholeIndex(key: Value): number {
  if (typeof key === 'number' && Number.isInteger(key)) return key
  if (typeof key === 'number') throw new CelError(`unsupported index value: ${key} (invalid_argument)`)
  throw new CelError('unsupported index type (invalid_argument)')
}

function index(value: Value, key: Value): Value {
  const found = lookUp(value, key)
  if (found !== undefined) return found
  if (value instanceof List) throw new CelError(`index out of bounds: ${key instanceof Uint ? key.value : String(key)}`)
  throw noSuchKey(key)
}

function optionalIndex(value: Value, key: Value): Value {
  const found = lookUp(value, key)
  return found === undefined ? Optional.none : new Optional(found)
}

/** Is the value of this type, as far as an overload is told by it? */
function fits(value: Value, type: Type): boolean {
  switch (type.kind) {
    case 'int':
      return typeof value === 'bigint'
    case 'double':
      return typeof value === 'number'
    case 'string':
      return typeof value === 'string'
    case 'bool':
      return typeof value === 'boolean'
    case 'null':
      return value === null
    case 'uint':
      return value instanceof Uint
    case 'bytes':
      return value instanceof Uint8Array
    case 'timestamp':
      return value instanceof Timestamp
    case 'duration':
      return value instanceof Duration
    case 'list':
      return value instanceof List
    case 'optional':
      return value instanceof Optional
    case 'type':
      return value instanceof TypeValue
    case 'map':
      return isObject(value) && isMap(value)
    case 'opaque':
      return value instanceof Opaque && value.typeName === type.name
    default:
      return true
  }
}

const known = (type: Type): boolean =>
  type.kind !== 'dyn' && type.kind !== 'param' && type.kind !== 'error' && type.kind !== 'null'

function callOf(overloads: readonly Overload[], args: readonly Run[], types: readonly Type[]): Run {
  const [only] = overloads
  if (
    only &&
    overloads.length === 1 &&
    types.every((type, i) => known(type) || (only.params[i] as Type).kind === 'param')
  ) {
    return straight(only, args)
  }
  return (frame) => {
    const values = args.map((arg) => arg(frame))
    const overload = overloads.find(({ params }) => params.every((param, i) => fits(values[i] as Value, param)))
    if (!overload) throw noSuchOverload()
    const result = overload.run(...values)
    charge(frame, overload.cost ? overload.cost(result, ...values) : 1)
    return result
  }
}

function straight({ run, cost }: Overload, args: readonly Run[]): Run {
  const [a, b] = args as [Run, Run]
  if (args.length === 2 && !cost) {
    return (frame) => {
      const first = a(frame)
      const second = b(frame)
      charge(frame, 1)
      return run(first, second)
    }
  }
  if (args.length === 1 && !cost) {
    return (frame) => {
      const first = a(frame)
      charge(frame, 1)
      return run(first)
    }
  }
  return (frame) => {
    const values = args.map((arg) => arg(frame))
    const result = run(...values)
    charge(frame, cost ? cost(result, ...values) : 1)
    return result
  }
}

interface FoldSlots {
  readonly first: number
  readonly second: number | undefined
}

/** Goes over a range; `visit` returns true to end early. */
function iterate(frame: Frame, range: Value, { first, second }: FoldSlots, visit: () => boolean | undefined): void {
  if (range instanceof List) {
    for (let i = 0; i < range.size; i++) {
      if (second === undefined) frame.slots[first] = range.at(i)
      else {
        frame.slots[first] = BigInt(i)
        frame.slots[second] = range.at(i)
      }
      addWork(1)
      if (visit()) return
    }
    return
  }
  if (!isObject(range) || !isMap(range)) throw noSuchOverload()
  for (const key of range.keys()) {
    frame.slots[first] = key
    if (second !== undefined) frame.slots[second] = (range as MapValue).get(key) as Value
    addWork(1)
    if (visit()) return
  }
}

/** What upstream's expansion of each macro costs: to begin, for every item, and for the result. */
export const foldCosts = {
  all: { begin: 1, item: 3 },
  exists: { begin: 1, item: 4 },
  existsOne: { begin: 2, item: 0 },
  map: { begin: 11, item: 12 },
  filter: { begin: 11, item: 13 },
  transformList: { begin: 11, item: 12 },
  transformMap: { begin: 31, item: 3 },
  transformMapEntry: { begin: 31, item: 2 },
} as const

function foldOf(macro: Fold['macro'], range: Run, slots: FoldSlots, where: Run | undefined, body: Run): Run {
  switch (macro) {
    case 'all':
      return quantifier(range, slots, body, false, foldCosts.all)
    case 'exists':
      return quantifier(range, slots, body, true, foldCosts.exists)
    case 'existsOne':
      return (frame) => {
        const over = range(frame)
        let count = 0
        charge(frame, foldCosts.existsOne.begin)
        iterate(frame, over, slots, () => {
          const holds = truth(body(frame))
          charge(frame, holds ? 2 : 1)
          if (holds) count++
          return false
        })
        return count === 1
      }
    case 'filter':
      return (frame) => {
        const over = range(frame)
        const kept: Value[] = []
        charge(frame, foldCosts.filter.begin)
        iterate(frame, over, slots, () => {
          const item = frame.slots[slots.first] as Value
          const holds = truth(body(frame))
          charge(frame, holds ? foldCosts.filter.item : 1)
          if (holds) kept.push(item)
          return false
        })
        return new List(kept)
      }
    case 'map':
    case 'transformList':
      return (frame) => {
        const over = range(frame)
        const made: Value[] = []
        charge(frame, foldCosts.map.begin)
        transform(frame, over, slots, where, foldCosts.map.item, () => made.push(body(frame)))
        return new List(made)
      }
    case 'transformMap':
    case 'transformMapEntry':
      return (frame) => {
        const over = range(frame)
        const made = new LiteralMap()
        charge(frame, foldCosts[macro].begin)
        transform(frame, over, slots, where, foldCosts[macro].item, () => {
          const key = frame.slots[slots.first] as Value
          if (macro === 'transformMap') addEntry(made, key, body(frame))
          else insertAll(made, body(frame))
        })
        return made
      }
  }
}

function insertAll(into: LiteralMap, entries: Value): void {
  if (!isObject(entries) || !isMap(entries)) throw noSuchOverload()
  for (const key of entries.keys()) {
    if (!into.add(key, entries.get(key) as Value))
      throw new CelError(`insert failed: key ${String(key)} already exists`)
  }
}

function truth(value: Value): boolean {
  if (typeof value === 'boolean') return value
  throw noSuchOverload()
}

function transform(
  frame: Frame,
  range: Value,
  slots: FoldSlots,
  where: Run | undefined,
  itemCost: number,
  add: () => void,
): void {
  iterate(frame, range, slots, () => {
    if (where && !truth(where(frame))) {
      charge(frame, 1)
      return false
    }
    charge(frame, itemCost)
    add()
    return false
  })
}

/** An error counts only if no item settles the matter. */
function quantifier(
  range: Run,
  slots: FoldSlots,
  body: Run,
  absorbing: boolean,
  { begin, item }: { readonly begin: number; readonly item: number },
): Run {
  return (frame) => {
    const over = range(frame)
    let failure: CelError | undefined
    let settled = false
    charge(frame, begin)
    iterate(frame, over, slots, () => {
      charge(frame, item)
      try {
        settled = truth(body(frame)) === absorbing
      } catch (error) {
        failure ??= caught(error)
      }
      return settled
    })
    if (settled) return absorbing
    if (failure) throw failure
    return !absorbing
  }
}
