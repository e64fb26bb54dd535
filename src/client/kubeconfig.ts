// kubeconfig files, as kubectl reads and writes them: one cluster, user and context under one name for each
// cluster of ours. Other entries of a user's file are left as they are, comments included.

import type { Document, YAMLMap, YAMLSeq } from 'yaml'
import { yamlLibrary } from '#api/yaml.ts'
import type { Credentials } from './http2-connection.ts'

export interface ClusterAccess {
  /** Of the cluster, user and context entries. */
  readonly name: string
  readonly server: string
  readonly authorityPem: string
  readonly certPem?: string | undefined
  readonly keyPem?: string | undefined
  readonly token?: string | undefined
}

const base64 = (pem: string): string => Buffer.from(pem).toString('base64')

const userOf = ({ certPem, keyPem, token }: ClusterAccess) => ({
  ...(certPem === undefined ? {} : { 'client-certificate-data': base64(certPem) }),
  ...(keyPem === undefined ? {} : { 'client-key-data': base64(keyPem) }),
  ...(token === undefined ? {} : { token }),
})

/** Which context was the current one before a cluster's own: written into the cluster's context, so that it is
 *  known, whoever takes the cluster out again. */
const previousContext = 'pinnace.dev/previous-context'

const entriesOf = (access: ClusterAccess, previous: string | undefined) => ({
  clusters: {
    name: access.name,
    cluster: { 'certificate-authority-data': base64(access.authorityPem), server: access.server },
  },
  users: { name: access.name, user: userOf(access) },
  contexts: {
    name: access.name,
    context: {
      cluster: access.name,
      user: access.name,
      ...(previous === undefined
        ? {}
        : { extensions: [{ name: previousContext, extension: { 'current-context': previous } }] }),
    },
  },
})

/** What needs no quotes: nothing that reads as another type, or as the beginning of one. */
const isPlain = (text: string): boolean =>
  /^[a-zA-Z][a-zA-Z0-9+/=.:@-]*$/.test(text) &&
  !text.endsWith(':') &&
  !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)

/** Nested mappings as YAML. Written out here, since a server writes such a file at every start, and the library is
 *  larger than all that it needs otherwise. */
const block = (value: object, indent: string): string =>
  Object.entries(value)
    .map(([key, inner]) =>
      typeof inner !== 'object'
        ? `${indent}${key}: ${isPlain(inner) ? inner : JSON.stringify(inner)}\n`
        : Object.keys(inner).length === 0
          ? `${indent}${key}: {}\n`
          : `${indent}${key}:\n${block(inner, `${indent}  `)}`,
    )
    .join('')

/** A file with this cluster alone. */
function newFile(access: ClusterAccess): string {
  const { clusters, contexts, users } = entriesOf(access, undefined)
  const section = (name: string, entry: object) => `${name}:\n  - ${block(entry, '    ').trimStart()}`
  return [
    'apiVersion: v1\nkind: Config\npreferences: {}\n',
    section('clusters', clusters),
    section('contexts', contexts),
    section('users', users),
    `current-context: ${JSON.stringify(access.name)}\n`,
  ].join('')
}

const nameOf = (item: unknown): unknown => (yamlLibrary().isMap(item) ? item.get('name') : undefined)

/** The file's text with this cluster in it, as the current context. `text` empty: a new file. */
export function addCluster(text: string, access: ClusterAccess): string {
  if (text.trim() === '') return newFile(access)
  const { isSeq, parseDocument, YAMLSeq } = yamlLibrary()
  const document = parseDocument(text)
  const current = document.get('current-context')
  const previous = current === access.name ? previousOf(document, access.name) : current
  for (const [section, entry] of Object.entries(entriesOf(access, previous ? String(previous) : undefined))) {
    let list = document.get(section)
    if (!isSeq(list)) {
      list = new YAMLSeq()
      document.set(section, list)
    }
    const items = (list as YAMLSeq).items
    const node = document.createNode(entry) as YAMLMap
    const at = items.findIndex((item) => nameOf(item) === access.name)
    if (at < 0) items.push(node)
    else items[at] = node
    ;(list as YAMLSeq).flow = false
  }
  document.set('current-context', access.name)
  return document.toString()
}

const contextNames = (document: Document): readonly unknown[] => {
  const list = document.get('contexts')
  return yamlLibrary().isSeq(list) ? list.items.map(nameOf) : []
}

function previousOf(document: Document, name: string): string | undefined {
  const at = contextNames(document).indexOf(name)
  const list = document.getIn(['contexts', at, 'context', 'extensions'])
  const { isMap, isSeq } = yamlLibrary()
  const found = isSeq(list) ? list.items.find((item) => nameOf(item) === previousContext) : undefined
  const previous = isMap(found) ? found.getIn(['extension', 'current-context']) : undefined
  return typeof previous === 'string' ? previous : undefined
}

/** The file's text without this cluster. If its context was the current one, the one before is again, if it is there. */
export function removeCluster(text: string, name: string): string {
  const { isSeq, parseDocument } = yamlLibrary()
  const document = parseDocument(text)
  const previous = previousOf(document, name)
  for (const section of ['clusters', 'users', 'contexts']) {
    const list = document.get(section)
    if (isSeq(list)) list.items = list.items.filter((item) => nameOf(item) !== name)
  }
  if (document.get('current-context') === name)
    document.set('current-context', contextNames(document).includes(previous) ? previous : '')
  return document.toString()
}

/** Whether the file names a cluster, user or context with this name. */
export const hasCluster = (text: string, name: string): boolean => {
  const config = yamlLibrary().parse(text) as { contexts?: { name?: string }[] } | null
  return config?.contexts?.some((context) => context.name === name) ?? false
}

interface Entry {
  readonly name?: string
  readonly [section: string]: unknown
}

export interface ResolvedContext {
  readonly name: string
  readonly server: string
  readonly namespace: string
  readonly credentials: Credentials
}

/** What a context of the file stands for. Files that it refers to are read with `readFile`. */
export function resolveContext(text: string, readFile: (path: string) => string, context?: string): ResolvedContext {
  const config = (yamlLibrary().parse(text) ?? {}) as Record<string, unknown>
  const find = (section: string, name: unknown): Record<string, unknown> => {
    const entries = (config[`${section}s`] ?? []) as readonly Entry[]
    const found = entries.find((entry) => entry.name === name)
    if (!found) throw new Error(`The kubeconfig has no ${section} ${JSON.stringify(name)}`)
    return found[section] as Record<string, unknown>
  }
  const pem = (entry: Record<string, unknown>, field: string): string | undefined => {
    const data = entry[`${field}-data`]
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString()
    const path = entry[field]
    return typeof path === 'string' ? readFile(path) : undefined
  }
  const name = String(context ?? config['current-context'] ?? '')
  const chosen = find('context', name)
  const cluster = find('cluster', chosen.cluster)
  const user = find('user', chosen.user)
  return {
    name,
    server: String(cluster.server),
    namespace: String(chosen.namespace ?? 'default'),
    credentials: {
      authorityPem: pem(cluster, 'certificate-authority'),
      insecureSkipVerify: cluster['insecure-skip-tls-verify'] === true,
      certPem: pem(user, 'client-certificate'),
      keyPem: pem(user, 'client-key'),
      token: typeof user.token === 'string' ? user.token : undefined,
    },
  }
}
