// Which type every part of an expression has, which overloads its calls may mean, and what is wrong: names that
// nobody declared, fields that are not there, arguments that do not fit. What is dyn is left to the run.

import {
  type Bind,
  type Call,
  type Expr,
  type Fold,
  type OptionalMap,
  type Problem,
  qualifiedName,
  type Select,
  type Struct,
} from './ast.ts'
import type { Overload } from './functions.ts'
import {
  assignable,
  type Bindings,
  Bool,
  Bytes,
  Double,
  Dyn,
  ErrorType,
  Int,
  listOf,
  mapOf,
  moreGeneral,
  Null,
  optionalOf,
  substitute,
  Text,
  type Type,
  typeOf,
  typeText,
  UintType,
} from './types.ts'
import { Uint, type Value } from './values.ts'

/** A message that expressions can make. */
export interface StructType {
  readonly type: Type
  field(name: string): Type | undefined
  make(fields: ReadonlyMap<string, Value>): Value
}

export interface Scope {
  readonly variables: ReadonlyMap<string, Type>
  readonly functions: ReadonlyMap<string, readonly Overload[]>
  /** Names that stand for types, and the name that `type()` gives. */
  readonly typeNames: ReadonlyMap<string, { readonly type: Type; readonly name: string }>
  readonly struct: (name: string) => StructType | undefined
  /** Lists and maps as written hold values of one type. */
  readonly homogeneous: boolean
  /** Everything is dyn, and only the run tells. */
  readonly unchecked: boolean
}

export interface Checked {
  readonly type: Type
  /** Of calls: what they may mean. */
  readonly overloads?: readonly Overload[]
  /** The call's target is part of the function's name. */
  readonly qualified?: boolean
  /** The expression is the name of a variable, or of a type. */
  readonly variable?: string
  readonly typeName?: string
}

export interface CheckResult {
  readonly types: ReadonlyMap<Expr, Checked>
  readonly problems: readonly Problem[]
  readonly result: Type
}

export function check(expr: Expr, scope: Scope): CheckResult {
  const checker = new Checker(scope)
  const result = checker.type(expr)
  for (const [node, found] of checker.types) {
    checker.types.set(node, { ...found, type: substitute(found.type, checker.bindings, true) })
  }
  return { types: checker.types, problems: checker.problems, result: substitute(result, checker.bindings, true) }
}

class Checker {
  readonly types = new Map<Expr, Checked>()
  readonly problems: Problem[] = []
  bindings: Bindings = new Map()
  readonly #scope: Scope
  #locals: { readonly name: string; readonly type: Type }[] = []
  #fresh = 0
  /** Lists as written that may hold values of several types: what format takes. */
  readonly #mixed = new Set<Expr>()

  constructor(scope: Scope) {
    this.#scope = scope
  }

  type(expr: Expr): Type {
    const found = this.#find(expr)
    this.types.set(expr, found)
    return found.type
  }

  #problem(at: number, message: string): Checked {
    if (this.#scope.unchecked) return { type: Dyn }
    if (this.problems.length < 100) this.problems.push({ at, message })
    return { type: ErrorType }
  }

  #text(type: Type): string {
    return typeText(substitute(type, this.bindings, true))
  }

  #parameter(): Type {
    return { kind: 'param', name: `%${this.#fresh++}` }
  }

  #find(expr: Expr): Checked {
    switch (expr.kind) {
      case 'literal':
        return { type: literalType(expr.value) }
      case 'ident':
        return this.#named(expr.name) ?? this.#undeclared(expr.name, expr.at)
      case 'select':
        return this.#select(expr)
      case 'call':
        return this.#call(expr)
      case 'list': {
        const items = expr.items.map(({ value, optional }) => [value, this.#item(value, optional)] as const)
        const item = this.#joined(items, this.#mixed.has(expr))
        return { type: listOf(item) }
      }
      case 'map': {
        const key = this.#joined(expr.entries.map((entry) => [entry.key, this.type(entry.key)]))
        const of = this.#joined(expr.entries.map(({ value, optional }) => [value, this.#item(value, optional)]))
        return { type: mapOf(key, of) }
      }
      case 'struct':
        return this.#struct(expr)
      case 'fold':
        return { type: this.#fold(expr) }
      case 'bind':
        return { type: this.#bind(expr) }
      case 'optionalMap':
        return this.#optionalMap(expr)
    }
  }

  #undeclared(name: string, at: number): Checked {
    if (this.#scope.unchecked) return { type: Dyn, variable: name.replace(/^\./, '') }
    return this.#problem(at, `undeclared reference to '${name.replace(/^\./, '')}' (in container '')`)
  }

  #named(name: string): Checked | undefined {
    const global = name.startsWith('.') ? name.slice(1) : name
    if (global === name) {
      const local = this.#locals.findLast((candidate) => candidate.name === name)
      if (local) return { type: local.type }
    }
    const variable = this.#scope.variables.get(global)
    if (variable) return { type: variable, variable: global }
    const type = this.#scope.typeNames.get(global)
    return type ? { type: typeOf(type.type), typeName: type.name } : undefined
  }

  #select(expr: Select): Checked {
    const name = expr.test || expr.optional ? undefined : qualifiedName(expr)
    if (name !== undefined && !this.#isLocal(name.split('.')[0] as string)) {
      const named = this.#named(name)
      if (named) return named
    }
    const operand = this.#resolved(this.type(expr.operand))
    const optional = operand.kind === 'optional'
    const field = this.#field(optional ? operand.of : operand, expr)
    if (expr.test) return { type: Bool }
    return { type: optional || expr.optional ? optionalOf(field) : field }
  }

  #isLocal(name: string): boolean {
    return this.#locals.some((local) => local.name === name)
  }

  #resolved(type: Type): Type {
    return substitute(type, this.bindings)
  }

  #field(type: Type, { field, at }: Select): Type {
    const operand = this.#resolved(type)
    switch (operand.kind) {
      case 'object': {
        const found = operand.field(field)
        return found ?? this.#problem(at, `undefined field '${field}'`).type
      }
      case 'map':
        return operand.of
      case 'dyn':
      case 'error':
        return Dyn
      case 'param':
        assignable(operand, Dyn, this.bindings)
        return Dyn
      default:
        return this.#problem(at, `type '${this.#text(operand)}' does not support field selection`).type
    }
  }

  /** The type of an item; of an optional one, what is in it. */
  #item(value: Expr, optional: boolean): Type {
    const type = this.type(value)
    if (!optional) return type
    const inner = this.#parameter()
    if (this.#assign(type, optionalOf(inner))) return this.#resolved(inner)
    return this.#problem(
      value.at,
      `expected type 'optional_type(${this.#text(inner)})' but found '${this.#text(type)}'`,
    ).type
  }

  #joined(items: readonly (readonly [Expr, Type])[], mayMix = false): Type {
    let joined: Type | undefined
    for (const [expr, type] of items) {
      if (joined === undefined) joined = type
      else if (!this.#assign(type, joined)) {
        if (mayMix || !this.#scope.homogeneous || this.#scope.unchecked) return Dyn
        this.#problem(expr.at, `expected type '${this.#text(joined)}' but found '${this.#text(type)}'`)
      } else joined = moreGeneral(this.#resolved(joined), this.#resolved(type))
    }
    return joined ?? this.#parameter()
  }

  /** Keeps what was bound only if the types go together. */
  #assign(from: Type, to: Type): boolean {
    const trial = new Map(this.bindings)
    if (!assignable(from, to, trial)) return false
    this.bindings = trial
    return true
  }

  #expect(expr: Expr, type: Type, wanted: Type): void {
    if (this.#assign(type, wanted)) return
    this.#problem(expr.at, `expected type '${this.#text(wanted)}' but found '${this.#text(type)}'`)
  }

  #call(expr: Call): Checked {
    const known = this.#special(expr)
    if (known) return known
    const prefix = expr.target ? qualifiedName(expr.target) : undefined
    const full = prefix === undefined ? undefined : `${prefix}.${expr.name}`
    if (full !== undefined && this.#scope.functions.has(full) && !this.#isLocal(prefix?.split('.')[0] as string)) {
      return { ...this.#resolve(expr, full, expr.args, false), qualified: true }
    }
    if (expr.name === 'format') for (const arg of expr.args) this.#mixed.add(arg)
    const args = expr.target ? [expr.target, ...expr.args] : expr.args
    return this.#resolve(expr, expr.name.replace(/^\./, ''), args, expr.target !== undefined)
  }

  #resolve(expr: Call, name: string, args: readonly Expr[], member: boolean): Checked {
    const types = args.map((arg) => this.type(arg))
    const declared = this.#scope.functions.get(name)
    if (!declared) return this.#scope.unchecked ? { type: Dyn, overloads: [] } : this.#undeclared(name, expr.at)
    const fitting = declared.filter((one) => one.member === member && one.params.length === args.length)
    if (this.#scope.unchecked) return { type: Dyn, overloads: fitting }

    const candidates: Overload[] = []
    let result: Type | undefined
    for (const overload of fitting) {
      const rename = this.#renaming(overload)
      const params = overload.params.map((param) => substitute(param, rename))
      const trial = new Map(this.bindings)
      if (!types.every((type, i) => assignable(type, params[i] as Type, trial))) continue
      this.bindings = trial
      const given = substitute(substitute(overload.result, rename), trial)
      candidates.push(overload)
      if (result === undefined) result = given
      else if (this.#text(result) !== this.#text(given)) result = Dyn
    }
    if (result) return { type: result, overloads: candidates }
    const texts = types.map((type) => this.#text(type))
    const applied = member ? `${texts[0]}.(${texts.slice(1).join(', ')})` : `(${texts.join(', ')})`
    return this.#problem(expr.at, `found no matching overload for '${name}' applied to '${applied}'`)
  }

  #renaming({ params, result }: Overload): Bindings {
    const names = new Map<string, Type>()
    const collect = (type: Type): void => {
      if (type.kind === 'param' && !names.has(type.name)) names.set(type.name, this.#parameter())
      if (type.kind === 'map') collect(type.key)
      if (type.kind === 'list' || type.kind === 'map' || type.kind === 'optional') collect(type.of)
      if (type.kind === 'type' && type.of) collect(type.of)
    }
    for (const param of params) collect(param)
    collect(result)
    return names
  }

  #mismatch(expr: Call, types: readonly Type[]): Checked {
    const texts = types.map((type) => this.#text(type)).join(', ')
    return this.#problem(expr.at, `found no matching overload for '${expr.name}' applied to '(${texts})'`)
  }

  /** The operators that the compiler knows itself. */
  #special(expr: Call): Checked | undefined {
    switch (expr.name) {
      case '_&&_':
      case '_||_': {
        const types = expr.args.map((arg) => this.type(arg))
        const good = types.every((type) => this.#assign(type, Bool))
        return good ? { type: Bool } : this.#mismatch(expr, types)
      }
      case '_==_':
      case '_!=_': {
        const [a, b] = expr.args.map((arg) => this.type(arg)) as [Type, Type]
        return this.#assign(a, b) || this.#assign(b, a) ? { type: Bool } : this.#mismatch(expr, [a, b])
      }
      case '_?_:_': {
        const [condition, yes, no] = expr.args.map((arg) => this.type(arg)) as [Type, Type, Type]
        const good = this.#assign(condition, Bool) && this.#assign(no, yes)
        if (!good) return this.#mismatch(expr, [condition, yes, no])
        return { type: moreGeneral(this.#resolved(yes), this.#resolved(no)) }
      }
      case '_[_]':
      case '_[?_]':
        return this.#index(expr)
      default:
        return undefined
    }
  }

  #index(expr: Call): Checked {
    const [given, index] = expr.args.map((arg) => this.type(arg)) as [Type, Type]
    const operand = this.#resolved(given)
    const chained = operand.kind === 'optional'
    const inner = this.#resolved(chained ? operand.of : operand)
    const wrap = (type: Type): Checked => ({ type: chained || expr.name === '_[?_]' ? optionalOf(type) : type })
    if (inner.kind === 'list' && this.#assign(index, Int)) return wrap(inner.of)
    if (inner.kind === 'map' && this.#assign(index, inner.key)) return wrap(inner.of)
    if (inner.kind === 'dyn' || inner.kind === 'error' || inner.kind === 'param') return wrap(Dyn)
    return this.#mismatch(expr, [given, index])
  }

  #struct(expr: Struct): Checked {
    const name = expr.name.replace(/^\./, '')
    const struct = this.#scope.struct(name)
    if (!struct) {
      for (const { value } of expr.fields) this.type(value)
      return this.#problem(expr.at, `undeclared reference to '${name}' (in container '')`)
    }
    for (const field of expr.fields) {
      const type = this.#item(field.value, field.optional)
      const wanted = struct.field(field.name)
      if (!wanted) this.#problem(field.at, `undefined field '${field.name}'`)
      else if (!this.#assign(type, wanted)) {
        const texts = `expected type of field '${field.name}' is '${this.#text(wanted)}' but provided type is '${this.#text(type)}'`
        this.#problem(field.at, texts)
      }
    }
    return { type: struct.type }
  }

  #within<T>(locals: readonly { readonly name: string; readonly type: Type }[], work: () => T): T {
    const before = this.#locals
    this.#locals = [...before, ...locals]
    const result = work()
    this.#locals = before
    return result
  }

  #fold(expr: Fold): Type {
    const range = this.#resolved(this.type(expr.range))
    const [key, value] = this.#iterated(range, expr.range)
    const single = range.kind === 'list' ? value : key
    const locals =
      expr.second === undefined
        ? [{ name: expr.first, type: single }]
        : [
            { name: expr.first, type: key },
            { name: expr.second, type: value },
          ]
    const body = this.#within(locals, () => {
      if (expr.where) this.#expect(expr.where, this.type(expr.where), Bool)
      return this.type(expr.body)
    })
    switch (expr.macro) {
      case 'all':
      case 'exists':
      case 'existsOne':
        this.#expect(expr.body, body, Bool)
        return Bool
      case 'filter':
        this.#expect(expr.body, body, Bool)
        return listOf(single)
      case 'map':
      case 'transformList':
        return listOf(body)
      case 'transformMap':
        return mapOf(key, body)
      case 'transformMapEntry': {
        const made = mapOf(this.#parameter(), this.#parameter())
        this.#expect(expr.body, body, made)
        return this.#resolved(made)
      }
    }
  }

  /** Types of a range's keys or indexes, and of its items. */
  #iterated(range: Type, expr: Expr): readonly [Type, Type] {
    switch (range.kind) {
      case 'list':
        return [Int, range.of]
      case 'map':
        return [range.key, range.of]
      case 'dyn':
      case 'error':
      case 'param':
        return [Dyn, Dyn]
      default:
        this.#problem(
          expr.at,
          `expression of type '${this.#text(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        )
        return [ErrorType, ErrorType]
    }
  }

  #bind({ name, init, body }: Bind): Type {
    const type = this.type(init)
    return this.#within([{ name, type }], () => this.type(body))
  }

  #optionalMap({ operand, name, body, flat }: OptionalMap): Checked {
    const type = this.type(operand)
    const inner = this.#parameter()
    this.#expect(operand, type, optionalOf(inner))
    const result = this.#within([{ name, type: this.#resolved(inner) }], () => this.type(body))
    if (!flat) return { type: optionalOf(result) }
    this.#expect(body, result, optionalOf(this.#parameter()))
    return { type: result }
  }
}

function literalType(value: Value): Type {
  switch (typeof value) {
    case 'bigint':
      return Int
    case 'number':
      return Double
    case 'boolean':
      return Bool
    case 'string':
      return Text
  }
  if (value === null) return Null
  return value instanceof Uint ? UintType : Bytes
}
