// Label selectors: their text (`app=web,tier in (a,b),!old`), the LabelSelector object, and whether labels
// match. Grammar and error texts are upstream's (k8s.io/apimachinery/pkg/labels).

import { own } from '#lib/json.ts'
import { aggregate } from './field-errors.ts'
import type { LabelSelector } from './meta/label-selector.ts'
import { labelValue, qualifiedName } from './names.ts'

export type Labels = Readonly<Record<string, string>>

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

export interface Requirement {
  readonly key: string
  readonly operator: Operator
  /** Sorted, without duplicates. */
  readonly values: readonly string[]
}

export class SelectorError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'SelectorError'
  }
}

/** All of its requirements must hold; none at all matches everything. Null selectors match nothing. */
export class Selector {
  readonly requirements: readonly Requirement[]
  readonly matchesNothing: boolean

  constructor(requirements: readonly Requirement[], matchesNothing = false) {
    this.requirements = requirements
    this.matchesNothing = matchesNothing
  }

  static readonly everything: Selector = new Selector([])
  static readonly nothing: Selector = new Selector([], true)

  get matchesEverything(): boolean {
    return !this.matchesNothing && this.requirements.length === 0
  }

  matches(labels: Labels | undefined): boolean {
    if (this.matchesNothing) return false
    for (const requirement of this.requirements) if (!holds(requirement, labels)) return false
    return true
  }

  /** The value that the label must have, where there is only one: what an index can use. */
  exactValue(key: string): string | undefined {
    for (const { key: k, operator, values } of this.requirements) {
      if (k === key && (operator === '=' || operator === '==' || operator === 'in') && values.length === 1) {
        return values[0]
      }
    }
    return undefined
  }

  toString(): string {
    return this.requirements.map(formatRequirement).join(',')
  }
}

function holds({ key, operator, values }: Requirement, labels: Labels | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value)
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'gt':
    case 'lt': {
      if (value === undefined || !isInteger(value)) return false
      const wanted = BigInt(values[0] ?? '0')
      return operator === 'gt' ? BigInt(value) > wanted : BigInt(value) < wanted
    }
  }
}

const isInteger = (text: string): boolean => /^[-+]?[0-9]{1,19}$/.test(text) && !text.startsWith('+')

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`
    case 'gt':
      return `${key}>${values[0]}`
    case 'lt':
      return `${key}<${values[0]}`
    default:
      return `${key}${operator}${values.join(',')}`
  }
}

/** Refuses what no label can be. Go prints a nil field path as `<nil>`. */
function requirement(key: string, operator: Operator, values: readonly string[]): Requirement {
  const problems: string[] = []
  const keyErrors = qualifiedName(key)
  if (keyErrors.length > 0) problems.push(`key: Invalid value: ${JSON.stringify(key)}: ${keyErrors.join('; ')}`)
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, i) => {
      if (isInteger(value)) return
      const text = "for 'Gt', 'Lt' operators, the value must be an integer"
      problems.push(`values[${i}]: Invalid value: ${JSON.stringify(value)}: ${text}`)
    })
  }
  values.forEach((value, i) => {
    const errors = labelValue(value)
    if (errors.length === 0) return
    problems.push(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`)
  })
  if (problems.length > 0) throw new SelectorError(aggregate(problems))
  return { key, operator, values }
}

const byKey = (a: Requirement, b: Requirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
const unique = (values: readonly string[]): string[] => [...new Set(values)].sort()

/** Throws a SelectorError with upstream's sentence. */
export function parseSelector(text: string): Selector {
  if (text === '') return Selector.everything
  return new Selector(new Parser(text).selector().sort(byKey))
}

type TokenKind = 'identifier' | 'end' | 'error' | ')' | ',' | '!' | '==' | '=' | '>' | 'in' | '<' | '!=' | 'notin' | '('

interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const symbols: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '('])
const special = /[=!(),><]/

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let i = 0
  while (i < text.length) {
    const char = text[i] as string
    if (/[ \t\r\n]/.test(char)) {
      i++
    } else if (special.test(char)) {
      const two = text.slice(i, i + 2)
      const symbol = symbols.has(two) ? two : char
      tokens.push({ kind: symbol as TokenKind, text: symbol })
      i += symbol.length
    } else {
      const [word = ''] = /^[^=!(),><\s]+/.exec(text.slice(i)) ?? [char]
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word })
      i += word.length || 1
    }
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

const binaryOperators: Partial<Record<TokenKind, Operator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
}

/** `in` and `notin` are identifiers wherever no operator is wanted. */
const asValue = (token: Token): Token =>
  token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token

class Parser {
  readonly #tokens: Token[]
  #at = 0

  constructor(text: string) {
    this.#tokens = tokenize(text)
  }

  #peek(): Token {
    return asValue(this.#raw())
  }
  #next(): Token {
    const token = this.#peek()
    this.#at++
    return token
  }
  #raw(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token
  }

  selector(): Requirement[] {
    const found: Requirement[] = []
    for (;;) {
      const { kind, text } = this.#peek()
      if (kind === 'end') return found
      if (kind !== 'identifier' && kind !== '!') {
        throw new SelectorError(`found '${text}', expected: !, identifier, or 'end of string'`)
      }
      found.push(this.#requirement())
      const after = this.#next()
      if (after.kind === 'end') return found
      if (after.kind !== ',') throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`)
      const next = this.#peek()
      if (next.kind !== 'identifier' && next.kind !== '!') {
        throw new SelectorError(`found '${next.text}', expected: identifier after ','`)
      }
    }
  }

  #requirement(): Requirement {
    try {
      return this.#parts()
    } catch (error) {
      if (error instanceof SelectorError) throw new SelectorError(`unable to parse requirement: ${error.message}`)
      throw error
    }
  }

  #parts(): Requirement {
    let token = this.#next()
    const negated = token.kind === '!'
    if (negated) token = this.#next()
    if (token.kind !== 'identifier') throw new SelectorError(`found '${token.text}', expected: identifier`)
    const key = token.text
    const keyErrors = qualifiedName(key)
    if (keyErrors.length > 0) {
      throw new SelectorError(`<nil>: Invalid value: ${JSON.stringify(key)}: ${keyErrors.join('; ')}`)
    }
    if (negated) return requirement(key, '!', [])
    const { kind } = this.#peek()
    if (kind === 'end' || kind === ',') return requirement(key, 'exists', [])
    const operator = this.#operator()
    return requirement(key, operator, operator === 'in' || operator === 'notin' ? this.#values() : this.#exact())
  }

  #operator(): Operator {
    const token = this.#raw()
    this.#at++
    const operator = binaryOperators[token.kind]
    if (operator === undefined) {
      throw new SelectorError(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`)
    }
    return operator
  }

  #exact(): string[] {
    const { kind } = this.#peek()
    if (kind === 'end' || kind === ',') return ['']
    const token = this.#next()
    if (token.kind !== 'identifier') throw new SelectorError(`found '${token.text}', expected: identifier`)
    return [token.text]
  }

  #values(): string[] {
    const open = this.#next()
    if (open.kind !== '(') throw new SelectorError(`found '${open.text}' expected: '('`)
    const first = this.#peek()
    if (first.kind === ')') {
      this.#next()
      return ['']
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`)
    }
    const values: string[] = []
    // An empty place between commas is the empty value.
    let current = ''
    for (;;) {
      const token = this.#next()
      if (token.kind === 'identifier') {
        current = token.text
        const after = this.#peek()
        if (after.kind !== ',' && after.kind !== ')') {
          throw new SelectorError(`found '${after.text}', expected: ',' or ')'`)
        }
      } else if (token.kind === ',') {
        values.push(current)
        current = ''
      } else if (token.kind === ')') {
        values.push(current)
        return unique(values)
      } else {
        throw new SelectorError(`found '${token.text}', expected: ',', or identifier`)
      }
    }
  }
}

const operators: Readonly<Record<string, Operator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }

/** The selector of a LabelSelector object. An absent one matches nothing, an empty one everything. */
export function selectorOf(selector: Readonly<LabelSelector> | undefined): Selector {
  if (selector === undefined) return Selector.nothing
  const requirements: Requirement[] = []
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push(requirement(key, 'in', [value]))
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = own(operators, operator)
    if (known === undefined)
      throw new SelectorError(`${JSON.stringify(operator)} is not a valid label selector operator`)
    const isSet = known === 'in' || known === 'notin'
    if (isSet && (values ?? []).length === 0) {
      throw new SelectorError("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty")
    }
    requirements.push(requirement(key, known, isSet ? unique(values ?? []) : []))
  }
  return requirements.length === 0 ? Selector.everything : new Selector(requirements.sort(byKey))
}

const parsed = new WeakMap<LabelSelector, Selector>()

/** The same, parsed once for as long as the object is held, which nobody may change: for what is asked again and again. */
export function parsedSelector(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return Selector.nothing
  let known = parsed.get(selector)
  if (!known) {
    known = selectorOf(selector)
    parsed.set(selector, known)
  }
  return known
}

/** The selector of a plain set of labels, as a Service or ReplicationController has. */
export function selectorOfLabels(labels: Labels | undefined): Selector {
  const entries = Object.entries(labels ?? {})
  if (entries.length === 0) return Selector.everything
  return new Selector(entries.map(([key, value]): Requirement => ({ key, operator: '=', values: [value] })).sort(byKey))
}

/** The text of a LabelSelector object as `kubectl` and the scale subresource show it: `a=b,c in (d,e),!f`. */
export function formatLabelSelector(selector: Readonly<LabelSelector> | undefined): string {
  if (selector === undefined) return '<none>'
  let text: string
  try {
    text = scaleSelector(selector)
  } catch {
    return '<error>'
  }
  return text === '' ? '<none>' : text
}

/** As in `status.selector` of a Scale: matchLabels as `a=b`, the empty string for everything. */
export function scaleSelector(selector: Readonly<LabelSelector> | undefined): string {
  const { requirements } = selectorOf(selector)
  const labels = selector?.matchLabels ?? {}
  return requirements
    .map((r) =>
      r.operator === 'in' && r.values.length === 1 && labels[r.key] === r.values[0]
        ? `${r.key}=${r.values[0]}`
        : formatRequirement(r),
    )
    .join(',')
}
