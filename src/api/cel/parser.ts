// Tokens to a tree, by precedence; macros are recognized here. Size and nesting are limited, so that nothing that
// walks the tree can run out of stack. Throws a SyntaxProblem with upstream's sentence.

import { type Expr, type Fold, type FoldMacro, type ListExpr, type MapExpr, type Struct, SyntaxProblem } from './ast.ts'
import { numberValue, type Token, tokens } from './lexer.ts'

export const maxExpressionSize = 100_000
export const maxNesting = 250

const reserved: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)
const expected =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

const precedence: ReadonlyMap<string, { readonly level: number; readonly name: string }> = new Map([
  ['==', { level: 1, name: '_==_' }],
  ['!=', { level: 1, name: '_!=_' }],
  ['<', { level: 1, name: '_<_' }],
  ['<=', { level: 1, name: '_<=_' }],
  ['>', { level: 1, name: '_>_' }],
  ['>=', { level: 1, name: '_>=_' }],
  ['in', { level: 1, name: '@in' }],
  ['+', { level: 2, name: '_+_' }],
  ['-', { level: 2, name: '_-_' }],
  ['*', { level: 3, name: '_*_' }],
  ['/', { level: 3, name: '_/_' }],
  ['%', { level: 3, name: '_%_' }],
])

export function parse(source: string): Expr {
  const size = source.length > maxExpressionSize ? Array.from(source).length : source.length
  if (size > maxExpressionSize) {
    throw new SyntaxProblem(0, `expression code point size exceeds limit: size: ${size}, limit ${maxExpressionSize}`)
  }
  return new Parser(tokens(source)).whole()
}

class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(found: readonly Token[]) {
    this.#tokens = found
  }

  whole(): Expr {
    const expr = this.#expr()
    const rest = this.#peek()
    if (rest.kind !== 'end') throw this.#unexpected(rest, rest.kind === 'operator' ? '<EOF>' : '<EOF>')
    return expr
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token
  }
  #take(): Token {
    const token = this.#peek()
    if (token.kind !== 'end') this.#next++
    return token
  }
  #is(text: string): boolean {
    const token = this.#peek()
    return token.text === text && (token.kind === 'operator' || token.kind === 'ident')
  }
  #accept(text: string): Token | undefined {
    return this.#is(text) ? this.#take() : undefined
  }
  #expect(text: string): Token {
    const found = this.#accept(text)
    if (!found) throw this.#unexpected(this.#peek(), `'${text}'`)
    return found
  }
  #unexpected({ at, text, kind }: Token, wanted: string): SyntaxProblem {
    const how = wanted === '<EOF>' && kind !== 'operator' ? 'extraneous' : 'mismatched'
    return new SyntaxProblem(at, `Syntax error: ${how} input '${text}' expecting ${wanted}`)
  }

  #deeper<T>(work: () => T): T {
    if (++this.#depth > maxNesting) {
      throw new SyntaxProblem(this.#peek().at, `expression recursion limit exceeded: ${maxNesting}`)
    }
    const result = work()
    this.#depth--
    return result
  }

  #expr(): Expr {
    return this.#deeper(() => {
      const condition = this.#or()
      const mark = this.#accept('?')
      if (!mark) return condition
      const yes = this.#or()
      this.#expect(':')
      const no = this.#expr()
      return { kind: 'call', name: '_?_:_', target: undefined, args: [condition, yes, no], at: mark.at }
    })
  }

  #or(): Expr {
    return this.#chain('||', '_||_', () => this.#chain('&&', '_&&_', () => this.#binary(1)))
  }

  /** A chain of one logical operator becomes a balanced tree, however long it is. */
  #chain(sign: string, name: string, operand: () => Expr): Expr {
    const operands = [operand()]
    const places: number[] = []
    for (let found = this.#accept(sign); found; found = this.#accept(sign)) {
      places.push(found.at)
      operands.push(operand())
    }
    const balanced = (low: number, high: number): Expr => {
      if (low === high) return operands[low] as Expr
      const middle = (low + high) >> 1
      const args = [balanced(low, middle), balanced(middle + 1, high)]
      return { kind: 'call', name, target: undefined, args, at: places[middle] as number }
    }
    return balanced(0, operands.length - 1)
  }

  #binary(level: number): Expr {
    let left = level === 3 ? this.#unary() : this.#binary(level + 1)
    let chained = 0
    while (true) {
      const token = this.#peek()
      const known = token.kind === 'operator' || token.text === 'in' ? precedence.get(token.text) : undefined
      if (known?.level !== level) break
      this.#limitChain(++chained)
      this.#take()
      const right = level === 3 ? this.#unary() : this.#binary(level + 1)
      left = { kind: 'call', name: known.name, target: undefined, args: [left, right], at: token.at }
    }
    return left
  }

  #limitChain(length: number): void {
    if (length + this.#depth <= maxNesting) return
    throw new SyntaxProblem(this.#peek().at, `expression recursion limit exceeded: ${maxNesting}`)
  }

  #unary(): Expr {
    const sign = this.#peek()
    if (sign.kind !== 'operator' || (sign.text !== '!' && sign.text !== '-')) return this.#member(this.#primary())
    this.#take()
    const next = this.#peek()
    if (sign.text === '-' && next.kind === 'number') {
      this.#take()
      return this.#member({ kind: 'literal', value: numberValue(next, true), at: sign.at })
    }
    let times = 1
    while (this.#accept(sign.text)) times++
    const operand = this.#member(this.#primary())
    if (times % 2 === 0) return operand
    const name = sign.text === '!' ? '!_' : '-_'
    return { kind: 'call', name, target: undefined, args: [operand], at: sign.at }
  }

  #member(primary: Expr): Expr {
    let expr = primary
    for (let chained = 1; ; chained++) {
      this.#limitChain(chained)
      const dot = this.#accept('.')
      const bracket = dot ? undefined : this.#accept('[')
      if (dot) expr = this.#afterDot(expr, dot)
      else if (bracket) expr = this.#index(expr, bracket)
      else return expr
    }
  }

  #afterDot(operand: Expr, dot: Token): Expr {
    const optional = this.#accept('?') !== undefined
    const token = this.#take()
    if (token.kind === 'quotedIdent') {
      return { kind: 'select', operand, field: token.text.slice(1, -1), test: false, optional, at: dot.at }
    }
    if (token.kind !== 'ident' || isKeyword(token.text)) throw this.#unexpected(token, 'IDENTIFIER')
    if (optional || !this.#is('(')) {
      return { kind: 'select', operand, field: token.text, test: false, optional, at: dot.at }
    }
    const open = this.#take()
    const args = this.#args(')')
    return (
      memberMacro(operand, token.text, args, open.at) ?? {
        kind: 'call',
        name: token.text,
        target: operand,
        args,
        at: open.at,
      }
    )
  }

  #index(operand: Expr, bracket: Token): Expr {
    const optional = this.#accept('?') !== undefined
    const index = this.#expr()
    this.#expect(']')
    return {
      kind: 'call',
      name: optional ? '_[?_]' : '_[_]',
      target: undefined,
      args: [operand, index],
      at: bracket.at,
    }
  }

  #args(end: string): Expr[] {
    const args: Expr[] = []
    if (this.#accept(end)) return args
    do args.push(this.#expr())
    while (this.#accept(','))
    this.#expect(end)
    return args
  }

  #primary(): Expr {
    const token = this.#take()
    if (token.kind === 'literal') return { kind: 'literal', value: token.value as string, at: token.at }
    if (token.kind === 'number') return { kind: 'literal', value: numberValue(token, false), at: token.at }
    if (token.kind === 'ident') return this.#name(token)
    switch (token.text) {
      case '(': {
        const inner = this.#expr()
        this.#expect(')')
        return inner
      }
      case '[':
        return this.#list(token)
      case '{':
        return this.#map(token)
      case '.': {
        const name = this.#take()
        if (name.kind !== 'ident' || isKeyword(name.text)) throw this.#unexpected(name, 'IDENTIFIER')
        return this.#named(`.${name.text}`, token)
      }
    }
    throw this.#unexpected(token, expected)
  }

  #name(token: Token): Expr {
    if (token.text === 'true' || token.text === 'false') {
      return { kind: 'literal', value: token.text === 'true', at: token.at }
    }
    if (token.text === 'null') return { kind: 'literal', value: null, at: token.at }
    if (token.text === 'in') throw this.#unexpected(token, expected)
    if (reserved.has(token.text)) throw new SyntaxProblem(token.at, `reserved identifier: ${token.text}`)
    return this.#named(token.text, token)
  }

  #named(name: string, token: Token): Expr {
    const struct = this.#struct(name, token)
    if (struct) return struct
    const open = this.#accept('(')
    if (!open) return { kind: 'ident', name, at: token.at }
    const args = this.#args(')')
    return globalMacro(name, args, open.at) ?? { kind: 'call', name, target: undefined, args, at: open.at }
  }

  /** `a.b.Name{...}`: looks ahead, since only the brace tells. */
  #struct(first: string, token: Token): Struct | undefined {
    let ahead = this.#next
    let name = first
    while (this.#tokens[ahead]?.text === '.' && this.#tokens[ahead + 1]?.kind === 'ident') {
      name += `.${this.#tokens[ahead + 1]?.text}`
      ahead += 2
    }
    const brace = this.#tokens[ahead]
    if (brace?.text !== '{' || brace.kind !== 'operator') return undefined
    this.#next = ahead + 1
    const fields: Struct['fields'][number][] = []
    while (!this.#accept('}')) {
      const optional = this.#accept('?') !== undefined
      const field = this.#take()
      if (field.kind !== 'ident' && field.kind !== 'quotedIdent') throw this.#unexpected(field, "{'}', IDENTIFIER}")
      const colon = this.#expect(':')
      const text = field.kind === 'quotedIdent' ? field.text.slice(1, -1) : field.text
      fields.push({ name: text, value: this.#expr(), optional, at: colon.at })
      if (!this.#accept(',') && !this.#is('}')) throw this.#unexpected(this.#peek(), "{'}', ','}")
    }
    return { kind: 'struct', name, fields, at: ahead === this.#next ? token.at : brace.at }
  }

  #list(open: Token): ListExpr {
    const items: ListExpr['items'][number][] = []
    while (!this.#accept(']')) {
      const optional = this.#accept('?') !== undefined
      items.push({ value: this.#expr(), optional })
      if (!this.#accept(',') && !this.#is(']')) throw this.#unexpected(this.#peek(), "{']', ','}")
    }
    return { kind: 'list', items, at: open.at }
  }

  #map(open: Token): MapExpr {
    const entries: MapExpr['entries'][number][] = []
    while (!this.#accept('}')) {
      const optional = this.#accept('?') !== undefined
      const key = this.#expr()
      this.#expect(':')
      entries.push({ key, value: this.#expr(), optional })
      if (!this.#accept(',') && !this.#is('}')) throw this.#unexpected(this.#peek(), "{'}', ','}")
    }
    return { kind: 'map', entries, at: open.at }
  }
}

const isKeyword = (text: string): boolean => text === 'in' || text === 'true' || text === 'false' || text === 'null'

function globalMacro(name: string, args: readonly Expr[], at: number): Expr | undefined {
  if ((name !== 'has' && name !== '.has') || args.length !== 1) return undefined
  const [tested] = args as [Expr]
  if (tested.kind !== 'select' || tested.test) throw new SyntaxProblem(tested.at, 'invalid argument to has() macro')
  return { ...tested, test: true, at }
}

/** By name and number of arguments: with one variable, with two, and whether a condition comes before the body. */
const folds: ReadonlyMap<string, { readonly macro: FoldMacro; readonly variables: 1 | 2; readonly where: boolean }> =
  new Map([
    ['all/2', { macro: 'all', variables: 1, where: false }],
    ['exists/2', { macro: 'exists', variables: 1, where: false }],
    ['exists_one/2', { macro: 'existsOne', variables: 1, where: false }],
    ['existsOne/2', { macro: 'existsOne', variables: 1, where: false }],
    ['filter/2', { macro: 'filter', variables: 1, where: false }],
    ['map/2', { macro: 'map', variables: 1, where: false }],
    ['map/3', { macro: 'map', variables: 1, where: true }],
    ['all/3', { macro: 'all', variables: 2, where: false }],
    ['exists/3', { macro: 'exists', variables: 2, where: false }],
    ['existsOne/3', { macro: 'existsOne', variables: 2, where: false }],
    ['exists_one/3', { macro: 'existsOne', variables: 2, where: false }],
    ['transformList/3', { macro: 'transformList', variables: 2, where: false }],
    ['transformList/4', { macro: 'transformList', variables: 2, where: true }],
    ['transformMap/3', { macro: 'transformMap', variables: 2, where: false }],
    ['transformMap/4', { macro: 'transformMap', variables: 2, where: true }],
    ['transformMapEntry/3', { macro: 'transformMapEntry', variables: 2, where: false }],
    ['transformMapEntry/4', { macro: 'transformMapEntry', variables: 2, where: true }],
  ] as const)

function memberMacro(target: Expr, name: string, args: readonly Expr[], at: number): Expr | undefined {
  const fold = folds.get(`${name}/${args.length}`)
  if (fold) return foldOf(target, fold, args, at)
  if ((name === 'optMap' || name === 'optFlatMap') && args.length === 2) {
    const [variable, body] = args as [Expr, Expr]
    return { kind: 'optionalMap', operand: target, name: simpleName(variable), body, flat: name === 'optFlatMap', at }
  }
  if (name === 'bind' && args.length === 3 && target.kind === 'ident' && target.name === 'cel') {
    const [variable, init, body] = args as [Expr, Expr, Expr]
    return { kind: 'bind', name: simpleName(variable), init, body, at }
  }
  return undefined
}

function foldOf(
  range: Expr,
  { macro, variables, where }: { readonly macro: FoldMacro; readonly variables: 1 | 2; readonly where: boolean },
  args: readonly Expr[],
  at: number,
): Fold {
  const first = simpleName(args[0] as Expr)
  const second = variables === 2 ? simpleName(args[1] as Expr) : undefined
  if (first === second) throw new SyntaxProblem((args[1] as Expr).at, `duplicate variable name: ${first}`)
  return {
    kind: 'fold',
    macro,
    range,
    first,
    second,
    where: where ? (args[variables] as Expr) : undefined,
    body: args[args.length - 1] as Expr,
    at,
  }
}

function simpleName(expr: Expr): string {
  if (expr.kind === 'ident' && !expr.name.startsWith('.')) {
    if (expr.name === '__result__') {
      throw new SyntaxProblem(expr.at, 'iteration variable overwrites accumulator variable')
    }
    return expr.name
  }
  throw new SyntaxProblem(expr.at, 'argument must be a simple name')
}
