import { message, opt, req, string, type TypeOf } from '../schema.ts'

export const ObjectReference = message('core/v1.ObjectReference', 'DOC:core/v1.ObjectReference', {
  kind: string.at(1, 'DOC:core/v1.ObjectReference.kind'),
  namespace: string.at(2, 'DOC:core/v1.ObjectReference.namespace'),
  name: string.at(3, 'DOC:core/v1.ObjectReference.name'),
  uid: string.at(4, 'DOC:core/v1.ObjectReference.uid'),
  apiVersion: string.at(5, 'DOC:core/v1.ObjectReference.apiVersion'),
  resourceVersion: string.at(6, 'DOC:core/v1.ObjectReference.resourceVersion'),
  fieldPath: string.at(7, 'DOC:core/v1.ObjectReference.fieldPath'),
}).atomic()
export type ObjectReference = TypeOf<typeof ObjectReference>

export const LocalObjectReference = message('core/v1.LocalObjectReference', 'DOC:core/v1.LocalObjectReference', {
  name: string.at(1, 'DOC:core/v1.LocalObjectReference.name'),
}).atomic()
export type LocalObjectReference = TypeOf<typeof LocalObjectReference>

export const TypedLocalObjectReference = message(
  'core/v1.TypedLocalObjectReference',
  'DOC:core/v1.TypedLocalObjectReference',
  {
    apiGroup: opt(string).at(1, 'DOC:core/v1.TypedLocalObjectReference.apiGroup'),
    kind: req(string).at(2, 'DOC:core/v1.TypedLocalObjectReference.kind'),
    name: req(string).at(3, 'DOC:core/v1.TypedLocalObjectReference.name'),
  },
).atomic()
export type TypedLocalObjectReference = TypeOf<typeof TypedLocalObjectReference>

export const TypedObjectReference = message('core/v1.TypedObjectReference', 'DOC:core/v1.TypedObjectReference', {
  apiGroup: opt(string).at(1, 'DOC:core/v1.TypedObjectReference.apiGroup'),
  kind: req(string).at(2, 'DOC:core/v1.TypedObjectReference.kind'),
  name: req(string).at(3, 'DOC:core/v1.TypedObjectReference.name'),
  namespace: opt(string).at(4, 'DOC:core/v1.TypedObjectReference.namespace'),
})
export type TypedObjectReference = TypeOf<typeof TypedObjectReference>

export const SecretReference = message('core/v1.SecretReference', 'DOC:core/v1.SecretReference', {
  name: string.at(1, 'DOC:core/v1.SecretReference.name'),
  namespace: string.at(2, 'DOC:core/v1.SecretReference.namespace'),
}).atomic()
export type SecretReference = TypeOf<typeof SecretReference>
