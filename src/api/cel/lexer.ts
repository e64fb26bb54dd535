// Text to tokens: numbers, strings of every kind with their escapes, operators, comments. Linear in the text.

import { SyntaxProblem } from './ast.ts'
import { maxInt, maxUint, minInt, Uint, type Value } from './values.ts'

export interface Token {
  readonly kind: 'ident' | 'quotedIdent' | 'literal' | 'number' | 'operator' | 'end'
  readonly text: string
  readonly at: number
  readonly value?: Value
}

const space = /(?:[ \t\r\n\f]|\/\/[^\n]*)+/y
const ident = /[A-Za-z_][A-Za-z0-9_]*/y
const quotedIdent = /`([A-Za-z0-9_.\-/ ]+)`/y
const float = /(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)/y
const integer = /(?:0x[0-9a-fA-F]+|[0-9]+)([uU])?/y
const operator = /(?:&&|\|\||[=!<>]=|[-+*/%<>!?:.,()[\]{}=])/y
const stringStart = /(?:[rR][bB]?|[bB][rR]?)?(?:"""|'''|"|')/y

export function tokens(source: string): readonly Token[] {
  const found: Token[] = []
  let at = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(source)
  }
  while (true) {
    at += match(space)?.[0].length ?? 0
    if (at >= source.length) break
    const token = next(source, at, match)
    found.push(token)
    at += token.text.length
  }
  found.push({ kind: 'end', text: '<EOF>', at: source.length })
  return found
}

function next(source: string, at: number, match: (pattern: RegExp) => RegExpExecArray | null): Token {
  const opening = match(stringStart)
  if (opening) return stringToken(source, at, opening[0])
  const name = match(ident)
  if (name) return { kind: 'ident', text: name[0], at }
  const decimal = match(float)
  if (decimal) return { kind: 'number', text: decimal[0], at, value: Number(decimal[0]) }
  const whole = match(integer)
  if (whole) return { kind: 'number', text: whole[0], at }
  const sign = match(operator)
  if (sign) return { kind: 'operator', text: sign[0], at }
  const quoted = match(quotedIdent)
  if (quoted) return { kind: 'quotedIdent', text: quoted[0], at }
  const char = String.fromCodePoint(source.codePointAt(at) as number)
  throw new SyntaxProblem(at, `Syntax error: token recognition error at: '${char}'`)
}

/** The value of a number's token; a minus before it belongs to it, since the least int has no positive. */
export function numberValue(token: Token, negative: boolean): Value {
  if (token.value !== undefined) return negative ? -(token.value as number) : token.value
  const unsigned = /[uU]$/.test(token.text)
  const magnitude = BigInt(unsigned ? token.text.slice(0, -1) : token.text)
  if (unsigned) {
    if (negative || magnitude > maxUint) throw new SyntaxProblem(token.at, 'invalid uint literal')
    return new Uint(magnitude)
  }
  const value = negative ? -magnitude : magnitude
  if (value > maxInt || value < minInt) throw new SyntaxProblem(token.at, 'invalid int literal')
  return value
}

function stringToken(source: string, at: number, opening: string): Token {
  const quote = opening.endsWith('"""') ? '"""' : opening.endsWith("'''") ? "'''" : opening.slice(-1)
  const prefix = opening.slice(0, opening.length - quote.length).toLowerCase()
  const raw = prefix.includes('r')
  const start = at + opening.length
  let end = start
  while (!source.startsWith(quote, end)) {
    const newline = quote.length === 1 && (source[end] === '\n' || source[end] === '\r')
    if (end >= source.length || newline) {
      const rest = source.slice(at, Math.min(end + 1, source.length))
      throw new SyntaxProblem(at, `Syntax error: token recognition error at: '${rest.replaceAll('\n', '\\n')}'`)
    }
    end += !raw && source[end] === '\\' ? 2 : 1
  }
  const body = source.slice(start, end)
  const text = source.slice(at, end + quote.length)
  if (prefix.includes('b')) {
    return { kind: 'literal', text, at, value: raw ? new TextEncoder().encode(body) : unescapeBytes(body, at, text) }
  }
  return { kind: 'literal', text, at, value: raw ? body : unescapeText(body, at, text) }
}

const escape =
  /\\(?:([abfnrtv\\'"`?])|x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]?))/gu
const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

function unescapeText(body: string, at: number, text: string): string {
  if (!body.includes('\\')) return body
  return body.replace(escape, (_, char, x, bigX, u, bigU, octal) => {
    if (char !== undefined) return simple[char] ?? char
    const hex = x ?? bigX ?? u ?? bigU
    const code = hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : -1
    if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw badEscape(at, text)
    return String.fromCodePoint(code)
  })
}

const badEscape = (at: number, text: string): SyntaxProblem =>
  new SyntaxProblem(at, `Syntax error: token recognition error at: '${text}'`)

function unescapeBytes(body: string, at: number, text: string): Uint8Array {
  const encoder = new TextEncoder()
  const bytes: number[] = []
  let last = 0
  for (const found of body.matchAll(escape)) {
    bytes.push(...encoder.encode(body.slice(last, found.index)))
    const [whole, char, x, bigX, , , octal] = found
    if (char !== undefined) bytes.push((simple[char] ?? char).charCodeAt(0))
    else if (x !== undefined || bigX !== undefined) bytes.push(Number.parseInt((x ?? bigX) as string, 16))
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else throw badEscape(at, text)
    last = found.index + whole.length
  }
  const rest = encoder.encode(body.slice(last))
  const made = new Uint8Array(bytes.length + rest.length)
  made.set(bytes)
  made.set(rest, bytes.length)
  return made
}
