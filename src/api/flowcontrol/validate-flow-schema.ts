// Flow schemas: a place in the order, a level, and rules that say who asks for what.

import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { dns1123Label, dns1123Subdomain } from '../names.ts'
import type { FlowSchemaSpec, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from './flow-schema-types.ts'
import { mandatorySchemas } from './mandatory.ts'

const path = Path.of('spec')
const maxPrecedence = 10_000
const methods = ['ByNamespace', 'ByUser']
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']

interface Parts {
  readonly metadata: { readonly name?: string | undefined }
  readonly spec: FlowSchemaSpec
}

export function validateFlowSchema({ metadata, spec }: Parts, errors: FieldErrors): void {
  const { name = '' } = metadata
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method, rules = [] } = spec
  const precedenceAt = path.child('matchingPrecedence')
  if (precedence <= 0) errors.invalid(precedenceAt, precedence, 'must be a positive value')
  if (precedence > maxPrecedence) errors.invalid(precedenceAt, precedence, `must not be greater than ${maxPrecedence}`)
  if (precedence === 1 && name !== 'exempt') {
    errors.invalid(precedenceAt, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")
  }
  if (method && !methods.includes(method.type)) {
    errors.notSupported(path.child('distinguisherMethod').child('type'), method, methods)
  }
  const level = spec.priorityLevelConfiguration.name ?? ''
  const levelAt = path.child('priorityLevelConfiguration').child('name')
  if (level === '') errors.required(levelAt, 'must reference a priority level')
  else errors.invalidEach(levelAt, level, dns1123Subdomain(level))
  rules.forEach((rule, i) => {
    validateRule(rule, path.child('rules').index(i), errors)
  })
  const fixed = mandatorySchemas.get(name)
  if (fixed && !sameValue(spec, fixed)) errors.invalid(path, spec, `spec of '${name}' must equal the fixed value`)
}

function validateRule(rule: PolicyRulesWithSubjects, at: Path, errors: FieldErrors): void {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule
  if (subjects.length === 0) errors.required(at.child('subjects'), 'subjects must contain at least one value')
  subjects.forEach((subject, i) => {
    validateSubject(subject, at.child('subjects').index(i), errors)
  })
  if (resourceRules.length === 0 && nonResourceRules.length === 0) {
    errors.required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty')
  }
  resourceRules.forEach((one, i) => {
    validateResourceRule(one, at.child('resourceRules').index(i), errors)
  })
  nonResourceRules.forEach((one, i) => {
    const place = at.child('nonResourceRules').index(i)
    validateVerbs(one.verbs ?? [], place, errors)
    validateUrls(one.nonResourceURLs ?? [], place.child('nonResourceURLs'), errors)
  })
}

const fieldOf = { User: 'user', Group: 'group', ServiceAccount: 'serviceAccount' } as const
type Who = keyof typeof fieldOf
/** The order in which upstream looks at what should not be there. */
const whos = ['ServiceAccount', 'User', 'Group'] as const

function validateSubject(subject: Subject, at: Path, errors: FieldErrors): void {
  const kind = subject.kind as Who
  if (!Object.hasOwn(fieldOf, kind)) {
    errors.notSupported(at.child('kind'), kind ?? '', ['Group', 'ServiceAccount', 'User'])
    return
  }
  const field = fieldOf[kind]
  const given = subject[field]
  if (!given) errors.required(at.child(field), `${field} is required when subject kind is '${kind}'`)
  else if (!given.name) errors.required(at.child(field).child('name'))
  if (kind === 'ServiceAccount' && subject.serviceAccount) validateAccount(subject.serviceAccount, at, errors)
  for (const other of whos) {
    const name = fieldOf[other]
    if (other === kind || subject[name] === undefined) continue
    errors.forbidden(at.child(name), `${name} is forbidden when subject kind is not '${other}'`)
  }
}

function validateAccount(
  { name = '', namespace = '' }: { readonly name?: string; readonly namespace?: string },
  subject: Path,
  errors: FieldErrors,
): void {
  const at = subject.child('serviceAccount')
  if (name !== '' && name !== '*') errors.invalidEach(at.child('name'), name, dns1123Subdomain(name))
  if (namespace === '') errors.required(at.child('namespace'), 'must specify namespace for service account')
  else errors.invalidEach(at.child('namespace'), namespace, dns1123Label(namespace))
}

const all = (list: readonly string[]): boolean => list.includes('*')

function validateVerbs(given: readonly string[], rule: Path, errors: FieldErrors): void {
  const at = rule.child('verbs')
  if (given.length === 0) errors.required(at, 'verbs must contain at least one value')
  else if (all(given)) {
    if (given.length > 1) errors.invalid(at, given, "if '*' is present, must not specify other verbs")
  } else if (!given.every((verb) => verbs.includes(verb))) errors.notSupported(at, given, verbs)
}

function validateResourceRule(rule: ResourcePolicyRule, at: Path, errors: FieldErrors): void {
  validateVerbs(rule.verbs ?? [], at, errors)
  const some = (field: 'apiGroups' | 'resources', one: string, others: string): void => {
    const given = rule[field] ?? []
    if (given.length === 0) errors.required(at.child(field), `resource rules must supply at least one ${one}`)
    else if (given.length > 1 && all(given)) {
      errors.invalid(at.child(field), given, `if '*' is present, must not specify other ${others}`)
    }
  }
  some('apiGroups', 'api group', 'api groups')
  some('resources', 'resource', 'resources')
  const { namespaces = [] } = rule
  const place = at.child('namespaces')
  if (namespaces.length === 0 && !rule.clusterScope) {
    errors.required(place, 'resource rules that are not cluster scoped must supply at least one namespace')
  } else if (all(namespaces)) {
    if (namespaces.length > 1) {
      errors.invalid(place, namespaces, "if '*' is present, must not specify other namespaces")
    }
  } else {
    namespaces.forEach((namespace, i) => {
      const wrong = dns1123Label(namespace).map(
        (text) => `each member of this list must be '*' or a DNS-1123 label; ${text}`,
      )
      errors.invalidEach(place.index(i), namespace, wrong)
    })
  }
}

function validateUrls(urls: readonly string[], at: Path, errors: FieldErrors): void {
  if (urls.length === 0) errors.required(at, 'nonResourceURLs must contain at least one value')
  else if (all(urls)) {
    if (urls.length > 1) errors.invalid(at, urls, "if '*' is present, must not specify other non-resource URLs")
  } else {
    urls.forEach((url, i) => {
      const wrong = urlProblem(url)
      if (wrong !== undefined) errors.invalid(at.index(i), url, wrong)
    })
  }
}

function urlProblem(url: string): string | undefined {
  if (url === '') return 'must not be empty'
  if (url === '/') return undefined
  if (!url.startsWith('/')) return 'must start with slash'
  if (url.includes(' ')) return 'must not contain white-space'
  if (url.includes('//')) return 'must not contain double slash'
  const stars = url.split('*').length - 1
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined
}
