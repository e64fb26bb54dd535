// PodSecurity: holds pods to the level of the Pod Security Standards that their namespace asks for in its labels, and
// namespaces to labels that mean something. A pod that violates the enforced level is refused; what would violate the
// others, and what pods would be made from by those who make pods, is told to the client and to the audit log.

import type { CronJob } from '#api/batch/cron-job.ts'
import { Namespace } from '#api/core/namespace.ts'
import { Pod } from '#api/core/pod.ts'
import type { PodTemplateSpec } from '#api/core/pod-template-types.ts'
import { fieldErrorsText } from '#api/field-errors.ts'
import type { ApiObject } from '#api/kind.ts'
import { forbidden, internalError, invalid } from '#api/status-error.ts'
import { annotate as addAnnotation } from '../audit/audit.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'
import { details, violations } from './pod-security/checks.ts'
import { countsOf } from './pod-security/counts.ts'
import { existingPodsWarnings } from './pod-security/existing-pods.ts'
import type { CheckedPod, Violation } from './pod-security/pod.ts'
import {
  defaultPolicy,
  formatPolicy,
  isSame,
  isStricter,
  type LevelVersion,
  type Mode,
  modes,
  type Policy,
  policyOf,
} from './pod-security/policy.ts'
import { isSignificant } from './pod-security/significant-update.ts'

export interface PodSecurityOptions {
  /** What holds where a namespace says nothing: nothing, unless given. */
  readonly defaults?: Policy
  /** Whom it does not concern. */
  readonly exemptions?: {
    readonly usernames?: readonly string[]
    readonly namespaces?: readonly string[]
    readonly runtimeClasses?: readonly string[]
  }
}

type Metadata = Pick<ApiObject['metadata'], 'annotations'>
interface Template {
  readonly metadata?: Metadata
  readonly spec: PodTemplateSpec['spec']
}

const templateOfSpec = ({ spec }: ApiObject): Template | undefined => spec?.template

/** By resource, where an object keeps what pods are made from. */
const templates: ReadonlyMap<string, (object: ApiObject) => Template | undefined> = new Map([
  ['podtemplates', ({ template }) => template],
  ['replicationcontrollers', templateOfSpec],
  ['replicasets.apps', templateOfSpec],
  ['deployments.apps', templateOfSpec],
  ['statefulsets.apps', templateOfSpec],
  ['daemonsets.apps', templateOfSpec],
  ['jobs.batch', templateOfSpec],
  ['cronjobs.batch', (object) => (object as CronJob).spec.jobTemplate?.spec?.template],
] as [string, (object: ApiObject) => Template | undefined][])

/** The other parts of a pod that are written alone say nothing of what it runs. */
const podSubresources: ReadonlySet<string> = new Set(['', 'ephemeralcontainers', 'resize'])

const checkedPod = ({ metadata, spec }: Template): CheckedPod => ({ annotations: metadata?.annotations ?? {}, spec })

const annotate = ({ call }: AdmissionContext, name: string, value: string): void =>
  addAnnotation(call, `pod-security.kubernetes.io/${name}`, value)

function exempted(context: AdmissionContext, what: 'namespace' | 'user' | 'runtimeClass'): void {
  annotate(context, 'exempt', what)
  countsOf(context.call.core).exempted(context)
}

class PodSecurity {
  readonly #defaults: Policy
  readonly #exempt: Readonly<Record<'users' | 'namespaces' | 'runtimeClasses', ReadonlySet<string>>>

  constructor({ defaults = defaultPolicy, exemptions = {} }: PodSecurityOptions) {
    this.#defaults = defaults
    this.#exempt = {
      users: new Set(exemptions.usernames),
      namespaces: new Set(exemptions.namespaces),
      runtimeClasses: new Set(exemptions.runtimeClasses),
    }
  }

  #isExempt(context: AdmissionContext): boolean {
    const what = this.#exempt.namespaces.has(context.namespace)
      ? 'namespace'
      : this.#exempt.users.has(context.call.user.name)
        ? 'user'
        : undefined
    if (what !== undefined) exempted(context, what)
    return what !== undefined
  }

  /** Undefined: there is no such namespace. Its labels stand beside its bytes, so that nothing is decoded. */
  #policyIn({ call, namespace }: AdmissionContext) {
    const stored = call.core.registries.of(Namespace).find('', namespace)
    return stored && policyOf(stored.index.labels, this.#defaults)
  }

  #evaluate(
    context: AdmissionContext,
    { policy, errors }: ReturnType<typeof policyOf>,
    template: Template,
    enforced: boolean,
  ): void {
    const pod = checkedPod(template)
    if (this.#exempt.runtimeClasses.has(pod.spec.runtimeClassName ?? '')) {
      exempted(context, 'runtimeClass')
      return
    }
    const counts = countsOf(context.call.core)
    if (errors.any) {
      annotate(context, 'error', `Failed to parse policy: ${fieldErrorsText(errors.all)}`)
      counts.failed(false, context)
    }
    const known = new Map<string, readonly Violation[]>()
    const against = (mode: Mode): string | undefined => {
      const wanted = policy[mode]
      const name = formatPolicy(wanted)
      const found = known.get(name) ?? violations(wanted, pod)
      known.set(name, found)
      if (found.length > 0) counts.evaluated('deny', mode, wanted, context)
      else if (mode === 'enforce') counts.evaluated('allow', mode, wanted, context)
      return found.length === 0 ? undefined : `PodSecurity "${name}": ${details(found)}`
    }
    if (enforced) annotate(context, 'enforce-policy', formatPolicy(policy.enforce))
    const refused = enforced ? against('enforce') : undefined
    const audited = against('audit')
    if (audited !== undefined) annotate(context, 'audit-violations', `would violate ${audited}`)
    if (refused !== undefined) throw forbidden(context.kind, context.name, `violates ${refused}`)
    const warned = against('warn')
    if (warned !== undefined) context.call.warnings.push(`would violate ${warned}`)
  }

  checkPod(context: AdmissionContext): void {
    if (this.#isExempt(context)) return
    const found = this.#policyIn(context)
    if (!found) {
      countsOf(context.call.core).failed(true, context)
      throw internalError(`failed to lookup namespace ${context.namespace}`)
    }
    const { policy, errors } = found
    if (!errors.any && modes.every((mode) => policy[mode].level === 'privileged')) {
      annotate(context, 'enforce-policy', formatPolicy(policy.enforce))
      countsOf(context.call.core).evaluated('allow', 'enforce', policy.enforce, context)
      return
    }
    const pod = context.object as Pod
    if (context.operation === 'UPDATE' && !isSignificant(pod, context.old as Pod)) return
    this.#evaluate(context, found, pod, true)
  }

  checkTemplate(context: AdmissionContext, templateOf: (object: ApiObject) => Template | undefined): void {
    if (this.#isExempt(context)) return
    const found = this.#policyIn(context)
    // Who makes pods is never held up here: the pods themselves are.
    if (!found) {
      annotate(context, 'error', `failed to lookup namespace ${context.namespace}`)
      countsOf(context.call.core).failed(true, context)
      return
    }
    const { policy, errors } = found
    if (!errors.any && policy.audit.level === 'privileged' && policy.warn.level === 'privileged') return
    const template = templateOf(context.object!)
    if (template?.spec) this.#evaluate(context, found, template, false)
  }

  checkNamespace(context: AdmissionContext): void | Promise<void> {
    const { kind, name, object, old } = context
    const next = policyOf(object!.metadata.labels ?? {}, this.#defaults)
    const before = old && policyOf(old.metadata.labels ?? {}, this.#defaults)
    const isNew = before === undefined || fieldErrorsText(before.errors.all) !== fieldErrorsText(next.errors.all)
    if (next.errors.any && isNew) throw invalid(kind, name, next.errors.all)
    if (!before) return
    const [now, then] = [next.policy.enforce, before.policy.enforce]
    if (isSame(now, then) || now.level === 'privileged') return
    if (now.version === then.version && !isStricter(now.level, then.level)) return
    if (!this.#exempt.namespaces.has(name)) return this.#tellOfPods(context, now)
    annotate(context, 'exempt', 'namespace')
  }

  async #tellOfPods({ call, name: namespace }: AdmissionContext, enforced: LevelVersion): Promise<void> {
    const { registries, clock } = call.core
    const registry = registries.of(Pod)
    const pods = registry.reads.list({ prefix: registry.prefixOf(namespace) }).items
    const existing = { namespace, pods, enforced, exemptRuntimeClasses: this.#exempt.runtimeClasses }
    call.warnings.push(...(await existingPodsWarnings(existing, clock)))
  }
}

export function podSecurity(options: PodSecurityOptions = {}): AdmissionPlugin {
  const security = new PodSecurity(options)
  return {
    name: 'PodSecurity',
    handles: ({ operation, kind: { resource }, subresource }) => {
      if (operation !== 'CREATE' && operation !== 'UPDATE') return false
      if (resource === Pod.resource) return podSubresources.has(subresource)
      return subresource === '' && (resource === Namespace.resource || templates.has(resource))
    },
    validate: (context) => {
      const { resource } = context.kind
      if (resource === Pod.resource) return security.checkPod(context)
      if (resource === Namespace.resource) return security.checkNamespace(context)
      return security.checkTemplate(context, templates.get(resource)!)
    },
  }
}
