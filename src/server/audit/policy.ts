// Which requests are recorded, and how much of them: the first rule of the policy that fits a request says. The file
// is upstream's `audit.k8s.io/v1` Policy.

import { yamlLibrary } from '#api/yaml.ts'
import type { Attributes } from '../access.ts'

export const levels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
export type Level = (typeof levels)[number]

export const stageNames = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const
export type AuditStage = (typeof stageNames)[number]

export interface GroupResources {
  readonly group?: string
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}

export interface AuditRule {
  readonly level: Level
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly resources?: readonly GroupResources[]
  readonly namespaces?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly omitStages?: readonly AuditStage[]
  readonly omitManagedFields?: boolean
}

export interface AuditPolicy {
  readonly rules: readonly AuditRule[]
  readonly omitStages?: readonly AuditStage[]
  readonly omitManagedFields?: boolean
}

export interface Verdict {
  readonly level: Level
  readonly omitStages: ReadonlySet<AuditStage>
  readonly omitManagedFields: boolean
}

const unrecorded: Verdict = { level: 'None', omitStages: new Set(), omitManagedFields: false }

/** What is not said fits everything. */
const fits = (list: readonly string[] | undefined, value: string): boolean => !list?.length || list.includes(value)

function resourceFits({ group = '', resources = [], resourceNames = [] }: GroupResources, asked: Attributes): boolean {
  if (group !== asked.group) return false
  if (resources.length === 0) return true
  if (resourceNames.length > 0 && !resourceNames.includes(asked.name)) return false
  const { resource, subresource } = asked
  const combined = subresource === '' ? resource : `${resource}/${subresource}`
  return resources.some(
    (each) =>
      each === combined ||
      (each === '*' && subresource === '') ||
      (subresource !== '' && (each === `*/${subresource}` || each === `${resource}/*`)) ||
      each === '*/*',
  )
}

const urlFits = (pattern: string, path: string): boolean =>
  pattern === '*' || (pattern.endsWith('*') ? path.startsWith(pattern.replace(/\*+$/, '')) : pattern === path)

function ruleFits(rule: AuditRule, asked: Attributes): boolean {
  if (!fits(rule.users, asked.user.name) || !fits(rule.verbs, asked.verb)) return false
  if (rule.userGroups?.length && !rule.userGroups.some((group) => asked.user.groups.includes(group))) return false
  if (rule.namespaces?.length || rule.resources?.length) {
    if (!asked.isResource || !fits(rule.namespaces, asked.namespace)) return false
    return !rule.resources?.length || rule.resources.some((each) => resourceFits(each, asked))
  }
  if (!rule.nonResourceURLs?.length) return true
  return !asked.isResource && rule.nonResourceURLs.some((pattern) => urlFits(pattern, asked.path))
}

export function verdictOf(policy: AuditPolicy, asked: Attributes): Verdict {
  const rule = policy.rules.find((each) => ruleFits(each, asked))
  if (!rule || rule.level === 'None') return unrecorded
  return {
    level: rule.level,
    omitStages: new Set([...(policy.omitStages ?? []), ...(rule.omitStages ?? [])]),
    omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields ?? false,
  }
}

const apiVersions = ['audit.k8s.io/v1', 'audit.k8s.io/v1beta1', 'audit.k8s.io/v1alpha1']

/** Throws what is wrong with the file, with the place of it. */
export function parseAuditPolicy(text: string): AuditPolicy {
  const document = yamlLibrary().parse(text) as { apiVersion?: string; kind?: string } & Partial<AuditPolicy>
  if (document === null || typeof document !== 'object' || document.kind !== 'Policy') {
    throw new Error('it is no audit policy: kind must be Policy')
  }
  if (!apiVersions.includes(document.apiVersion ?? '')) {
    throw new Error(`apiVersion must be ${apiVersions[0]}, not ${JSON.stringify(document.apiVersion)}`)
  }
  const { rules, omitStages, omitManagedFields } = document
  if (!Array.isArray(rules) || rules.length === 0) throw new Error('rules: it has none, so nothing would be recorded')
  checkStages('omitStages', omitStages)
  rules.forEach((rule, i) => {
    checkRule(`rules[${i}]`, rule)
  })
  return {
    rules,
    ...(omitStages ? { omitStages } : {}),
    ...(omitManagedFields === undefined ? {} : { omitManagedFields }),
  }
}

function checkStages(path: string, stages: readonly AuditStage[] | undefined): void {
  const wrong = stages?.find((stage) => !stageNames.includes(stage))
  if (wrong !== undefined) throw new Error(`${path}: ${JSON.stringify(wrong)} is none of ${stageNames.join(', ')}`)
}

function checkRule(path: string, rule: AuditRule): void {
  if (!levels.includes(rule.level)) {
    throw new Error(`${path}.level: ${JSON.stringify(rule.level)} is none of ${levels.join(', ')}`)
  }
  if (rule.nonResourceURLs?.length && (rule.resources?.length || rule.namespaces?.length)) {
    throw new Error(`${path}.nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs`)
  }
  for (const url of rule.nonResourceURLs ?? []) {
    const ok = url === '*' || (url.startsWith('/') && !url.slice(0, -1).includes('*'))
    if (!ok) throw new Error(`${path}.nonResourceURLs: ${JSON.stringify(url)} must begin with / and may end with *`)
  }
  rule.resources?.forEach(({ group, resources, resourceNames }, i) => {
    const at = `${path}.resources[${i}]`
    if (group?.includes('/')) throw new Error(`${at}.group: ${JSON.stringify(group)} is a group without its version`)
    if (resourceNames?.length && !resources?.length) {
      throw new Error(`${at}.resourceNames: using resourceNames requires at least one resource`)
    }
  })
  checkStages(`${path}.omitStages`, rule.omitStages)
}
