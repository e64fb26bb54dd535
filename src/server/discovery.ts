// What this server serves, as clients discover it: groups, versions, resources and their subresources, in the old
// form (one request per version) and the aggregated one. Made from the kinds when first asked for after a change.

import { createHash } from 'node:crypto'
import type { AnyKind } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import { inOrder, localPriority, type OrderedGroup, type Prioritized } from './aggregation/priorities.ts'
import { aggregatedResources } from './aggregation/resources.ts'
import { json, pageNotFound } from './answer.ts'
import type { Call, Core } from './call.ts'
import { parseAccept } from './encode/negotiate.ts'
import type { ApiResponse } from './request.ts'
import { virtualKinds } from './subresources/virtual.ts'

/** A document with the tag by which a client says that it has it. */
interface Document {
  readonly value: object
  readonly etag: string
}

interface Discovery {
  readonly generation: string
  readonly documents: Map<string, Document>
}

const cache = new WeakMap<Core, Discovery>()

const servedKinds = (kinds: KindRegistry): readonly AnyKind[] => [...kinds.all, ...virtualKinds]

type Served = Pick<Core, 'kinds' | 'aggregation'>

/** Everybody's, in the order in which clients are to find them; a group's first version is the preferred one. */
export function groupsOf({ kinds, aggregation }: Served): readonly OrderedGroup[] {
  const versions = new Map<string, Prioritized>()
  for (const { group, version } of servedKinds(kinds)) {
    const priority = aggregation?.priorityOf(group, version) ?? localPriority(group, version)
    versions.set(`${group}/${version}`, { group, version, priority })
  }
  for (const { group, version, priority } of aggregation?.remotes ?? [])
    versions.set(`${group}/${version}`, { group, version, priority })
  return inOrder(versions.values())
}

const inVersion = (kinds: KindRegistry, group: string, version: string): readonly AnyKind[] =>
  servedKinds(kinds)
    .filter((kind) => kind.group === group && kind.version === version)
    .sort((a, b) => (a.plural < b.plural ? -1 : 1))

interface Sub {
  readonly name: string
  readonly verbs: readonly string[]
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
}

const changeVerbs = ['get', 'patch', 'update']

function subresourcesOf(kind: AnyKind): readonly Sub[] {
  const own = { group: kind.group, version: kind.version, kind: kind.kind }
  const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' }
  const all: Sub[] = kind.subresources.map(({ name, body, verbs }) => ({ name, verbs, kind: body ?? own }))
  if (kind.scale) all.push({ name: 'scale', verbs: changeVerbs, kind: scale })
  if (kind.status) all.push({ name: 'status', verbs: changeVerbs, kind: own })
  return all.sort((a, b) => (a.name < b.name ? -1 : 1))
}

const storageVersionHash = ({ group, version, kind }: AnyKind): string =>
  createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64')

const goingVerbs: ReadonlySet<string> = new Set(['delete', 'deletecollection', 'get', 'list', 'watch'])

/** What is left to be done with objects whose definition is being deleted. */
const shownVerbs = ({ verbs, terminating }: AnyKind): readonly string[] =>
  terminating ? verbs.filter((verb) => goingVerbs.has(verb)) : verbs

function* resources(kind: AnyKind): Iterable<object> {
  const { plural, singular, namespaced, shortNames, categories } = kind
  const verbs = shownVerbs(kind)
  yield {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(verbs.includes('get') ? { storageVersionHash: storageVersionHash(kind) } : {}),
  }
  for (const sub of subresourcesOf(kind)) {
    const foreign = sub.kind.group !== kind.group || sub.kind.version !== kind.version
    yield {
      name: `${plural}/${sub.name}`,
      singularName: '',
      namespaced,
      ...(foreign ? { group: sub.kind.group, version: sub.kind.version } : {}),
      kind: sub.kind.kind,
      verbs: sub.verbs,
    }
  }
}

const resourceList = (kinds: KindRegistry, group: string, version: string): object => ({
  kind: 'APIResourceList',
  ...(group === '' ? {} : { apiVersion: 'v1' }),
  groupVersion: group === '' ? version : `${group}/${version}`,
  resources: inVersion(kinds, group, version).flatMap((kind) => [...resources(kind)]),
})

function groupDocument({ name, versions }: OrderedGroup, header: object): object {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { ...header, name, versions: all, preferredVersion: all[0] }
}

const aggregatedResource = (kind: AnyKind): object => {
  const subresources = subresourcesOf(kind).map(({ name, verbs, kind: responseKind }) => ({
    subresource: name,
    responseKind,
    verbs,
  }))
  return {
    resource: kind.plural,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: shownVerbs(kind),
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}

function aggregatedVersion({ kinds, aggregation }: Served, group: string, version: string): object {
  const remote = aggregation?.remoteFor(group, version)
  if (!remote) {
    const resources = inVersion(kinds, group, version).map(aggregatedResource)
    return { version, resources, freshness: 'Current' }
  }
  const resources = aggregatedResources(group, version, remote.resources)
  const freshness = remote.isFresh ? 'Current' : 'Stale'
  return { version, ...(resources.length > 0 ? { resources } : {}), freshness }
}

const aggregated = (served: Served, version: string, core: boolean): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${version}`,
  metadata: {},
  items: groupsOf(served)
    .filter(({ name }) => (name === '') === core)
    .map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((each) => aggregatedVersion(served, name, each)),
    })),
})

/** The document at a path; undefined where there is none. */
function make(served: Served, segments: readonly string[], form: string | undefined): object | undefined {
  const { kinds } = served
  const [root, first, second] = segments
  if (root === 'api') {
    if (first !== undefined)
      return groupsOf(served).some((g) => g.name === '' && g.versions.includes(first))
        ? resourceList(kinds, '', first)
        : undefined
    if (form !== undefined) return aggregated(served, form, true)
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  }
  const groups = groupsOf(served).filter(({ name }) => name !== '')
  if (first === undefined) {
    if (form !== undefined) return aggregated(served, form, false)
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => groupDocument(group, {})) }
  }
  const group = groups.find(({ name }) => name === first)
  if (!group) return undefined
  if (second === undefined) return groupDocument(group, { kind: 'APIGroup', apiVersion: 'v1' })
  return group.versions.includes(second) ? resourceList(kinds, first, second) : undefined
}

/** `v2` or `v2beta1`, if the client would rather have everything at once. */
function wantedAggregation(accept: string | undefined): string | undefined {
  if (accept === undefined) return undefined
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== 'application/json' && type !== '*/*') continue
    if (parameters.as === undefined) return undefined
    const known = parameters.v === 'v2' || parameters.v === 'v2beta1'
    if (parameters.as === 'APIGroupDiscoveryList' && parameters.g === 'apidiscovery.k8s.io' && known)
      return parameters.v
  }
  return undefined
}

export function discover({ core, info, request }: Call): ApiResponse {
  const generation = `${core.kinds.generation}/${core.aggregation?.generation ?? 0}`
  let discovery = cache.get(core)
  if (discovery?.generation !== generation) {
    discovery = { generation, documents: new Map() }
    cache.set(core, discovery)
  }
  const version = info.segments.length === 1 ? wantedAggregation(request.headers.accept) : undefined
  const key = `${info.segments.join('/')} ${version ?? ''}`
  let document = discovery.documents.get(key)
  if (!document) {
    const value = make(core, info.segments, version)
    if (!value) return pageNotFound()
    const etag = `"${createHash('sha512').update(JSON.stringify(value)).digest('hex').toUpperCase()}"`
    document = { value, etag }
    discovery.documents.set(key, document)
  }
  if (version === undefined) return json(200, document.value, { vary: 'Accept' })
  const headers = { etag: document.etag, vary: 'Accept' }
  if (request.headers['if-none-match'] === document.etag) return { status: 304, headers, body: { type: 'none' } }
  const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`
  return json(200, document.value, { ...headers, 'content-type': type })
}
