// UPDATE, and the loop below every other change of an object that is there: read, change, run the stages of an
// update, write if nobody was faster, else again. Nothing is written where nothing changes.

import type { ApiObject } from '#api/kind.ts'
import { badRequest, conflict, notFound } from '#api/status-error.ts'
import { parseExact } from '#lib/exact-json.ts'
import type { Change, StoredObject } from '#store/store.ts'
import { decodeBody } from '../body.ts'
import { actorOf, type KindCall } from '../call.ts'
import { isFinished } from '../deletion.ts'
import { objectAnswer } from '../encode/object.ts'
import { type WriteQuery, writeQuery } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { checkPreconditions, managerOf, run, staleText, updateStages, type Write } from '../write.ts'
import { createObject, setNamespace } from './create.ts'

export async function update(call: KindCall, subresource = ''): Promise<ApiResponse> {
  const { info, kind, registry } = call
  const asked = writeQuery(call.request.query, 'UpdateOptions')
  const query = { ...asked, fieldManager: managerOf(call, asked.fieldManager) }
  const object = decodeBody(call, kind, query.fieldValidation)
  checkName(call, object)
  setNamespace(object, kind.namespaced ? info.namespace : '')
  if (
    subresource === '' &&
    kind.strategy.createOnUpdate &&
    !(await registry.read(() => registry.find(info.namespace, info.name)))
  ) {
    delete object.metadata.resourceVersion
    return objectAnswer(call, 201, await createObject(call, object, query))
  }
  // Decoded once; a second attempt needs it as it came.
  const wanted = JSON.stringify(object)
  let first = true
  const stored = await change(call, { ...query, subresource }, () => {
    const next = first ? object : (parseExact(wanted) as ApiObject)
    first = false
    return next
  })
  return objectAnswer(call, 200, stored)
}

export function checkName({ info }: KindCall, object: ApiObject): void {
  const name = object.metadata.name ?? ''
  if (name !== info.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`)
}

export interface ChangeOptions extends Pick<WriteQuery, 'dryRun' | 'fieldManager'> {
  readonly subresource: string
  /** Changes from inside the server, as a binding or a deletion mark, are not tracked, admitted or prepared. */
  readonly stages?: typeof updateStages
}

/** Each lost race means that somebody else's write was stored, so this ends; the bound is for the unforeseen. */
export const attempts = 1000

/** `next` makes the wanted object from what is there, and may throw to refuse. A resourceVersion in it must be the
 *  one that is there; without one, a lost race is simply run again. */
export async function change(
  call: KindCall,
  options: ChangeOptions,
  next: (current: StoredObject) => ApiObject | Promise<ApiObject>,
): Promise<StoredObject> {
  const { info, kind, registry } = call
  let current = await registry.read(() => registry.find(info.namespace, info.name))
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (!current) throw notFound(kind, info.name)
    call.request.signal.throwIfAborted()
    const outcome = await changeOnce(call, options, current, await next(current))
    if ('stored' in outcome) return outcome.stored
    current = outcome.current
  }
  throw conflict(kind, info.name, staleText)
}

type Outcome = { readonly stored: StoredObject } | { readonly current: StoredObject | undefined }

async function changeOnce(
  call: KindCall,
  options: ChangeOptions,
  current: StoredObject,
  object: ApiObject,
): Promise<Outcome> {
  const { core, kind, registry } = call
  checkPreconditions(kind, object, current, call.request.method === 'PATCH')
  const old = registry.objectOf(current)
  const undo: (() => void)[] = []
  const done: (() => void)[] = []
  const { dryRun, fieldManager, subresource } = options
  const write: Write = { call, kind, operation: 'UPDATE', subresource, old, object, dryRun, fieldManager, undo, done }
  let stored = false
  try {
    await run(options.stages ?? updateStages, write)
    const converting = registry.encoderFor(write.object, current)
    const encode = converting instanceof Promise ? await converting : converting
    if (!encode) return { stored: current }
    const finished = isFinished(kind, write.object)
    if (dryRun) return { stored: registry.unsaved(write.object) }
    const result = await core.store.commit([changeOf(current, finished ? undefined : encode)], actorOf(call))
    if (!result.ok) return { current: await viewOf(registry, result.current) }
    stored = true
    for (const settle of done) settle()
    const [changed] = result.objects
    return { stored: (await viewOf(registry, changed)) ?? registry.unsaved(write.object, result.revision) }
  } finally {
    if (!stored) for (const release of undo) release()
  }
}

/** The last finalizer taken from an object that is being deleted takes the object with it. */
const changeOf = ({ key, revision }: StoredObject, put: Change['put']): Change => ({ key, expect: revision, put })

/** What stands in the store, as an object of the kind. */
export const viewOf = (
  registry: KindCall['registry'],
  stored: StoredObject | undefined,
): StoredObject | undefined | Promise<StoredObject | undefined> => registry.read(() => stored && registry.view(stored))
