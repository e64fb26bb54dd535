// What a connection is asked for, in the form in which admission sees it: upstream's options, made from the query.

import type { ApiObject } from '#api/kind.ts'
import type { KindCall } from '../call.ts'
import { isTrue } from '../options.ts'

type Options = Readonly<Record<string, unknown>>

const flags = (query: URLSearchParams, names: readonly string[]): Options =>
  Object.fromEntries(names.filter((name) => isTrue(query.get(name))).map((name) => [name, true]))

const container = (query: URLSearchParams): Options => {
  const name = query.get('container')
  return name ? { container: name } : {}
}

const streams = ['stdin', 'stdout', 'stderr', 'tty']

interface Connection {
  readonly kind: string
  readonly read: (query: URLSearchParams, rest: string) => Options
}

const proxied = (kind: string): Connection => ({
  kind,
  read: (_query, rest) => (rest.length > 1 ? { path: rest.slice(1) } : {}),
})

const connections: Readonly<Record<string, Connection>> = {
  'pods/exec': {
    kind: 'PodExecOptions',
    read: (query) => ({ ...flags(query, streams), ...container(query), command: query.getAll('command') }),
  },
  'pods/attach': {
    kind: 'PodAttachOptions',
    read: (query) => ({ ...flags(query, streams), ...container(query) }),
  },
  'pods/portforward': {
    kind: 'PodPortForwardOptions',
    read: (query) => {
      const ports = query
        .getAll('ports')
        .flatMap((text) => text.split(',').map(Number))
        .filter(Number.isInteger)
      return ports.length > 0 ? { ports } : {}
    },
  },
  'pods/proxy': proxied('PodProxyOptions'),
  'services/proxy': proxied('ServiceProxyOptions'),
  'nodes/proxy': proxied('NodeProxyOptions'),
}

/** Undefined for what only reads, as a log. */
export function connectOptions(path: string, { info, request }: KindCall): ApiObject | undefined {
  const connection = connections[path]
  if (!connection) return undefined
  const { kind, read } = connection
  return { kind, apiVersion: 'v1', ...read(request.query, info.rest) } as unknown as ApiObject
}
