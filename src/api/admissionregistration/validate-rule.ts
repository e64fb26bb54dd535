// Which requests a rule may speak of: all of something is never said beside parts of it.

import type { FieldErrors, Path } from '../field-errors.ts'
import { pathSegment } from '../names.ts'
import type { NamedRuleWithOperations, RuleWithOperations } from './rule.ts'

const hasWildcard = (list: readonly string[]): boolean => list.length > 1 && list.includes('*')

export function validateRule(rule: RuleWithOperations, path: Path, errors: FieldErrors): void {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [] } = rule
  const check = (list: readonly string[], at: Path, what: string): void => {
    if (list.length === 0) errors.required(at)
    if (hasWildcard(list)) errors.invalid(at, list, `if '*' is present, must not specify other ${what}`)
  }
  check(operations, path.child('operations'), 'operations')
  check(apiGroups, path.child('apiGroups'), 'API groups')
  const versionsAt = path.child('apiVersions')
  check(apiVersions, versionsAt, 'API versions')
  apiVersions.forEach((version, i) => {
    if (version === '') errors.required(versionsAt.index(i))
  })
  validateResources(resources, path.child('resources'), errors)
}

function validateResources(resources: readonly string[], path: Path, errors: FieldErrors): void {
  if (resources.length === 0) errors.required(path)
  const allParts = new Set<string>()
  const ofAll = new Set<string>()
  let plain = false
  resources.forEach((text, i) => {
    if (text === '') {
      errors.required(path.index(i))
      return
    }
    const slash = text.indexOf('/')
    if (slash === -1) {
      plain = text !== '*'
      return
    }
    const [resource, part] = [text.slice(0, slash), text.slice(slash + 1)]
    const refuse = (present: string) =>
      errors.invalid(path.index(i), text, `if '${present}' is present, must not specify ${text}`)
    if (allParts.has(resource)) refuse(`${resource}/*`)
    if (ofAll.has(part)) refuse(`*/${part}`)
    if (part === '*') allParts.add(resource)
    if (resource === '*') ofAll.add(part)
  })
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.invalid(path, resources, "if '*/*' is present, must not specify other resources")
  }
  if (resources.includes('*') && plain) {
    errors.invalid(path, resources, "if '*' is present, must not specify other resources without subresources")
  }
}

export function validateNamedRule(rule: NamedRuleWithOperations, path: Path, errors: FieldErrors): void {
  const names = rule.resourceNames ?? []
  names.forEach((name, i) => {
    const at = path.child('resourceNames').index(i)
    errors.invalidEach(at, name, pathSegment(name))
    if (names.indexOf(name) < i) errors.duplicate(at, name)
  })
  validateRule(rule, path, errors)
}
