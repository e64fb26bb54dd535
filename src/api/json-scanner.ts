// A strict walk over JSON text for the two questions that JSON.parse does not answer: which keys stand twice in
// one object, and what Go's decoder would say of broken text. It runs only when there is something to find.

/** What it throws at broken text, with Go's sentence. */
export class JsonSyntaxError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'JsonSyntaxError'
  }
}

export const maxDepth = 1000

/** `duplicate field "spec.containers[0].name"` for each key that stands twice. Throws a JsonSyntaxError. */
export function scanJson(text: string): string[] {
  return new Scanner(text).run()
}

type Step = string | number

class Scanner {
  readonly #text: string
  #at = 0
  readonly #path: Step[] = []
  readonly #duplicates = new Set<string>()

  constructor(text: string) {
    this.#text = text
  }

  run(): string[] {
    this.#value('looking for beginning of value')
    this.#space()
    if (this.#at < this.#text.length) this.#bad('after top-level value')
    return [...this.#duplicates]
  }

  #bad(where: string): never {
    const point = this.#text.codePointAt(this.#at)
    if (point === undefined) throw new JsonSyntaxError('unexpected end of JSON input')
    throw new JsonSyntaxError(`invalid character ${quoteCharacter(point)} ${where}`)
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++
  }

  #value(where: string): void {
    if (this.#path.length > maxDepth) throw new JsonSyntaxError('exceeded max depth')
    this.#space()
    const char = this.#text[this.#at] ?? ''
    if (char === '{') this.#object()
    else if (char === '[') this.#array()
    else if (char === '"') this.#string()
    else if (char === 't') this.#literal('true')
    else if (char === 'f') this.#literal('false')
    else if (char === 'n') this.#literal('null')
    else if (char === '-' || isDigit(char)) this.#number()
    else this.#bad(where)
  }

  #object(): void {
    this.#at++
    const keys = new Set<string>()
    this.#space()
    if (this.#text[this.#at] === '}') {
      this.#at++
      return
    }
    for (;;) {
      this.#space()
      if (this.#text[this.#at] !== '"') this.#bad('looking for beginning of object key string')
      const key = this.#string()
      this.#path.push(key)
      if (keys.has(key)) this.#duplicate()
      keys.add(key)
      this.#space()
      if (this.#text[this.#at] !== ':') this.#bad('after object key')
      this.#at++
      this.#value('looking for beginning of value')
      this.#path.pop()
      this.#space()
      const char = this.#text[this.#at]
      if (char !== ',' && char !== '}') this.#bad('after object key:value pair')
      this.#at++
      if (char === '}') return
    }
  }

  #array(): void {
    this.#at++
    this.#space()
    if (this.#text[this.#at] === ']') {
      this.#at++
      return
    }
    for (let i = 0; ; i++) {
      this.#path.push(i)
      this.#value('looking for beginning of value')
      this.#path.pop()
      this.#space()
      const char = this.#text[this.#at]
      if (char !== ',' && char !== ']') this.#bad('after array element')
      this.#at++
      if (char === ']') return
    }
  }

  #string(): string {
    const start = this.#at++
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === 34) break
      if (!(code >= 32)) this.#bad('in string literal')
      this.#at++
      if (code === 92) this.#escape()
    }
    this.#at++
    return JSON.parse(this.#text.slice(start, this.#at)) as string
  }

  #escape(): void {
    const char = this.#text[this.#at] ?? ''
    if (char === '' || !'"\\/bfnrtu'.includes(char)) this.#bad('in string escape code')
    this.#at++
    if (char !== 'u') return
    for (let i = 0; i < 4; i++, this.#at++) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) this.#bad('in \\u hexadecimal character escape')
    }
  }

  #literal(word: string): void {
    for (let i = 0; i < word.length; i++, this.#at++) {
      if (this.#text[this.#at] !== word[i])
        this.#bad(`in literal ${word} (expecting ${quoteCharacter(word.charCodeAt(i))})`)
    }
  }

  #number(): void {
    if (this.#text[this.#at] === '-') this.#at++
    if (this.#text[this.#at] === '0') this.#at++
    else this.#digits('in numeric literal')
    if (this.#text[this.#at] === '.') {
      this.#at++
      this.#digits('after decimal point in numeric literal')
    }
    if (this.#text[this.#at] === 'e' || this.#text[this.#at] === 'E') {
      this.#at++
      if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++
      this.#digits('in exponent of numeric literal')
    }
  }

  #digits(where: string): void {
    if (!isDigit(this.#text[this.#at] ?? '')) this.#bad(where)
    while (isDigit(this.#text[this.#at] ?? '')) this.#at++
  }

  #duplicate(): void {
    let at = ''
    for (const step of this.#path) at += typeof step === 'number' ? `[${step}]` : `${at === '' ? '' : '.'}${step}`
    this.#duplicates.add(`duplicate field ${JSON.stringify(at)}`)
  }
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9'

/** As Go quotes one in its error. */
function quoteCharacter(point: number): string {
  if (point === 39) return String.raw`'\''`
  if (point === 34) return `'"'`
  const text = JSON.stringify(String.fromCodePoint(point)).slice(1, -1)
  return `'${text.replace(/^\\u00/, '\\x')}'`
}
