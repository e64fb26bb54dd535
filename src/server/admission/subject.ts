// A request as webhooks and policies see it: which object, in which version, and how what they made of it becomes the
// draft again. They see what upstream's would: a new object before the server has put anything into it, of a scale only the
// scale, of what connects the options.

import { TokenRequest } from '#api/authentication/token-request.ts'
import { Scale } from '#api/autoscaling/scale.ts'
import { Binding } from '#api/core/binding.ts'
import { decode } from '#api/decode.ts'
import { applyDefaults } from '#api/defaults.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { Eviction } from '#api/policy/eviction.ts'
import { badRequest, internalError } from '#api/status-error.ts'
import { deleteBody } from '../body.ts'
import { deleteOptions } from '../options.ts'
import { scaleOf } from '../subresources/scale-of.ts'
import type { AdmissionContext } from './admission.ts'
import { namespaceOf } from './match-question.ts'
import type { KindName, RequestHead, ResourceName } from './request-head.ts'

export type Phase = 'mutate' | 'validate'

/** Objects as the version of a webhook's rule has them. */
export interface Shown {
  readonly object: ApiObject | null
  readonly oldObject: ApiObject | null
}

const kindName = ({ group, version, kind }: AnyKind): KindName => ({ group, version, kind })
const resourceName = ({ group, version, plural }: AnyKind): ResourceName => ({ group, version, resource: plural })

/** The body of an eviction, a binding, a token's request or a connection is no object of the resource's kind. */
const isOtherBody = ({ object, kind }: AdmissionContext): boolean =>
  object !== undefined && (object.kind !== kind.kind || object.apiVersion !== kind.apiVersion)

/** Whose fields are known. */
const otherBodies: readonly AnyKind[] = [Binding, Eviction, TokenRequest]

const otherKind = ({ object }: AdmissionContext): AnyKind | undefined =>
  otherBodies.find(({ kind, apiVersion }) => kind === object?.kind && apiVersion === object.apiVersion)

function kindNameIn({ apiVersion, kind }: ApiObject): KindName {
  const [first = '', second] = apiVersion.split('/')
  return second === undefined ? { group: '', version: first, kind } : { group: first, version: second, kind }
}

const isScale = ({ kind, subresource }: AdmissionContext): boolean =>
  subresource === 'scale' && kind.scale !== undefined

function optionsOf({ call, operation, dryRun }: AdmissionContext): object | null {
  const { query } = call.request
  const apiVersion = 'meta.k8s.io/v1'
  if (operation === 'CONNECT') return null
  if (operation === 'DELETE') {
    const { dryRun: _dryRun, ...options } = deleteOptions(query, deleteBody(call.request))
    return { kind: 'DeleteOptions', apiVersion, ...options, ...(dryRun ? { dryRun: ['All'] } : {}) }
  }
  const fieldManager = query.get('fieldManager')
  const fieldValidation = query.get('fieldValidation')
  return {
    kind: operation === 'CREATE' ? 'CreateOptions' : 'UpdateOptions',
    apiVersion,
    ...(dryRun ? { dryRun: ['All'] } : {}),
    ...(fieldManager ? { fieldManager } : {}),
    ...(fieldValidation ? { fieldValidation } : {}),
  }
}

export class Subject {
  readonly context: AdmissionContext
  readonly #phase: Phase
  #options: object | null | undefined

  constructor(context: AdmissionContext, phase: Phase) {
    this.context = context
    this.#phase = phase
  }

  /** `kind` is that of the rule that matched. */
  head(kind: AnyKind): RequestHead {
    const { context } = this
    const { call, operation, subresource, name, dryRun, object } = context
    const other = isScale(context) ? kindName(Scale) : isOtherBody(context) ? kindNameIn(object!) : undefined
    this.#options ??= optionsOf(context)
    return {
      kind: other ?? kindName(kind),
      resource: resourceName(kind),
      requestKind: other ?? kindName(context.kind),
      requestResource: resourceName(context.kind),
      subresource,
      name: this.#isUnnamed ? '' : name,
      namespace: namespaceOf(context),
      operation,
      user: call.user,
      dryRun,
      options: this.#options,
    }
  }

  /** Of what is shown where the rule that matched names `kind`: below an object it may be something of its own.
   *  Undefined: nothing is known of its fields. */
  bodyKind(kind: AnyKind): AnyKind | undefined {
    if (isScale(this.context)) return Scale
    return isOtherBody(this.context) ? otherKind(this.context) : kind
  }

  async shownAs(kind: AnyKind): Promise<Shown> {
    const { context } = this
    const { object, old } = context
    if (isScale(context)) {
      const scale = (of: ApiObject | undefined) => (of ? (scaleOf(context.kind, of) as ApiObject) : null)
      return { object: scale(object), oldObject: scale(old) }
    }
    const registry = context.call.core.registries.of(kind)
    const present = (one: ApiObject) => registry.present(one, context.kind)
    return {
      object: !object ? null : isOtherBody(context) ? object : await present(this.#bare(object)),
      oldObject: old ? await present(old) : null,
    }
  }

  /** A name that the server has drawn is not known before all have seen the object. */
  get #isUnnamed(): boolean {
    return this.#phase === 'mutate' && this.context.generatedName === true
  }

  #bare(object: ApiObject): ApiObject {
    const { operation, subresource } = this.context
    const isNew = operation === 'CREATE' && subresource === '' && this.#phase === 'mutate'
    if (!isNew) {
      const { resourceVersion, ...metadata } = object.metadata
      return resourceVersion === '' ? { ...object, metadata } : object
    }
    const {
      uid: _uid,
      resourceVersion: _resourceVersion,
      generation: _generation,
      creationTimestamp: _creationTimestamp,
      name,
      ...metadata
    } = object.metadata
    const named = this.#isUnnamed || name === undefined ? metadata : { name, ...metadata }
    return { ...object, metadata: named as ApiObject['metadata'] }
  }

  /** What a webhook has made of the object, as an object of `kind`: only what the kind knows, and with its defaults. */
  decoded(patched: object, kind: AnyKind): ApiObject {
    const own = this.bodyKind(kind)
    if (!own) return patched as ApiObject
    try {
      return decode(own, patched, { refuse: (why) => internalError(new Error(why)) }).object
    } catch (error) {
      throw internalError(error)
    }
  }

  /** The draft becomes this, an object of `kind`. */
  async accept(next: ApiObject, kind: AnyKind): Promise<void> {
    const { context } = this
    const draft = context.object as ApiObject
    if (isScale(context)) {
      context.kind.scale!.setSpecReplicas(draft, next.spec?.replicas ?? 0)
      return
    }
    if (isOtherBody(context)) {
      const body = otherKind(context)
      if (body) applyDefaults(body, next)
      replace(draft, next)
      return
    }
    applyDefaults(kind, next)
    const registry = context.call.core.registries.of(context.kind)
    const own = kind === context.kind ? next : decode(context.kind, await registry.present(next, kind)).object
    checkNamespace(context, own, draft)
    own.metadata = withSystemFields(own.metadata, draft.metadata)
    replace(draft, own)
  }
}

function replace(draft: ApiObject, next: ApiObject): void {
  for (const field of Object.keys(draft)) delete draft[field]
  Object.assign(draft, next)
}

function checkNamespace({ kind }: AdmissionContext, next: ApiObject, draft: ApiObject): void {
  const given = next.metadata.namespace ?? ''
  if (kind.namespaced && given !== '' && given !== draft.metadata.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** What only the server says stays, in upstream's order of fields. */
function withSystemFields(next: ApiObject['metadata'], before: ApiObject['metadata']): ApiObject['metadata'] {
  const of = <K extends keyof ApiObject['metadata']>(from: ApiObject['metadata'], field: K) =>
    from[field] === undefined ? {} : { [field]: from[field] }
  return {
    ...of(next.name ? next : before, 'name'),
    ...of(next, 'generateName'),
    ...of(before, 'namespace'),
    ...of(before, 'uid'),
    ...of(before, 'resourceVersion'),
    ...of(before, 'generation'),
    ...of(before, 'creationTimestamp'),
    ...of(before, 'deletionTimestamp'),
    ...of(before, 'deletionGracePeriodSeconds'),
    ...of(next, 'labels'),
    ...of(next, 'annotations'),
    ...of(next, 'ownerReferences'),
    ...of(next, 'finalizers'),
    ...of(next, 'managedFields'),
  }
}
