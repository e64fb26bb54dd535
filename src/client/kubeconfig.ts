// kubeconfig files, as kubectl reads and writes them: one cluster, user and context under one name for each
// cluster of ours. Other entries of a user's file are left as they are, comments included.

import { isMap, isSeq, parse, parseDocument, type YAMLMap, YAMLSeq } from 'yaml'
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

const entriesOf = (access: ClusterAccess) => ({
  clusters: {
    name: access.name,
    cluster: { 'certificate-authority-data': base64(access.authorityPem), server: access.server },
  },
  users: { name: access.name, user: userOf(access) },
  contexts: { name: access.name, context: { cluster: access.name, user: access.name } },
})

const empty =
  'apiVersion: v1\nkind: Config\npreferences: {}\nclusters: []\ncontexts: []\nusers: []\ncurrent-context: ""\n'

const nameOf = (item: unknown): unknown => (isMap(item) ? item.get('name') : undefined)

/** The file's text with this cluster in it, as the current context. `text` empty: a new file. */
export function addCluster(text: string, access: ClusterAccess): string {
  const document = parseDocument(text.trim() === '' ? empty : text)
  for (const [section, entry] of Object.entries(entriesOf(access))) {
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

/** The file's text without this cluster; the current context is emptied if it was this one. */
export function removeCluster(text: string, name: string): string {
  const document = parseDocument(text)
  for (const section of ['clusters', 'users', 'contexts']) {
    const list = document.get(section)
    if (isSeq(list)) list.items = list.items.filter((item) => nameOf(item) !== name)
  }
  if (document.get('current-context') === name) document.set('current-context', '')
  return document.toString()
}

/** Whether the file names a cluster, user or context with this name. */
export const hasCluster = (text: string, name: string): boolean => {
  const config = parse(text) as { contexts?: { name?: string }[] } | null
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
  const config = (parse(text) ?? {}) as Record<string, unknown>
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
