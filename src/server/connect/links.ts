// What comes through a proxy and leads back to the server behind it is made to lead through the proxy again: the place
// of a redirect, and the links of a page. The same elements and attributes as upstream's.
//
// Guarantees: everything else of a page stays as it is, byte for byte; of a page no more is held at once than one tag,
// and a tag that is too long to be held stays as it is too.

export interface ProxyPlace {
  /** The path that leads to the root of the server behind. */
  readonly prefix: string
  /** How the server behind calls itself: a link to it is a link to its paths. */
  readonly behind: string
  /** How the client calls the server in front. */
  readonly front: string
}

const parts = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?/i

/** A link of the server behind, as the client has to follow it. Those that lead elsewhere, and those that are relative,
 *  stay as they are. */
export function throughProxy(link: string, { prefix, behind, front }: ProxyPlace): string {
  const [origin = '', scheme, host = ''] = parts.exec(link) ?? []
  if (scheme !== undefined && host === '') return link
  if (host !== '' && host !== behind && host !== front) return link
  const path = link.slice(origin.length)
  if (!path.startsWith('/')) return link
  const start = host !== '' && host === front ? origin : ''
  return path.startsWith(prefix) ? start + path : start + prefix + path
}

/** Attributes that are links, by element. */
const links: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['formaction', 'src', 'usemap'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
}

/** What stands in these is text up to their end, whatever it looks like. */
const textElements: ReadonlySet<string> = new Set([
  'iframe',
  'noembed',
  'noframes',
  'script',
  'style',
  'textarea',
  'title',
  'xmp',
])

const longestTag = 16 * 1024

interface Tag {
  /** Behind its `>`. */
  readonly end: number
  readonly name: string
  readonly values: readonly { readonly attribute: string; readonly start: number; readonly end: number }[]
}

/** The tag that begins here; undefined: it has not ended yet. */
function tagAt(text: string, start: number): Tag | undefined {
  const until = (from: number, stops: RegExp): number => {
    let at = from
    while (at < text.length && !stops.test(text[at]!)) at++
    return at
  }
  const values: Tag['values'][number][] = []
  let at = until(start + 1, /[\s/>]/)
  const name = text.slice(start + 1, at).toLowerCase()
  while (at < text.length) {
    at = until(at, /[^\s/]/)
    if (text[at] === '>') return { end: at + 1, name, values }
    const nameStart = at
    at = until(at + 1, /[\s/>=]/)
    const attribute = text.slice(nameStart, at).toLowerCase()
    const behind = until(at, /\S/)
    if (text[behind] !== '=') continue
    at = until(behind + 1, /\S/)
    const quote = text[at]
    if (quote === '"' || quote === "'") {
      const end = text.indexOf(quote, at + 1)
      if (end < 0) return undefined
      values.push({ attribute, start: at + 1, end })
      at = end + 1
    } else {
      const end = until(at, /[\s>]/)
      values.push({ attribute, start: at, end })
      at = end
    }
  }
  return undefined
}

/** Takes a page in pieces, and gives it back in pieces, with its links changed by `change`. A character is a byte. */
export class LinkWriter {
  readonly #change: (link: string) => string
  #rest = ''
  #isInTag = false
  /** What ends the text in which no tag is looked for. */
  #textEnd: RegExp | undefined

  constructor(change: (link: string) => string) {
    this.#change = change
  }

  write(piece: string): string {
    // What has not ended is not looked at again before it may have.
    if (this.#isInTag && this.#rest.length < longestTag && !piece.includes('>')) {
      this.#rest += piece
      return ''
    }
    this.#isInTag = false
    const text = this.#rest + piece
    let written = ''
    let at = 0
    while (at < text.length) {
      const next = this.#textEnd ? this.#skipped(text, at) : this.#tag(text, at)
      if (next === undefined) break
      written += next.written
      at = next.end
    }
    this.#rest = text.slice(at)
    return written
  }

  end(): string {
    const rest = this.#rest
    this.#rest = ''
    return rest
  }

  /** Up to what ends the text, or as far as that has surely not begun. */
  #skipped(text: string, at: number): { written: string; end: number } | undefined {
    const end = this.#textEnd!
    end.lastIndex = at
    const found = end.exec(text)
    if (found) this.#textEnd = undefined
    // No end is longer than the one of a comment or of the longest element.
    const to = found ? found.index + (found[0].startsWith('<') ? 0 : found[0].length) : text.length - 12
    return to > at || found ? { written: text.slice(at, to), end: to } : undefined
  }

  #tag(text: string, at: number): { written: string; end: number } | undefined {
    const start = text.indexOf('<', at)
    if (start < 0) return { written: text.slice(at), end: text.length }
    if (start > at) return { written: text.slice(at, start), end: start }
    if (start + 4 > text.length && !/^<[^!]/.test(text.slice(start))) return undefined
    const asIs = (end: number) => ({ written: text.slice(start, end), end })
    if (text.startsWith('<!--', start)) {
      this.#textEnd = /-->/g
      return asIs(start + 4)
    }
    if (!/[a-z]/i.test(text[start + 1]!)) return asIs(start + 1)
    const tag = tagAt(text, start)
    this.#isInTag = tag === undefined && text.length - start <= longestTag
    if (!tag) return this.#isInTag ? undefined : asIs(start + 1)
    if (textElements.has(tag.name)) this.#textEnd = new RegExp(`</${tag.name}(?=[\\s/>])`, 'gi')
    return { written: this.#changed(text, start, tag), end: tag.end }
  }

  #changed(text: string, start: number, { name, values, end }: Tag): string {
    const attributes = Object.hasOwn(links, name) ? links[name]! : []
    let written = ''
    let at = start
    for (const value of values) {
      if (!attributes.includes(value.attribute)) continue
      written += text.slice(at, value.start) + this.#change(text.slice(value.start, value.end))
      at = value.end
    }
    return written + text.slice(at, end)
  }
}

/** A page as it arrives, with its links changed. */
export async function* changedLinks(
  page: AsyncIterable<Uint8Array>,
  change: (link: string) => string,
): AsyncGenerator<Buffer> {
  const writer = new LinkWriter(change)
  for await (const piece of page) {
    const written = writer.write(Buffer.from(piece).toString('latin1'))
    if (written !== '') yield Buffer.from(written, 'latin1')
  }
  const rest = writer.end()
  if (rest !== '') yield Buffer.from(rest, 'latin1')
}
