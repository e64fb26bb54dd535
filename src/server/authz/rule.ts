// What the rules of a role allow. Rules are compiled once, when a role changes, so that a decision is a look into a
// map and a few sets. Rules that name everything (`*`, `*/scale`) are kept apart and looked through one by one.

import type { PolicyRule } from '#api/rbac/rule.ts'

/** What is asked, as far as rules can tell it apart. */
export interface Asked {
  readonly isResource: boolean
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  readonly path: string
}

/** Undefined stands for everything. */
type Any<T> = T | undefined

interface ResourceRule {
  readonly verbs: Any<ReadonlySet<string>>
  readonly names: Any<ReadonlySet<string>>
}

interface WideRule extends ResourceRule {
  readonly groups: Any<ReadonlySet<string>>
  readonly resources: Any<ReadonlySet<string>>
}

interface PathRule {
  readonly verbs: Any<ReadonlySet<string>>
  readonly paths: Any<ReadonlySet<string>>
  readonly prefixes: readonly string[]
}

export interface CompiledRules {
  /** As they were written. */
  readonly rules: readonly PolicyRule[]
  /** By what `keyOf` gives. */
  readonly byResource: ReadonlyMap<string, readonly ResourceRule[]>
  readonly wide: readonly WideRule[]
  readonly paths: readonly PathRule[]
}

const combined = (resource: string, subresource: string): string =>
  subresource === '' ? resource : `${resource}/${subresource}`

/** Where rules about this resource stand. */
export const keyOf = ({ group, resource, subresource }: Asked): string => `${group}/${combined(resource, subresource)}`

const setOf = (values: readonly string[] = []): Any<ReadonlySet<string>> =>
  values.includes('*') ? undefined : new Set(values)

const isWide = (resource: string): boolean => resource === '*' || resource.startsWith('*/')

function compilePaths(verbs: Any<ReadonlySet<string>>, urls: readonly string[]): PathRule {
  const prefixes = urls.filter((url) => url.endsWith('*')).map((url) => url.replace(/\*+$/, ''))
  return { verbs, paths: setOf(urls), prefixes }
}

export function compileRules(rules: readonly PolicyRule[]): CompiledRules {
  const byResource = new Map<string, ResourceRule[]>()
  const wide: WideRule[] = []
  const paths: PathRule[] = []
  for (const { verbs: named, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } of rules) {
    const verbs = setOf(named)
    if (nonResourceURLs.length > 0) paths.push(compilePaths(verbs, nonResourceURLs))
    const names = resourceNames.length > 0 ? new Set(resourceNames) : undefined
    if (apiGroups.includes('*') || resources.some(isWide)) {
      wide.push({ verbs, names, groups: setOf(apiGroups), resources: setOf(resources) })
      continue
    }
    for (const group of apiGroups) {
      for (const resource of resources) {
        const key = `${group}/${resource}`
        const known = byResource.get(key)
        if (known) known.push({ verbs, names })
        else byResource.set(key, [{ verbs, names }])
      }
    }
  }
  return { rules, byResource, wide, paths }
}

const has = (set: Any<ReadonlySet<string>>, value: string): boolean => set === undefined || set.has(value)

const wideResource = ({ resources }: WideRule, { resource, subresource }: Asked): boolean =>
  resources === undefined ||
  resources.has(combined(resource, subresource)) ||
  (subresource !== '' && resources.has(`*/${subresource}`))

const pathMatches = ({ paths, prefixes }: PathRule, path: string): boolean =>
  has(paths, path) || prefixes.some((prefix) => path.startsWith(prefix))

/** `key` is that of what is asked, so that it is made once for many roles. */
export function rulesAllow(compiled: CompiledRules, asked: Asked, key: string): boolean {
  const { verb, name } = asked
  if (!asked.isResource) return compiled.paths.some((rule) => has(rule.verbs, verb) && pathMatches(rule, asked.path))
  const exact = compiled.byResource.get(key)
  if (exact) for (const rule of exact) if (has(rule.verbs, verb) && has(rule.names, name)) return true
  for (const rule of compiled.wide) {
    if (has(rule.verbs, verb) && has(rule.names, name) && has(rule.groups, asked.group) && wideResource(rule, asked))
      return true
  }
  return false
}
