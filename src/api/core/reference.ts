import { message, opt, req, string, type TypeOf } from '../schema.ts'

export const ObjectReference = message('core/v1.ObjectReference', 'An object, or a part of one.', {
  kind: string.at(1, 'The kind of the object.'),
  namespace: string.at(2, 'The namespace of the object.'),
  name: string.at(3, 'The name of the object.'),
  uid: string.at(4, 'The UID of the object.'),
  apiVersion: string.at(5, 'The API version of the object.'),
  resourceVersion: string.at(6, 'The version of the object that is meant.'),
  fieldPath: string.at(7, 'The part that is meant, as spec.containers{name}.'),
}).atomic()
export type ObjectReference = TypeOf<typeof ObjectReference>

export const LocalObjectReference = message('core/v1.LocalObjectReference', 'An object in the same namespace.', {
  name: string.at(1, 'The name of the object.'),
}).atomic()
export type LocalObjectReference = TypeOf<typeof LocalObjectReference>

export const TypedLocalObjectReference = message(
  'core/v1.TypedLocalObjectReference',
  'An object of any kind in the same namespace.',
  {
    apiGroup: opt(string).at(1, 'The API group of the object.'),
    kind: req(string).at(2, 'The kind of the object.'),
    name: req(string).at(3, 'The name of the object.'),
  },
).atomic()
export type TypedLocalObjectReference = TypeOf<typeof TypedLocalObjectReference>

export const TypedObjectReference = message(
  'core/v1.TypedObjectReference',
  'An object of any kind in some namespace.',
  {
    apiGroup: opt(string).at(1, 'The API group of the object.'),
    kind: req(string).at(2, 'The kind of the object.'),
    name: req(string).at(3, 'The name of the object.'),
    namespace: opt(string).at(4, 'The namespace of the object; the same unless given.'),
  },
)
export type TypedObjectReference = TypeOf<typeof TypedObjectReference>

export const SecretReference = message('core/v1.SecretReference', 'A Secret in some namespace.', {
  name: string.at(1, 'The name of the Secret.'),
  namespace: string.at(2, 'The namespace of the Secret.'),
}).atomic()
export type SecretReference = TypeOf<typeof SecretReference>
