// Blocks of PEM in a text; whatever stands between them is passed over.

export interface PemBlock {
  readonly type: string
  readonly headers: boolean
  /** The whole block, without headers. */
  readonly text: string
  /** The base64 inside, without white space. */
  readonly body: string
}

const block = /-----BEGIN ([^\r\n-]+)-----\r?\n((?:[^\r\n:]+:[^\r\n]*\r?\n)*)\s*([A-Za-z0-9+/=\s]*)-----END \1-----/g

export const pemBlocks = (text: string): PemBlock[] =>
  [...text.matchAll(block)].map(([, type = '', headers = '', inside = '']) => {
    const body = inside.replaceAll(/\s/g, '')
    return { type, headers: headers !== '', body, text: `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n` }
  })
