// Which form of an answer a client wants, from its Accept header: the first that can be given, in order of q.

import { StatusError } from '#api/status-error.ts'
import { own } from '#lib/json.ts'
import { Lru } from '#lib/lru.ts'

export type Media = 'json' | 'yaml' | 'protobuf'
export type As = 'object' | 'table' | 'partial' | 'partialList'

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

const mediaOf: Readonly<Record<string, Media | undefined>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
}

/** Of what is no object of a kind, as a Status: whatever the client takes, and JSON where it takes nothing. */
export function mediaFor(header: string | undefined): Media {
  if (header === undefined || header === '' || header === 'application/json' || header === '*/*') return 'json'
  for (const { type } of parseAccept(header)) {
    const media = own(mediaOf, type)
    if (media !== undefined) return media
  }
  return 'json'
}

export const notAcceptable = (text: string): StatusError => new StatusError(406, 'NotAcceptable', text)

const onlyAccepted = (accepted: readonly string[]): StatusError =>
  notAcceptable(`only the following media types are accepted: ${accepted.join(', ')}`)

const plainJson: Format = { media: 'json', as: 'object', version: 'v1' }

export interface Offer {
  /** Objects themselves have a form in protobuf; metadata always has. */
  readonly protobuf: boolean
  /** It is no table and has no metadata. */
  readonly plain?: boolean
  /** One object, a list, or a stream of events, which cannot be YAML. */
  readonly shape?: 'object' | 'list' | 'watch' | undefined
}

/** The form of the first clause that can be had. */
export function negotiate(header: string | undefined, offer: Offer): Format {
  if (header === undefined || header === '' || header === 'application/json' || header === '*/*') return plainJson
  for (const clause of parseAccept(header)) {
    const format = formatOf(clause, offer)
    if (format) return format
  }
  const offered = offeredTypes(offer)
  throw onlyAccepted(offer.shape === 'watch' ? offered.map((type) => `${type};stream=watch`) : offered)
}

const offeredTypes = ({ protobuf, shape }: Offer): readonly string[] => [
  'application/json',
  ...(shape === 'watch' ? [] : ['application/yaml']),
  ...(protobuf ? ['application/vnd.kubernetes.protobuf'] : []),
]

function formatOf({ type, parameters }: Clause, offer: Offer): Format | undefined {
  const media = own(mediaOf, type)
  if (media === undefined || (media === 'yaml' && offer.shape === 'watch')) return undefined
  if (parameters.stream !== undefined && parameters.stream !== 'watch') return undefined
  if (parameters.as === undefined) {
    if (media === 'json') return plainJson
    return media === 'protobuf' && !offer.protobuf ? undefined : { media, as: 'object', version: 'v1' }
  }
  if (offer.plain || parameters.g !== 'meta.k8s.io') return undefined
  const version = parameters.v ?? ''
  if (version !== 'v1' && version !== 'v1beta1') return undefined
  switch (parameters.as) {
    case 'Table':
      return media === 'protobuf' ? undefined : { media, as: 'table', version }
    case 'PartialObjectMetadata':
      return { media, as: 'partial', version }
    case 'PartialObjectMetadataList':
      return { media, as: 'partialList', version }
    default:
      return undefined
  }
}
