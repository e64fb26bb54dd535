// JSONPath as definitions use it, for the columns of tables and for the places of numbers of replicas: `.spec.x`,
// `['a.b']`, `[0]`, `[-1]`, `[1:3]`, `[*]`, `..x`, and filters as `[?(@.type=="Ready")]`. Compiled once, and run on
// any object without failing.

import { isObject, own } from '#lib/json.ts'

type Step = (values: readonly unknown[]) => readonly unknown[]

/** Undefined where the path cannot be read. */
export function jsonPath(path: string): ((object: unknown) => readonly unknown[]) | undefined {
  const steps = parse(path)
  return steps && ((object) => steps.reduce<readonly unknown[]>((values, step) => step(values), [object]))
}

const token =
  /\.\.([\w-]+|\*)|\.((?:\\.|[^.[\]\\])+)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[(-?\d+)\]|\[(-?\d*):(-?\d*)\]|\[(\*)\]|\[\?\(([^\]]*)\)\]/y

function parse(path: string): readonly Step[] | undefined {
  const text = path.replace(/^\{(.*)\}$/s, '$1').replace(/^\$/, '')
  if (text === '.' || text === '') return text === '.' ? [] : undefined
  const source = /^[.[]/.test(text) ? text : `.${text}`
  const steps: Step[] = []
  let searches = 0
  for (let at = 0; at < source.length; ) {
    // Set anew each time: a filter has a path of its own.
    token.lastIndex = at
    const match = token.exec(source)
    if (!match) return undefined
    at += match[0].length
    const step = stepOf(match)
    // Each search at every depth multiplies what the one before has found: one is enough for anybody.
    if (!step || (match[1] !== undefined && ++searches > 1)) return undefined
    steps.push(step)
  }
  return steps
}

function stepOf(match: RegExpExecArray): Step | undefined {
  const [, deep, plain, single, double, index, from, to, all, filter] = match
  if (deep !== undefined) return (values) => values.flatMap((value) => descend(value, deep))
  if (plain === '*' || all !== undefined) return (values) => values.flatMap(children)
  const name = plain?.replace(/\\(.)/g, '$1') ?? (single ?? double)?.replace(/\\(.)/g, '$1')
  if (name !== undefined) return (values) => values.flatMap((value) => memberOf(value, name))
  if (index !== undefined) {
    const at = Number(index)
    return (values) => values.flatMap((value) => (Array.isArray(value) ? present(value.at(at)) : []))
  }
  if (from !== undefined) {
    const start = from === '' ? 0 : Number(from)
    const end = to === undefined || to === '' ? undefined : Number(to)
    return (values) => values.flatMap((value) => (Array.isArray(value) ? value.slice(start, end) : []))
  }
  return filter === undefined ? undefined : filterOf(filter)
}

const present = (value: unknown): readonly unknown[] => (value === undefined ? [] : [value])
const memberOf = (value: unknown, name: string): readonly unknown[] =>
  isObject(value) ? present(own(value, name)) : []

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}

function descend(value: unknown, name: string): readonly unknown[] {
  const here = name === '*' ? children(value) : memberOf(value, name)
  return [...here, ...children(value).flatMap((child) => descend(child, name))]
}

const comparison = /^\s*@((?:\.[\w-]+|\['[^']*'\])+)\s*(?:(==|!=|<=|>=|<|>)\s*(?:"([^"]*)"|'([^']*)'|([-\w.]+)))?\s*$/

function filterOf(text: string): Step | undefined {
  const match = comparison.exec(text)
  if (!match) return undefined
  const [, path = '', operator, double, single, plain] = match
  const left = jsonPath(path)
  if (!left) return undefined
  const right = double ?? single ?? literal(plain)
  const fits = (item: unknown): boolean => {
    const [value] = left(item)
    return operator === undefined ? value !== undefined : compare(value, operator, right)
  }
  return (values) => values.flatMap((value) => children(value).filter(fits))
}

const literal = (text: string | undefined): unknown =>
  text === 'true'
    ? true
    : text === 'false'
      ? false
      : text !== undefined && !Number.isNaN(Number(text))
        ? Number(text)
        : text

function compare(a: unknown, operator: string, b: unknown): boolean {
  switch (operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    default: {
      if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false
      const [x, y] = [a, b as typeof a]
      return operator === '<' ? x < y : operator === '>' ? x > y : operator === '<=' ? x <= y : x >= y
    }
  }
}
