// Where a server listens, by which of these addresses others reach it, and which addresses of its networks are its own.

import { networkInterfaces } from 'node:os'
import { UsageError } from '#cli/command.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

function parseAddress(text: string): Address {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  if (host === '' || Number(port) > 65535) throw new UsageError(`"${text}" is not of the form HOST:PORT`)
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

/** The nth address of a network, as in `10.96.0.0/16`. */
function addressIn(cidr: string, n: number): string {
  const [base = ''] = cidr.split('/')
  const bytes = base.split('.').map(Number)
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0) + n
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Of a server that listens on every address, the first that others can reach. */
function advertisedHost(host: string): string | undefined {
  if (host !== '0.0.0.0' && host !== '::') return host
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return own.find((address) => address.family === 'IPv4' && !address.internal)?.address
}

export interface ListeningOptions {
  readonly listen: readonly string[]
  readonly serviceCidr: string
}

export interface Listening {
  readonly addresses: readonly Address[]
  /** For a client on this machine. */
  readonly localUrl: string
  /** Where other machines reach the server; undefined: they do not. */
  readonly advertised: Address | undefined
  /** Of the Service `kubernetes`. */
  readonly serviceIp: string
  /** Of the cluster's DNS. */
  readonly dnsIp: string
}

export function listeningAt({ listen, serviceCidr }: ListeningOptions): Listening {
  const addresses = listen.map(parseAddress)
  const [first] = addresses
  if (!first) throw new UsageError('At least one --listen HOST:PORT is needed')
  const reach = addresses.find(({ host }) => !isLoopback(host))
  const host = reach && advertisedHost(reach.host)
  return {
    addresses,
    localUrl: urlOf({ ...first, host: first.host === '0.0.0.0' ? '127.0.0.1' : first.host }),
    advertised: host === undefined ? undefined : { host, port: reach!.port },
    serviceIp: addressIn(serviceCidr, 1),
    dnsIp: addressIn(serviceCidr, 10),
  }
}

export const urlOf = ({ host, port }: Address): string => `https://${host.includes(':') ? `[${host}]` : host}:${port}`
