// CREATE: names the object, runs the stages of a creation, and puts it into the store if nothing stands there.

import type { ApiObject } from '#api/kind.ts'
import { alreadyExists, badRequest, StatusError } from '#api/status-error.ts'
import type { StoredObject } from '#store/store.ts'
import { decodeBody } from '../body.ts'
import { actorOf, type KindCall } from '../call.ts'
import { objectAnswer } from '../encode/object.ts'
import { type WriteQuery, writeQuery } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { createStages, fillSystemFields, managerOf, run, type Write } from '../write.ts'

export async function create(call: KindCall): Promise<ApiResponse> {
  const query = writeQuery(call.request.query, 'CreateOptions')
  const object = decodeBody(call, call.kind, query.fieldValidation)
  const stored = await createObject(call, object, { ...query, fieldManager: managerOf(call, query.fieldManager) })
  return objectAnswer(call, 201, stored)
}

/** A generated name that is taken is drawn again, as upstream does since 1.32. */
const nameAttempts = 8

/** `name` is given where the path says it: a PUT or an apply that creates. */
export async function createObject(
  call: KindCall,
  object: ApiObject,
  query: Pick<WriteQuery, 'dryRun' | 'fieldManager'>,
): Promise<StoredObject> {
  const { kind, info } = call
  setNamespace(object, kind.namespaced ? info.namespace : '')
  if ((object.metadata.resourceVersion ?? '') !== '')
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created')
  const generated = !object.metadata.name && !!object.metadata.generateName
  if (!generated) return createOnce(call, object, query)
  for (let attempt = 1; ; attempt++) {
    try {
      return await createOnce(call, attempt < nameAttempts ? structuredClone(object) : object, query)
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error
      if (attempt < nameAttempts) continue
      throw new StatusError(
        409,
        'AlreadyExists',
        `${error.message}, the server was not able to generate a unique name for the object`,
        { ...error.details, retryAfterSeconds: 1 },
      )
    }
  }
}

/** The namespace in the path counts; an object may only repeat it. */
export function setNamespace(object: ApiObject, namespace: string): void {
  const given = object.metadata.namespace ?? ''
  if (given !== '' && namespace !== '' && given !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (namespace === '') delete object.metadata.namespace
  else object.metadata.namespace = namespace
}

async function createOnce(
  call: KindCall,
  object: ApiObject,
  { dryRun, fieldManager }: Pick<WriteQuery, 'dryRun' | 'fieldManager'>,
): Promise<StoredObject> {
  const { core, kind, registry } = call
  const generatedName = !object.metadata.name && !!object.metadata.generateName
  fillSystemFields(call, kind, object)
  const undo: (() => void)[] = []
  const done: (() => void)[] = []
  const write: Write = {
    call,
    kind,
    operation: 'CREATE',
    subresource: '',
    old: undefined,
    object,
    dryRun,
    fieldManager,
    undo,
    done,
    generatedName,
  }
  let stored = false
  try {
    await run(createStages, write)
    const name = write.object.metadata.name!
    const namespace = write.object.metadata.namespace ?? ''
    if (dryRun) {
      if (await registry.read(() => registry.find(namespace, name))) throw alreadyExists(kind, name)
      return registry.unsaved(write.object)
    }
    const converting = registry.toStored(write.object)
    const wanted = converting instanceof Promise ? await converting : converting
    const put = (revision: number) => registry.encode(wanted, revision)
    const result = await core.store.commit([{ key: registry.key(namespace, name), expect: 0, put }], actorOf(call))
    if (!result.ok) throw alreadyExists(kind, name)
    stored = true
    for (const settle of done) settle()
    return await registry.read(() => registry.view(result.objects[0]!))
  } finally {
    if (!stored) for (const release of undo) release()
  }
}
