// What expressions of policies know of a request, by the names that they know it by.

import type { Namespace as NamespaceObject } from '#api/core/namespace.ts'
import { Namespace } from '#api/core/namespace.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { notFound } from '#api/status-error.ts'
import { objectOf } from '../../stored.ts'
import type { AdmissionContext } from '../admission.ts'
import type { Inputs } from '../expressions/evaluation.ts'
import { requestOf } from '../request-head.ts'
import type { Shown, Subject } from '../subject.ts'

/** Null for what is in no namespace, and for a namespace itself. */
function namespaceObjectOf({ call, kind, namespace }: AdmissionContext): object | null {
  if (!kind.namespaced || namespace === '') return null
  const stored = call.core.registries.of(Namespace).find('', namespace)
  if (!stored) throw notFound(Namespace, namespace)
  const { metadata, spec, status } = objectOf(stored) as NamespaceObject
  const { managedFields: _managedFields, ownerReferences: _ownerReferences, ...shown } = metadata
  return { metadata: shown, spec, status }
}

/** `kind` is that of the rule that matched, and `shown` is how it shows the objects. */
export const inputsOf = (subject: Subject, kind: AnyKind, shown: Shown): Inputs => ({
  object: shown.object,
  oldObject: shown.oldObject,
  request: requestOf(subject.head(kind)),
  namespaceObject: namespaceObjectOf(subject.context),
})

/** Without parameters, `params` is null. */
export const withParams = (inputs: Inputs, params: ApiObject | undefined): Inputs => ({
  ...inputs,
  params: params ?? null,
})
