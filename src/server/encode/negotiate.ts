// Which form of an answer a client wants, from its Accept header: the first that can be given, in order of q.

import { StatusError } from '#api/status-error.ts'
import { Lru } from '#lib/lru.ts'

export type Media = 'json' | 'yaml' | 'protobuf'
export type As = 'object' | 'table' | 'partial'

export interface Format {
  readonly media: Media
  readonly as: As
  /** Of meta.k8s.io, where `as` is not `object`. */
  readonly version: string
}

interface Clause {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly quality: number
}

const parsed = new Lru<string, readonly Clause[]>({ maxEntries: 256 })

/** The clauses of an Accept header, best first. */
export function parseAccept(header: string): readonly Clause[] {
  const known = parsed.get(header)
  if (known) return known
  const clauses = header.split(',').flatMap((text) => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim())
    if (type === '') return []
    const parameters: Record<string, string> = {}
    for (const part of rest) {
      const at = part.indexOf('=')
      if (at > 0) parameters[part.slice(0, at).trim()] = part.slice(at + 1).trim()
    }
    const quality = parameters.q === undefined ? 1 : Number(parameters.q) || 0
    return [{ type: type.toLowerCase(), parameters, quality }]
  })
  const ordered = clauses.filter((c) => c.quality > 0).sort((a, b) => b.quality - a.quality)
  parsed.set(header, ordered)
  return ordered
}

const mediaOf: Readonly<Record<string, Media>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
}

const notAcceptable = (accepted: readonly string[]): StatusError =>
  new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)

const plainJson: Format = { media: 'json', as: 'object', version: 'v1' }

/** `available` says which media there are encoders for, `plain` that it is no table and has no metadata. */
export function negotiate(header: string | undefined, available: ReadonlySet<Media>, plain = false): Format {
  if (header === undefined || header === '' || header === 'application/json' || header === '*/*') return plainJson
  for (const { type, parameters } of parseAccept(header)) {
    const media = mediaOf[type]
    if (media === undefined || !available.has(media)) continue
    if (parameters.stream !== undefined && parameters.stream !== 'watch') continue
    if (parameters.as === undefined) return media === 'json' ? plainJson : { media, as: 'object', version: 'v1' }
    if (plain || parameters.g !== 'meta.k8s.io') continue
    const version = parameters.v ?? ''
    if (version !== 'v1' && version !== 'v1beta1') continue
    if (parameters.as === 'Table') {
      if (media !== 'protobuf') return { media, as: 'table', version }
    } else if (parameters.as === 'PartialObjectMetadata' || parameters.as === 'PartialObjectMetadataList') {
      if (media !== 'protobuf') return { media, as: 'partial', version }
    }
  }
  throw notAcceptable(Object.keys(mediaOf).filter((type) => !type.includes('*') && available.has(mediaOf[type]!)))
}
