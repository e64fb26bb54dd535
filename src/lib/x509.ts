// The parts of X.509 certificates (RFC 5280) and of requests for them: names, alternative names, what a key may be used
// for. Written from values, and read back from requests, whose senders are not trusted: what is not understood throws.

import { isIPv4, isIPv6 } from 'node:net'
import { der, derBits, derObjectId, derTrue, type Element, elements, numbered, sequence, tags } from './der.ts'

export interface Subject {
  readonly commonName: string
  readonly organizations?: readonly string[]
}

export interface AlternativeNames {
  readonly dnsNames?: readonly string[]
  readonly ips?: readonly string[]
  readonly emails?: readonly string[]
  readonly uris?: readonly string[]
}

export type KeyUsage =
  | 'digital signature'
  | 'key encipherment'
  /** Signs certificates. */
  | 'cert sign'
  | 'crl sign'

export type ExtendedKeyUsage = 'client' | 'server'

const commonNameId = derObjectId('2.5.4.3')
const organizationId = derObjectId('2.5.4.10')
const extensionRequestId = derObjectId('1.2.840.113549.1.9.14')
const alternativeNamesId = derObjectId('2.5.29.17')

const namePart = (id: Buffer, text: string): Buffer =>
  der(tags.set, sequence(id, der(tags.utf8String, Buffer.from(text))))

export const subjectName = ({ commonName, organizations = [] }: Subject): Buffer =>
  sequence(...organizations.map((each) => namePart(organizationId, each)), namePart(commonNameId, commonName))

/** Kinds of alternative names, by their numbers. */
const email = numbered(1)
const dnsName = numbered(2)
const uri = numbered(6)
const ipAddress = numbered(7)

function ipBytes(ip: string): Buffer {
  if (isIPv4(ip)) return Buffer.from(ip.split('.').map(Number))
  if (!isIPv6(ip)) throw new TypeError(`"${ip}" is no IP address`)
  // In its shortest form, without dots.
  const [head = '', tail] = new URL(`http://[${ip}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

function ipText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) throw new Error(`An IP address has ${bytes.length} bytes`)
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

export const extension = (id: string | Buffer, value: Buffer, isCritical = false): Buffer =>
  sequence(
    typeof id === 'string' ? derObjectId(id) : id,
    ...(isCritical ? [derTrue] : []),
    der(tags.octetString, value),
  )

/** The extension, or nothing where there are no names. */
export function alternativeNames({ dnsNames = [], ips = [], emails = [], uris = [] }: AlternativeNames): Buffer[] {
  const names = [
    ...emails.map((text) => der(email, Buffer.from(text))),
    ...dnsNames.map((text) => der(dnsName, Buffer.from(text))),
    ...ips.map((ip) => der(ipAddress, ipBytes(ip))),
    ...uris.map((text) => der(uri, Buffer.from(text))),
  ]
  return names.length > 0 ? [extension(alternativeNamesId, sequence(...names))] : []
}

export const basicConstraints = (isAuthority: boolean): Buffer =>
  extension('2.5.29.19', isAuthority ? sequence(derTrue) : sequence(), true)

/** By their places, counted from the first bit. */
const usageBits = { 'digital signature': 0, 'key encipherment': 2, 'cert sign': 5, 'crl sign': 6 } as const

/** The extension, or nothing where the key may do nothing of this. */
export function keyUsage(usages: readonly KeyUsage[]): Buffer[] {
  if (usages.length === 0) return []
  const places: number[] = usages.map((usage) => usageBits[usage])
  const byte = places.reduce((all, place) => all | (0x80 >> place), 0)
  return [extension('2.5.29.15', derBits(Buffer.from([byte]), 7 - Math.max(...places)), true)]
}

const extendedUsageIds = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const

export const extendedKeyUsage = (usages: readonly ExtendedKeyUsage[]): Buffer =>
  extension('2.5.29.37', sequence(...usages.map((usage) => derObjectId(extendedUsageIds[usage]))))

export const subjectKeyId = (id: Buffer): Buffer => extension('2.5.29.14', der(tags.octetString, id))
export const authorityKeyId = (id: Buffer): Buffer => extension('2.5.29.35', sequence(der(numbered(0), id)))

/** A request's attribute that asks for these extensions. */
export const extensionRequest = (extensions: readonly Buffer[]): Buffer =>
  sequence(extensionRequestId, der(tags.set, sequence(...extensions)))

function asciiOf(content: Buffer): string {
  if (content.some((byte) => byte > 0x7f)) throw new Error('A text of ASCII has other bytes')
  return content.toString('latin1')
}

const textOf = ({ tag, content }: Element): string => {
  switch (tag) {
    case tags.utf8String:
      return new TextDecoder('utf-8', { fatal: true }).decode(content)
    // PrintableString, IA5String
    case 0x13:
    case 0x16:
      return asciiOf(content)
    // TeletexString, as everybody writes and reads it.
    case 0x14:
      return content.toString('latin1')
    // BMPString
    case 0x1e:
      return new TextDecoder('utf-16be', { fatal: true }).decode(content)
    default:
      throw new Error(`A name has the unknown type ${tag}`)
  }
}

/** The content, if the element is there and is of this type. */
function contentOf(element: Element | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw new Error('An element is missing or has another type')
  return element.content
}

/** As upstream reads it: of several common names the last one counts. */
export function parseSubject(parts: Buffer): { commonName: string; organizations: string[] } {
  const pairs = elements(parts).flatMap((part) =>
    elements(contentOf(part, tags.set)).map((pair) => elements(contentOf(pair, tags.sequence))),
  )
  const textsOf = (wanted: Buffer): string[] =>
    pairs.flatMap(([id, value]) => (value && id?.whole.equals(wanted) ? [textOf(value)] : []))
  return { commonName: textsOf(commonNameId).at(-1) ?? '', organizations: textsOf(organizationId) }
}

/** The alternative names that a request's attributes ask for. */
export function parseRequestedNames(attributes: Buffer): Required<AlternativeNames> {
  const names = elements(attributes)
    .map((attribute) => elements(contentOf(attribute, tags.sequence)))
    .filter(([id]) => id?.whole.equals(extensionRequestId))
    .flatMap(([, values]) => elements(contentOf(values, tags.set)))
    .flatMap((extensions) => elements(contentOf(extensions, tags.sequence)))
    .map((each) => elements(contentOf(each, tags.sequence)))
    .filter(([id]) => id?.whole.equals(alternativeNamesId))
    .flatMap((parts) => elements(contentOf(parts.at(-1), tags.octetString)))
    .flatMap((all) => elements(contentOf(all, tags.sequence)))
  const contents = (tag: number): Buffer[] => names.filter((name) => name.tag === tag).map(({ content }) => content)
  const texts = (tag: number): string[] => contents(tag).map(asciiOf)
  return { dnsNames: texts(dnsName), ips: contents(ipAddress).map(ipText), emails: texts(email), uris: texts(uri) }
}
