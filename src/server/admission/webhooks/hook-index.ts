// The webhooks of all configurations of one sort, in the order in which they are asked, kept in step with the store:
// a configuration that has been written counts from the next request on. Which webhooks may be meant by a request is
// found once for each resource and operation; where none is, a write costs no more than a look into a map.

import type { MutatingWebhookConfiguration } from '#api/admissionregistration/mutating-webhook-configuration.ts'
import type { ValidatingWebhookConfiguration } from '#api/admissionregistration/validating-webhook-configuration.ts'
import type { MutatingWebhook, ValidatingWebhook } from '#api/admissionregistration/webhook.ts'
import type { AnyKind } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import type { Store } from '#store/store.ts'
import { follow } from '../../follow.ts'
import { objectOf } from '../../stored.ts'
import type { AdmissionContext } from '../admission.ts'
import { compiledConditions, type NamedExpression } from '../expressions/programs.ts'
import { type Constraints, equivalentsOf, isExempt, type MatchQuestion, matchesRules } from '../match-rules.ts'

export type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>
type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration

export interface Hook {
  /** Unique among all, also where a configuration has a name twice. */
  readonly uid: string
  readonly configuration: string
  readonly webhook: Webhook
  /** Its place among all webhooks, as audit annotations tell it. */
  readonly order: number
  /** Compiled when first asked for. */
  readonly conditions: () => readonly NamedExpression[]
}

/** A webhook one of whose rules fits, and the kind as which that rule wants to see the object. */
export interface Candidate {
  readonly hook: Hook
  readonly kind: AnyKind
}

const none: readonly Candidate[] = []

export class HookIndex {
  readonly #resource: string
  readonly #store: Store
  readonly #configurations = new Map<string, Configuration>()
  readonly #candidates = new Map<string, readonly Candidate[]>()
  #hooks: readonly Hook[] | undefined
  #generation = -1
  #following = false

  constructor(resource: string, store: Store) {
    this.#resource = resource
    this.#store = store
  }

  candidates(context: AdmissionContext): readonly Candidate[] {
    const { call, kind, operation, subresource } = context
    const { kinds } = call.core
    if (!this.#following) this.#follow()
    if (this.#configurations.size === 0 || isExempt(kind)) return none
    this.#hooks ??= this.#compile()
    if (this.#generation !== kinds.generation) {
      this.#candidates.clear()
      this.#generation = kinds.generation
    }
    const key = `${operation} ${kind.apiVersion}/${kind.plural}/${subresource}`
    let found = this.#candidates.get(key)
    if (!found) {
      found = candidatesAmong(this.#hooks, kinds, context)
      this.#candidates.set(key, found)
    }
    return found
  }

  #follow(): void {
    this.#following = true
    follow(this.#store, this.#resource, {
      set: (stored) => {
        const configuration = objectOf(stored) as Configuration
        this.#configurations.set(configuration.metadata.name ?? '', configuration)
        this.#forget()
      },
      remove: (stored) => {
        this.#configurations.delete(objectOf(stored).metadata.name ?? '')
        this.#forget()
      },
    })
  }

  #forget(): void {
    this.#hooks = undefined
    this.#candidates.clear()
  }

  #compile(): readonly Hook[] {
    const names = [...this.#configurations.keys()].sort()
    return names
      .flatMap((name) => hooksOf(name, this.#configurations.get(name)!))
      .map((hook, order) => ({ ...hook, order }))
  }
}

function hooksOf(configuration: string, { webhooks = [] }: Configuration): Omit<Hook, 'order'>[] {
  const seen = new Map<string, number>()
  return webhooks.map((webhook) => {
    const times = seen.get(webhook.name) ?? 0
    seen.set(webhook.name, times + 1)
    let conditions: readonly NamedExpression[] | undefined
    return {
      uid: `${configuration}/${webhook.name}/${times}`,
      configuration,
      webhook,
      conditions: () => {
        conditions ??= compiledConditions(webhook.matchConditions, false)
        return conditions
      },
    }
  })
}

/** By the rules alone, which say the same of all objects of a resource. */
function candidatesAmong(hooks: readonly Hook[], kinds: KindRegistry, context: AdmissionContext): readonly Candidate[] {
  const { kind, operation, subresource } = context
  const question: MatchQuestion = {
    operation,
    kind,
    subresource,
    // Whatever its name is: a rule's scope only asks whether there is one.
    namespace: kind.namespaced ? 'x' : '',
    name: '',
    object: undefined,
    old: undefined,
    namespaceLabels: () => undefined,
    equivalents: () => equivalentsOf(kinds, kind, subresource),
  }
  return hooks.flatMap((hook) => {
    const { rules = [], matchPolicy } = hook.webhook
    if (rules.length === 0) return []
    const constraints = { resourceRules: rules, matchPolicy: matchPolicy as Constraints['matchPolicy'] }
    const match = matchesRules(constraints, question)
    return match ? [{ hook, kind: match.kind }] : []
  })
}
