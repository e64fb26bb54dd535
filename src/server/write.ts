// What happens to an object between being asked for and being in the store: the stages of a creation and of an
// update, in upstream's order, each a short function over the same `Write`.

import { decodeAs } from '#api/decode.ts'
import { applyDefaults } from '#api/defaults.ts'
import { sameValue } from '#api/equal.ts'
import { FieldErrors } from '#api/field-errors.ts'
import type { AnyKind, ApiObject, StrategyContext } from '#api/kind.ts'
import type { ObjectMeta } from '#api/meta/object-meta.ts'
import { resolved } from '#api/schema.ts'
import { conflict, invalid, StatusError } from '#api/status-error.ts'
import { validateCreate, validateUpdate } from '#api/validate.ts'
import { formatTime } from '#lib/clock.ts'
import { nameSuffix, uuid } from '#lib/random.ts'
import type { StoredObject } from '#store/store.ts'
import { type AdmissionContext, admit, mutate, type Operation, reserve } from './admission/admission.ts'
import type { Call } from './call.ts'
import { withOldTimes } from './managed-entries.ts'
import { trackUpdate } from './managed-fields.ts'
import { objectOf } from './stored.ts'
import { projections } from './subresources/projection.ts'
import { versionsOf } from './versions.ts'

export interface Write {
  readonly call: Call
  readonly kind: AnyKind
  readonly operation: Operation
  /** Empty, `status`, or another part of the object that is written alone. */
  readonly subresource: string
  readonly old: ApiObject | undefined
  object: ApiObject
  readonly dryRun: boolean
  /** Whose the changed fields become; empty: nobody is to own them here, the patch has seen to it. */
  readonly fieldManager: string
  readonly undo: (() => void)[]
  readonly done: (() => void)[]
  readonly generatedName?: boolean
}

export type WriteStage = (write: Write) => void | Promise<void>

export const createStages: readonly WriteStage[] = [
  defaults,
  trackFields,
  mutateObject,
  clearStatus,
  defaults,
  prepareCreate,
  reserveFor,
  validateNew,
  admitObject,
]

export const updateStages: readonly WriteStage[] = [
  keepSystemFields,
  defaults,
  trackFields,
  mutateObject,
  defaults,
  prepareUpdate,
  keepTimes,
  reserveFor,
  validateChange,
  admitObject,
]

export async function run(stages: readonly WriteStage[], write: Write): Promise<void> {
  for (const stage of stages) {
    const pending = stage(write)
    if (pending) await pending
  }
}

/** The name of the program, as upstream takes it from the user agent where no field manager is named. */
export const managerOf = (call: Call, fieldManager: string): string =>
  fieldManager !== ''
    ? fieldManager
    : ((call.request.headers['user-agent'] ?? '').split('/')[0] || 'unknown').slice(0, 128)

function defaults(write: Write): void {
  applyDefaults(write.kind, write.object)
}

function trackFields(write: Write): void | Promise<void> {
  const { kind, old, object, fieldManager, subresource, call } = write
  if (fieldManager === '') return
  const { core } = call
  const nowMs = core.clock.now()
  const versions = versionsOf(core, kind)
  const update = { kind, old, next: object, manager: fieldManager, subresource, nowMs, versions }
  const tracked = core.registries.of(kind).read(() => trackUpdate(update))
  if (!(tracked instanceof Promise)) {
    write.object = tracked as ApiObject
    return
  }
  return tracked.then(
    (next) => {
      write.object = next as ApiObject
    },
    (error) => {
      if (!(error instanceof StatusError)) throw error
      // As upstream, where nobody can say any more who owns what.
      delete object.metadata.managedFields
    },
  )
}

export const admissionContext = (write: Write): AdmissionContext => {
  const { call, kind, operation, subresource, object, old, dryRun, undo, done, generatedName = false } = write
  const { namespace = '', name = '' } = object.metadata
  return { call, kind, operation, subresource, namespace, name, object, old, dryRun, undo, done, generatedName }
}

function mutateObject(write: Write): void | Promise<void> {
  return mutate(write.call.core.admission, admissionContext(write))
}

function reserveFor(write: Write): void {
  reserve(write.call.core.admission, admissionContext(write))
}

function admitObject(write: Write): void | Promise<void> {
  return admit(write.call.core.admission, admissionContext(write))
}

const longestGeneratedPrefix = 58

/** What only the server says of a new object. */
export function fillSystemFields(call: Call, kind: AnyKind, object: ApiObject): void {
  const { clock, random } = call.core
  const { metadata } = object
  const { name = '', generateName = '' } = metadata
  const named =
    name === '' && generateName !== '' ? generateName.slice(0, longestGeneratedPrefix) + nameSuffix(random) : name
  // Written in upstream's order of fields.
  object.metadata = {
    ...(named === '' ? {} : { name: named }),
    ...(generateName === '' ? {} : { generateName }),
    ...(kind.namespaced ? { namespace: metadata.namespace } : {}),
    uid: uuid(random),
    resourceVersion: '',
    ...(kind.strategy.generation === false ? {} : { generation: 1 }),
    creationTimestamp: formatTime(clock.now()),
    ...(metadata.labels ? { labels: metadata.labels } : {}),
    ...(metadata.annotations ? { annotations: metadata.annotations } : {}),
    ...(metadata.ownerReferences ? { ownerReferences: metadata.ownerReferences } : {}),
    ...(metadata.finalizers ? { finalizers: metadata.finalizers } : {}),
    ...(metadata.managedFields ? { managedFields: metadata.managedFields } : {}),
  }
}

const strategyContext = ({ call, subresource }: Write): StrategyContext => ({
  nowMs: call.core.clock.now(),
  subresource,
  user: call.user,
})

/** A new object has no status yet: what is always written in it stands empty. */
function clearStatus({ kind, object }: Write): void {
  if (!kind.status || kind.strategy.statusOnCreate || kind.custom || object.status === undefined) return
  const shape = resolved(kind.schema)
  const field = shape.type === 'message' ? shape.fields.status : undefined
  object.status = field ? decodeAs(field.schema, {}).object : {}
}

function prepareCreate(write: Write): void {
  const { kind, object } = write
  if (kind.status && !kind.strategy.statusOnCreate && kind.custom) delete object.status
  kind.strategy.prepareForCreate?.(object, strategyContext(write))
}

function validateNew({ kind, object, call }: Write): void {
  const errors = new FieldErrors()
  validateCreate(kind, object, errors)
  refuse(kind, object, errors)
  call.warnings.push(...(kind.strategy.warnings?.(object) ?? []))
}

function refuse(kind: AnyKind, object: ApiObject, errors: FieldErrors): void {
  if (errors.any) throw invalid(kind, object.metadata.name ?? '', errors.all)
}

/** An update cannot change who the object is, nor take back that it is being deleted. */
function keepSystemFields({ kind, object, old }: Write): void {
  const before = old!.metadata
  const next = object.metadata
  const keep = <K extends keyof ApiObject['metadata']>(field: K) =>
    before[field] === undefined ? {} : { [field]: before[field] }
  object.metadata = {
    ...keep('name'),
    ...keep('generateName'),
    ...(kind.namespaced ? keep('namespace') : {}),
    ...(next.uid ? { uid: next.uid } : keep('uid')),
    ...keep('resourceVersion'),
    ...keep('generation'),
    ...keep('creationTimestamp'),
    ...keepMark(next, before),
    ...(next.labels ? { labels: next.labels } : {}),
    ...(next.annotations ? { annotations: next.annotations } : {}),
    ...(next.ownerReferences ? { ownerReferences: next.ownerReferences } : {}),
    ...(next.finalizers ? { finalizers: next.finalizers } : {}),
    ...(next.managedFields ? { managedFields: next.managedFields } : {}),
  }
}

/** Once there, the mark of a deletion stays; who brings one himself is refused later. */
function keepMark(next: ObjectMeta, before: ObjectMeta): Pick<ObjectMeta, 'deletionTimestamp'> {
  const { deletionTimestamp = next.deletionTimestamp } = before
  const { deletionGracePeriodSeconds = before.deletionGracePeriodSeconds } = next
  return {
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
  }
}

function prepareUpdate(write: Write): void {
  const { kind, object, old, subresource } = write
  const context = strategyContext(write)
  projections[subresource]?.(object, old!, { kind, nowMs: context.nowMs })
  if (subresource === 'status') {
    kind.strategy.prepareForStatusUpdate?.(object, old!, context)
    return
  }
  if (kind.status && subresource === '') {
    if (old!.status === undefined) delete object.status
    else object.status = old!.status
  }
  kind.strategy.prepareForUpdate?.(object, old!, context)
  if (kind.strategy.generation !== false && specChanged(kind, object, old!))
    object.metadata.generation = (old!.metadata.generation ?? 0) + 1
}

function keepTimes(write: Write): void {
  write.object = withOldTimes(write.object, write.old!)
}

const outsideSpec: ReadonlySet<string> = new Set(['metadata', 'status', 'kind', 'apiVersion'])

function specChanged(kind: AnyKind, object: ApiObject, old: ApiObject): boolean {
  // Without a subresource of its own, the status of a custom resource is a field like others.
  const wholly = kind.custom === true && !kind.status
  if (wholly && !sameValue(object.status, old.status)) return true
  const fields = new Set([...Object.keys(object), ...Object.keys(old)])
  for (const field of fields) if (!outsideSpec.has(field) && !sameValue(object[field], old[field])) return true
  return false
}

function validateChange({ kind, object, old, subresource, call }: Write): void {
  const errors = new FieldErrors()
  validateUpdate(kind, object, old!, subresource, errors)
  refuse(kind, object, errors)
  if (subresource === '') call.warnings.push(...(kind.strategy.warnings?.(object, old) ?? []))
}

export const staleText = 'the object has been modified; please apply your changes to the latest version and try again'

/** What the client believes to be there against what is there. A patch cannot believe in another UID: it would change
 *  it, which validation refuses. */
export function checkPreconditions(kind: AnyKind, object: ApiObject, stored: StoredObject, isPatch = false): void {
  const old = objectOf(stored)
  const name = old.metadata.name ?? ''
  const { resourceVersion = '', uid = '' } = object.metadata
  if (!isPatch && uid !== '' && uid !== old.metadata.uid)
    throw conflict(
      kind,
      name,
      `StorageError: invalid object, Code: 4, Key: ${stored.key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
    )
  if (resourceVersion === '' || resourceVersion === '0') {
    if (kind.strategy.unconditionalUpdate === false) {
      const errors = new FieldErrors()
      errors.add(
        'FieldValueInvalid',
        'metadata.resourceVersion',
        'Invalid value: 0x0',
        'must be specified for an update',
      )
      throw invalid(kind, name, errors.all)
    }
    return
  }
  if (resourceVersion !== String(stored.revision)) throw conflict(kind, name, staleText)
}
