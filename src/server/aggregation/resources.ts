// What an extension API server says it serves (an APIResourceList), and the same in the form of the aggregated
// discovery document. Its word is not taken for more than it is: what does not look like a resource is left out.

export interface Resource {
  /** `flunders`, or `flunders/status`. */
  readonly name: string
  readonly singularName: string
  readonly namespaced: boolean
  /** Of the object that is exchanged, where they are not those of the list. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
}

const mostResources = 5000

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

/** Undefined: it is no list of resources. */
export function parseResources(bytes: Uint8Array): readonly Resource[] | undefined {
  let list: { readonly kind?: unknown; readonly resources?: unknown }
  try {
    list = JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return undefined
  }
  if (list?.kind !== 'APIResourceList' || !Array.isArray(list.resources)) return undefined
  return list.resources.slice(0, mostResources).flatMap((each: Readonly<Record<string, unknown>> | null) => {
    const name = text(each?.name)
    if (each === null || name === '') return []
    return [
      {
        name,
        singularName: text(each.singularName),
        namespaced: each.namespaced === true,
        group: text(each.group),
        version: text(each.version),
        kind: text(each.kind),
        verbs: texts(each.verbs),
        shortNames: texts(each.shortNames),
        categories: texts(each.categories),
      },
    ]
  })
}

/** As upstream converts it: parts below their resource, which is made up where only its parts are served. */
export function aggregatedResources(group: string, version: string, resources: readonly Resource[]): readonly object[] {
  const parents = new Map<string, Record<string, unknown>>()
  const scope = ({ namespaced }: Resource) => (namespaced ? 'Namespaced' : 'Cluster')
  const responseKind = (of: Resource) => ({ group: of.group || group, version: of.version || version, kind: of.kind })
  for (const each of resources) {
    if (each.name.includes('/')) continue
    parents.set(each.name, {
      resource: each.name,
      responseKind: responseKind(each),
      scope: scope(each),
      singularResource: each.singularName,
      verbs: each.verbs,
      ...(each.shortNames.length > 0 ? { shortNames: each.shortNames } : {}),
      ...(each.categories.length > 0 ? { categories: each.categories } : {}),
    })
  }
  for (const each of resources) {
    const slash = each.name.indexOf('/')
    if (slash < 0) continue
    const name = each.name.slice(0, slash)
    const parent = parents.get(name) ?? { resource: name, scope: scope(each), singularResource: '', verbs: [] }
    parents.set(name, parent)
    const subresources = (parent.subresources ?? []) as object[]
    const part = { subresource: each.name.slice(slash + 1), responseKind: responseKind(each), verbs: each.verbs }
    parent.subresources = [...subresources, part]
  }
  return [...parents.values()]
}
