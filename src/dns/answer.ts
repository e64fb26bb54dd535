// What the cluster's zone says to a question, as Kubernetes' DNS specification 1.1 has it. Pure: a question and
// the names of the cluster in, records out.

import { isIPv4, isIPv6 } from 'node:net'

export interface Question {
  readonly name: string
  readonly type: string
}

export interface ResourceRecord {
  readonly name: string
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT'
  readonly ttl: number
  readonly data: unknown
}

export interface Answer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN'
  readonly answers: readonly ResourceRecord[]
  readonly authorities: readonly ResourceRecord[]
  readonly additionals: readonly ResourceRecord[]
  /** The answers end with an alias to this name; whoever asked for addresses wants those of the name too. */
  readonly alias?: string
}

export interface NamedPort {
  readonly name: string
  /** In small letters. */
  readonly protocol: string
  readonly port: number
}

export interface NamedEndpoint {
  /** The pod's hostname, or one made from its address. */
  readonly host: string
  readonly address: string
  readonly ports: readonly NamedPort[]
}

export interface NamedService {
  /** The cluster addresses; none where the service is headless or only an alias. */
  readonly addresses: readonly string[]
  readonly headless: boolean
  readonly externalName?: string | undefined
  readonly ports: readonly NamedPort[]
  readonly endpoints: readonly NamedEndpoint[]
}

/** The names of a cluster. All arguments are in small letters. */
export interface Names {
  service(namespace: string, name: string): NamedService | undefined
  hasNamespace(namespace: string): boolean
  /** The names of an address, without the zone, as in `web.default.svc`. */
  namesOf(address: string): readonly string[]
}

export const ttlSeconds = 5
const versionOfSpecification = '1.1.0'

/** Undefined where the question is not the cluster's to answer. `zone` is as in `cluster.local`. */
export function answer({ name, type }: Question, names: Names, zone: string): Answer | undefined {
  const lower = name.toLowerCase().replace(/\.$/, '')
  const reversed = addressOfReverse(lower)
  if (reversed !== undefined) return reverse(name, type, names.namesOf(reversed), zone)
  if (lower === zone) return apex(name, type, zone)
  if (!lower.endsWith(`.${zone}`)) return undefined
  const labels = lower.slice(0, -zone.length - 1).split('.')
  const found = look(labels, name, names, zone)
  if (found === undefined) return { ...nothing, rcode: 'NXDOMAIN', authorities: [soa(zone)] }
  if (found.alias !== undefined) {
    const aliases = [{ name, type: 'CNAME', ttl: ttlSeconds, data: found.alias }] as const
    return { ...nothing, answers: aliases, ...(type === 'CNAME' ? {} : { alias: found.alias }) }
  }
  const answers = found.records.filter((record) => record.type === type || type === 'ANY')
  if (answers.length === 0) return noData(zone)
  return { ...nothing, answers, additionals: type === 'SRV' ? (found.additionals ?? []) : [] }
}

const nothing: Answer = { rcode: 'NOERROR', answers: [], authorities: [], additionals: [] }

const noData = (zone: string): Answer => ({ ...nothing, authorities: [soa(zone)] })

const soa = (zone: string): ResourceRecord => ({
  name: zone,
  type: 'SOA',
  ttl: ttlSeconds,
  data: {
    mname: `ns.dns.${zone}`,
    rname: `hostmaster.${zone}`,
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttlSeconds,
  },
})

function apex(name: string, type: string, zone: string): Answer {
  if (type === 'SOA') return { ...nothing, answers: [{ ...soa(zone), name }] }
  if (type === 'NS') return { ...nothing, answers: [{ name, type: 'NS', ttl: ttlSeconds, data: `ns.dns.${zone}` }] }
  return noData(zone)
}

/** What is at a name; no records at all still means that the name exists. */
interface Found {
  readonly records: readonly ResourceRecord[]
  readonly additionals?: readonly ResourceRecord[]
  readonly alias?: string
}

const exists: Found = { records: [] }

function look(labels: readonly string[], name: string, names: Names, zone: string): Found | undefined {
  switch (labels.at(-1)) {
    case 'dns-version':
      return labels.length > 1
        ? undefined
        : { records: [{ name, type: 'TXT', ttl: ttlSeconds, data: [versionOfSpecification] }] }
    case 'dns':
      return labels.length === 1 || (labels.length === 2 && labels[0] === 'ns') ? exists : undefined
    case 'pod':
      return lookPod(labels.slice(0, -1), name, names)
    case 'svc':
      return lookService(labels.slice(0, -1), name, names, zone)
    default:
      return undefined
  }
}

function lookPod(labels: readonly string[], name: string, names: Names): Found | undefined {
  if (labels.length === 0) return exists
  const namespace = labels.at(-1)!
  if (!names.hasNamespace(namespace) || labels.length > 2) return undefined
  if (labels.length === 1) return exists
  const [dashed = ''] = labels
  const address = [dashed.replaceAll('-', '.'), dashed.replaceAll('-', ':')].find((a) => isIPv4(a) || isIPv6(a))
  return address === undefined ? undefined : { records: [addressRecord(name, address)] }
}

function lookService(labels: readonly string[], name: string, names: Names, zone: string): Found | undefined {
  if (labels.length === 0) return exists
  const namespace = labels.at(-1)!
  if (labels.length === 1) return names.hasNamespace(namespace) ? exists : undefined
  const service = names.service(namespace, labels.at(-2)!)
  if (service === undefined) return undefined
  const own = `${labels.at(-2)}.${namespace}.svc.${zone}`
  if (service.externalName !== undefined)
    return labels.length === 2 ? { records: [], alias: service.externalName } : undefined
  const rest = labels.slice(0, -2)
  if (service.headless && service.endpoints.length === 0) return undefined
  if (rest.length === 0) return atService(service, name, own)
  const last = rest.at(-1)!
  if (!last.startsWith('_'))
    return rest.length > 1 ? undefined : found(service.endpoints.filter(({ host }) => host === last).map(at(name)))
  return atPort(service, rest, last.slice(1), name, own)
}

/** Undefined where there is nothing: the name does not exist. */
const found = (records: readonly ResourceRecord[]): Found | undefined => (records.length > 0 ? { records } : undefined)

const at =
  (name: string) =>
  ({ address }: NamedEndpoint): ResourceRecord =>
    addressRecord(name, address)

const addressRecord = (name: string, address: string): ResourceRecord => ({
  name,
  type: isIPv4(address) ? 'A' : 'AAAA',
  ttl: ttlSeconds,
  data: address,
})

function atService(service: NamedService, name: string, own: string): Found {
  const all = srvRecords(service, () => true, name, own)
  const addresses = service.headless ? service.endpoints.map(({ address }) => address) : service.addresses
  const unique = [...new Set(addresses)].map((address) => addressRecord(name, address))
  return { records: [...unique, ...all.records], additionals: all.additionals ?? [] }
}

/** `_port._protocol` before the service; `_protocol` alone exists but has no records. */
function atPort(
  service: NamedService,
  rest: readonly string[],
  protocol: string,
  name: string,
  own: string,
): Found | undefined {
  const matching = (port: NamedPort) => port.protocol === protocol && port.name !== ''
  if (rest.length === 1) return srvRecords(service, matching, name, own).records.length > 0 ? exists : undefined
  const [first = ''] = rest
  if (rest.length > 2 || !first.startsWith('_')) return undefined
  const srv = srvRecords(service, (port) => matching(port) && port.name === first.slice(1), name, own)
  return srv.records.length > 0 ? srv : undefined
}

function srvRecords(service: NamedService, wanted: (port: NamedPort) => boolean, name: string, own: string): Found {
  const srv = (target: string, port: number): ResourceRecord => ({
    name,
    type: 'SRV',
    ttl: ttlSeconds,
    data: { priority: 0, weight: 100, port, target },
  })
  if (!service.headless)
    return {
      records: service.ports.filter(wanted).map(({ port }) => srv(own, port)),
      additionals: service.addresses.map((address) => addressRecord(own, address)),
    }
  const endpoints = service.endpoints.filter(({ ports }) => ports.some(wanted))
  return {
    records: endpoints.flatMap(({ host, ports }) =>
      ports.filter(wanted).map(({ port }) => srv(`${host}.${own}`, port)),
    ),
    additionals: endpoints.map(({ host, address }) => addressRecord(`${host}.${own}`, address)),
  }
}

function reverse(name: string, type: string, targets: readonly string[], zone: string): Answer | undefined {
  if (targets.length === 0) return undefined
  if (type !== 'PTR' && type !== 'ANY') return noData(zone)
  const pointers = targets.map((target) => ({ name, type: 'PTR', ttl: ttlSeconds, data: `${target}.${zone}` }) as const)
  return { ...nothing, answers: pointers }
}

/** `1.2.0.192.in-addr.arpa` is 192.0.2.1; undefined for any other name. */
export function addressOfReverse(name: string): string | undefined {
  if (name.endsWith('.in-addr.arpa')) {
    const address = name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.')
    return isIPv4(address) ? address : undefined
  }
  if (!name.endsWith('.ip6.arpa')) return undefined
  const digits = name.slice(0, -'.ip6.arpa'.length).split('.').reverse()
  if (digits.length !== 32 || !digits.every((digit) => /^[0-9a-f]$/.test(digit))) return undefined
  return canonicalAddress(digits.join('').replace(/.{4}(?!$)/g, '$&:'))
}

/** One way of writing for each address, so that they can be compared as text. */
export const canonicalAddress = (address: string): string =>
  isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
