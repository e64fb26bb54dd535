// From a request to its flow schema: the one with the smallest matchingPrecedence that fits, in the order of names
// where several are equal; `catch-all` where none does.

import type {
  FlowSchemaSpec,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from '#api/flowcontrol/flow-schema-types.ts'
import { Lru } from '#lib/lru.ts'
import { serviceAccountOf } from '../authn/user.ts'
import type { UserInfo } from '../request.ts'
import type { RequestInfo } from '../router.ts'

export interface SchemaLike {
  readonly name: string
  readonly spec: Pick<FlowSchemaSpec, 'matchingPrecedence' | 'rules' | 'distinguisherMethod'>
}

const all = '*'

const holds = (list: readonly string[] | undefined, value: string): boolean => {
  for (const each of list ?? []) if (each === value || each === all) return true
  return false
}

function subjectFits(subject: Subject, user: UserInfo): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.user?.name === all || subject.user?.name === user.name
    case 'Group':
      return subject.group?.name === all || user.groups.includes(subject.group?.name ?? '')
    case 'ServiceAccount': {
      const account = serviceAccountOf(user.name)
      const { namespace, name } = subject.serviceAccount ?? { namespace: '', name: '' }
      return account !== undefined && account.namespace === namespace && (name === all || name === account.name)
    }
    default:
      return false
  }
}

function resourceRuleFits(rule: ResourcePolicyRule, info: RequestInfo): boolean {
  if (!holds(rule.verbs, info.verb) || !holds(rule.apiGroups, info.group)) return false
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`
  if (!holds(rule.resources, resource)) return false
  return info.namespace === '' ? rule.clusterScope === true : holds(rule.namespaces, info.namespace)
}

function nonResourceRuleFits(rule: NonResourcePolicyRule, info: RequestInfo): boolean {
  if (!holds(rule.verbs, info.verb)) return false
  return rule.nonResourceURLs.some((url) =>
    url.endsWith(all) ? info.path.startsWith(url.slice(0, -1)) : url === info.path,
  )
}

const ruleFits = (rules: PolicyRulesWithSubjects, info: RequestInfo): boolean =>
  info.isResource
    ? (rules.resourceRules ?? []).some((rule) => resourceRuleFits(rule, info))
    : (rules.nonResourceRules ?? []).some((rule) => nonResourceRuleFits(rule, info))

/** What tells the flows of one schema apart. */
export function distinguisherOf({ spec }: SchemaLike, user: UserInfo, info: RequestInfo): string {
  switch (spec.distinguisherMethod?.type) {
    case 'ByUser':
      return user.name
    case 'ByNamespace':
      return info.namespace
    default:
      return ''
  }
}

/** Schemas that are about a user, each with those of its rules that are. */
interface Concerning<S> {
  readonly schema: S
  readonly rules: readonly PolicyRulesWithSubjects[]
}

const knownUsers = 4096

export class Classifier<S extends SchemaLike> {
  readonly #schemas: readonly S[]
  readonly #otherwise: S
  readonly #byName = new Lru<string, readonly Concerning<S>[]>({ maxEntries: knownUsers })
  /** Identities that an authenticator remembers are the same object each time. */
  readonly #byUser = new WeakMap<UserInfo, readonly Concerning<S>[]>()

  constructor(schemas: readonly S[], otherwise: S) {
    this.#otherwise = otherwise
    this.#schemas = [...schemas].sort(
      (a, b) => a.spec.matchingPrecedence - b.spec.matchingPrecedence || (a.name < b.name ? -1 : 1),
    )
  }

  schemaOf(user: UserInfo, info: RequestInfo): S {
    for (const { schema, rules } of this.#concerning(user))
      for (const rule of rules) if (ruleFits(rule, info)) return schema
    return this.#otherwise
  }

  #concerning(user: UserInfo): readonly Concerning<S>[] {
    const known = this.#byUser.get(user)
    if (known) return known
    const key = `${user.name}\n${user.groups.join('\n')}`
    let found = this.#byName.get(key)
    if (!found) {
      found = this.#schemas
        .map((schema) => ({
          schema,
          rules: (schema.spec.rules ?? []).filter(({ subjects }) => subjects.some((each) => subjectFits(each, user))),
        }))
        .filter(({ rules }) => rules.length > 0)
      this.#byName.set(key, found)
    }
    this.#byUser.set(user, found)
    return found
  }
}
