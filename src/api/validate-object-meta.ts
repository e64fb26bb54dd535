// The rules that `metadata` of every object follows, when it is made and when it changes
// (k8s.io/apimachinery/pkg/api/validation).

import { type FieldErrors, Path } from './field-errors.ts'
import type { AnyKind, ApiObject } from './kind.ts'
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from './meta/object-meta.ts'
import { validateLabels } from './meta/validate-labels.ts'
import { dns1123Label, type NameRule, nameIsDnsSubdomain, nameIsPathSegment, qualifiedName } from './names.ts'

const maxAnnotationsBytes = 256 * 1024
const at = Path.of('metadata')

export function validateObjectMeta(kind: AnyKind, object: ApiObject, errors: FieldErrors): void {
  validateMeta(kind, object.metadata, kind.strategy.nameRule ?? nameIsDnsSubdomain, errors)
}

/** Old objects may have names that new ones may not; what is in the store stays changeable. */
export function validateObjectMetaUpdate(kind: AnyKind, next: ApiObject, old: ApiObject, errors: FieldErrors): void {
  validateMeta(kind, next.metadata, nameIsPathSegment, errors)
  const [meta, before] = [next.metadata, old.metadata]
  if (before.deletionTimestamp !== undefined) {
    validateNoNewFinalizers(meta.finalizers ?? [], before.finalizers ?? [], errors)
  }
  if ((meta.resourceVersion ?? '') === '') {
    errors.invalid(at.child('resourceVersion'), '', 'must be specified for an update')
  }
  if ((meta.generation ?? 0) < (before.generation ?? 0)) {
    errors.invalid(at.child('generation'), meta.generation ?? 0, 'must not be decremented')
  }
  for (const field of immutable) {
    if (meta[field] !== before[field]) errors.invalid(at.child(field), meta[field] ?? '', 'field is immutable')
  }
}

const immutable = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

function validateMeta(kind: AnyKind, meta: ObjectMeta, nameRule: NameRule, errors: FieldErrors): void {
  const { name = '', generateName = '', namespace = '', generation = 0 } = meta
  if (generateName !== '') errors.invalidEach(at.child('generateName'), generateName, nameRule(generateName, true))
  if (name === '') errors.required(at.child('name'), 'name or generateName is required')
  else errors.invalidEach(at.child('name'), name, nameRule(name, false))

  if (!kind.namespaced) {
    if (namespace !== '') errors.forbidden(at.child('namespace'), 'not allowed on this type')
  } else if (namespace === '') errors.required(at.child('namespace'))
  else errors.invalidEach(at.child('namespace'), namespace, dns1123Label(namespace))

  if (generation < 0) errors.invalid(at.child('generation'), generation, 'must be greater than or equal to 0')
  if (meta.labels) validateLabels(meta.labels, at.child('labels'), errors)
  if (meta.annotations) validateAnnotations(meta.annotations, at.child('annotations'), errors)
  if (meta.ownerReferences) validateOwnerReferences(meta.ownerReferences, errors)
  if (meta.finalizers) validateFinalizers(kind, meta.finalizers, errors)
  if (meta.managedFields) validateManagedFields(meta.managedFields, errors)
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>>,
  path: Path,
  errors: FieldErrors,
): void {
  let sizeBytes = 0
  for (const [key, value] of Object.entries(annotations)) {
    errors.invalidEach(path, key, qualifiedName(key.toLowerCase()))
    // Far below the limit characters are as good as bytes, and much cheaper.
    sizeBytes += key.length + value.length
  }
  if (sizeBytes * 3 <= maxAnnotationsBytes) return
  sizeBytes = 0
  for (const [key, value] of Object.entries(annotations)) sizeBytes += Buffer.byteLength(key) + Buffer.byteLength(value)
  if (sizeBytes > maxAnnotationsBytes) errors.tooLong(path, maxAnnotationsBytes)
}

function validateOwnerReferences(references: readonly OwnerReference[], errors: FieldErrors): void {
  const path = at.child('ownerReferences')
  let controller: string | undefined
  for (const reference of references) {
    validateOwnerReference(reference, path, errors)
    if (reference.controller !== true) continue
    if (controller !== undefined) {
      const both = `${controller} and ${reference.name}`
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${both}`
      errors.invalid(path, references, text)
      return
    }
    controller = reference.name
  }
}

function validateOwnerReference(reference: OwnerReference, path: Path, errors: FieldErrors): void {
  const { apiVersion, kind, name, uid } = reference
  const parts = apiVersion.split('/')
  if (parts.length > 2 || parts.at(-1) === '')
    errors.invalid(path.child('apiVersion'), apiVersion, 'version must not be empty')
  if (kind === '') errors.invalid(path.child('kind'), kind, 'must not be empty')
  if (name === '') errors.invalid(path.child('name'), name, 'must not be empty')
  if (uid === '') errors.invalid(path.child('uid'), uid, 'must not be empty')
  if (kind === 'Event' && apiVersion === 'v1') {
    errors.invalid(path, reference, '/v1, Kind=Event is disallowed from being an owner')
  }
}

const standardFinalizers: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** Upstream's other servers, of custom kinds and their definitions and of APIServices, ask for less. */
const elsewhere: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io'])

/** Custom kinds may use short names for finalizers; the built-in ones may not. */
const isBuiltIn = ({ custom, group }: AnyKind): boolean =>
  !custom && !elsewhere.has(group) && (!group.includes('.') || group.endsWith('.k8s.io'))

function validateFinalizers(kind: AnyKind, finalizers: readonly string[], errors: FieldErrors): void {
  const path = at.child('finalizers')
  for (const finalizer of finalizers) {
    errors.invalidEach(path, finalizer, qualifiedName(finalizer))
    if (isBuiltIn(kind) && !finalizer.includes('/') && !standardFinalizers.has(finalizer)) {
      errors.invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')
    }
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')
  }
}

function validateNoNewFinalizers(next: readonly string[], old: readonly string[], errors: FieldErrors): void {
  const added = next.filter((finalizer) => !old.includes(finalizer)).sort()
  if (added.length === 0) return
  const found = added.map((finalizer) => JSON.stringify(finalizer)).join(', ')
  const text = 'no new finalizers can be added if the object is being deleted, found new finalizers'
  errors.forbidden(at.child('finalizers'), `${text} []string{${found}}`)
}

const maxManagerBytes = 128

function validateManagedFields(entries: readonly ManagedFieldsEntry[], errors: FieldErrors): void {
  entries.forEach(({ operation = '', fieldsType = '', manager = '' }, i) => {
    const path = at.child('managedFields').index(i)
    if (operation !== 'Apply' && operation !== 'Update') {
      errors.invalid(path.child('operation'), operation, 'must be `Apply` or `Update`')
    }
    if (fieldsType !== '' && fieldsType !== 'FieldsV1') {
      errors.invalid(path.child('fieldsType'), fieldsType, 'must be `FieldsV1`')
    }
    if (Buffer.byteLength(manager) > maxManagerBytes) errors.tooLong(path.child('manager'), maxManagerBytes)
  })
}
