// Whether some rules allow everything that others do, and what is missing: for who wants to give a role to somebody,
// and for roles that must allow at least what they are to.

import type { PolicyRule } from '#api/rbac/rule.ts'

/** Rules that name one thing each. */
function* single(rule: PolicyRule): Iterable<PolicyRule> {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  for (const url of nonResourceURLs) for (const verb of verbs) yield { verbs: [verb], nonResourceURLs: [url] }
  for (const group of apiGroups) {
    for (const resource of resources) {
      for (const verb of verbs) {
        const one = { verbs: [verb], apiGroups: [group], resources: [resource] }
        if (resourceNames.length === 0) yield one
        for (const name of resourceNames) yield { ...one, resourceNames: [name] }
      }
    }
  }
}

const all = (owned: readonly string[] | undefined, wanted: string): boolean =>
  owned !== undefined && (owned.includes('*') || owned.includes(wanted))

// `*/scale` covers the scale of every resource.
function coversResource(owned: readonly string[] = [], wanted: string): boolean {
  if (all(owned, wanted)) return true
  const slash = wanted.indexOf('/')
  return slash >= 0 && owned.includes(`*${wanted.slice(slash)}`)
}

const coversPath = (owned: readonly string[] = [], wanted: string): boolean =>
  owned.some(
    (path) => path === '*' || path === wanted || (path.endsWith('*') && wanted.startsWith(path.replace(/\*+$/, ''))),
  )

/** `wanted` names one thing. */
function coversOne(owned: PolicyRule, { verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule) {
  if (!all(owned.verbs, verbs[0]!)) return false
  if (nonResourceURLs) return coversPath(owned.nonResourceURLs, nonResourceURLs[0]!)
  if (!all(owned.apiGroups, apiGroups![0]!) || !coversResource(owned.resources, resources![0]!)) return false
  if (!owned.resourceNames?.length) return true
  return resourceNames !== undefined && owned.resourceNames.includes(resourceNames[0]!)
}

/** What of `wanted` none of the owned rules allows, in rules that name one thing each. */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  const missing: PolicyRule[] = []
  for (const rule of wanted)
    for (const one of single(rule)) if (!owned.some((each) => coversOne(each, one))) missing.push(one)
  return missing
}

const keyOf = ({ apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string =>
  JSON.stringify([apiGroups, resources, resourceNames, nonResourceURLs])

/** Joins the verbs of single rules about the same resource; paths are left as they are, as upstream leaves them. */
export function compact(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const joined = new Map<string, PolicyRule>()
  const paths: PolicyRule[] = []
  for (const rule of rules) {
    if (rule.nonResourceURLs) {
      paths.push(rule)
      continue
    }
    const key = keyOf(rule)
    const known = joined.get(key)
    if (!known) joined.set(key, rule)
    else joined.set(key, { ...known, verbs: [...known.verbs, ...rule.verbs] })
  }
  return [...joined.values(), ...paths]
}

/** As Go prints a list of strings with %q. */
export const quotedList = (values: readonly string[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(' ')}]`

/** `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}` */
export function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ]
  const given = parts.filter(([, values]) => values !== undefined && values.length > 0)
  return `{${given.map(([name, values]) => `${name}:${quotedList(values!)}`).join(', ')}}`
}
