// DELETE of one object: asks what the deletion means for it, and does that.

import { conflict, notFound } from '#api/status-error.ts'
import type { Change, StoredObject } from '#store/store.ts'
import { type AdmissionContext, admit, mutate } from '../admission/admission.ts'
import { successAnswer, successStatus } from '../answer.ts'
import { deleteBody } from '../body.ts'
import { actorOf, type KindCall } from '../call.ts'
import { answersDeleted, planDeletion } from '../deletion.ts'
import { objectAnswer } from '../encode/object.ts'
import { type DeleteOptions, deleteOptions } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { draftOf } from '../stored.ts'
import { staleText } from '../write.ts'
import { attempts, viewOf } from './update.ts'

export async function remove(call: KindCall): Promise<ApiResponse> {
  const { info, kind, request } = call
  const options = deleteOptions(request.query, deleteBody(request))
  warnOfOrphans(call, options)
  const outcome = await deleteObject(call, info.namespace, info.name, options)
  if (!outcome.gone || answersDeleted.has(kind.resource)) return objectAnswer(call, 200, outcome.stored)
  const { metadata } = call.registry.objectOf(outcome.stored)
  const details = {
    name: info.name,
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.plural,
    uid: metadata.uid,
  }
  return successAnswer(200, successStatus(details), request)
}

/** Who does not say what becomes of the dependents is told that they stay, where that is hardly expected. */
export function warnOfOrphans({ kind, warnings }: KindCall, options: DeleteOptions): void {
  const { warning } = kind.strategy.orphansByDefault ?? {}
  const says = options.propagationPolicy !== undefined || options.orphanDependents !== undefined
  if (warning !== undefined && !says) warnings.push(warning)
}

export interface Deletion {
  /** As it is now, or as it was last. */
  readonly stored: StoredObject
  readonly gone: boolean
}

export async function deleteObject(
  call: KindCall,
  namespace: string,
  name: string,
  options: DeleteOptions,
  /** Nobody, where the deletion is what another request comes down to, which has been admitted. */
  plugins = call.core.admission,
): Promise<Deletion> {
  const { core, kind, registry } = call
  let current = await registry.read(() => registry.find(namespace, name))
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (!current) throw notFound(kind, name)
    call.request.signal.throwIfAborted()
    const old = registry.objectOf(current)
    const context: AdmissionContext = {
      call,
      kind,
      operation: 'DELETE',
      subresource: '',
      namespace,
      name,
      object: undefined,
      old,
      dryRun: options.dryRun,
      undo: [],
      done: [],
    }
    // Those who change objects may refuse a deletion, too.
    await mutate(plugins, context)
    await admit(plugins, context)
    const plan = planDeletion(kind, draftOf(current), options, core.clock.now())
    if (plan.action === 'leave') return { stored: current, gone: false }
    if (options.dryRun)
      return plan.action === 'mark'
        ? { stored: registry.unsaved(plan.object), gone: false }
        : { stored: current, gone: true }
    const wanted = plan.action === 'mark' ? await registry.toStored(plan.object) : undefined
    const change: Change = {
      key: current.key,
      expect: current.revision,
      put: wanted && ((revision) => registry.encode(wanted, revision)),
    }
    const result = await core.store.commit([change], actorOf(call))
    if (result.ok) {
      const stored = await viewOf(registry, result.objects[0])
      if (stored) return { stored, gone: false }
      return { stored: registry.unsaved(draftOf(current), result.revision), gone: true }
    }
    current = await viewOf(registry, result.current)
  }
  throw conflict(kind, name, staleText)
}
