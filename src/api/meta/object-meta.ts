import { any, bool, int64, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const ManagedFieldsEntry = message('meta/v1.ManagedFieldsEntry', 'The fields that one manager has set.', {
  manager: string.at(1, 'Who has set the fields.'),
  operation: string.at(2, 'How they were set: Apply or Update.'),
  apiVersion: string.at(3, 'The version in which the fields are named.'),
  time: opt(time).at(4, 'When the entry last changed.'),
  fieldsType: string.at(6, 'The form of fieldsV1; always FieldsV1.'),
  fieldsV1: opt(any).at(7, 'The fields, as a tree.'),
  subresource: string.at(8, 'The subresource through which they were set.'),
})
export type ManagedFieldsEntry = TypeOf<typeof ManagedFieldsEntry>

export const OwnerReference = message('meta/v1.OwnerReference', 'An object that another one depends on.', {
  apiVersion: req(string).at(5, 'The API version of the owner.'),
  kind: req(string).at(1, 'The kind of the owner.'),
  name: req(string).at(3, 'The name of the owner.'),
  uid: req(string).at(4, 'The UID of the owner.'),
  controller: opt(bool).at(6, 'Whether the owner is the one that manages this object.'),
  blockOwnerDeletion: opt(bool).at(
    7,
    'Whether the owner stays until this object is gone, if it is deleted in the foreground.',
  ),
}).atomic()
export type OwnerReference = TypeOf<typeof OwnerReference>

export const ObjectMeta = message('meta/v1.ObjectMeta', 'What every object has: name, labels and the like.', {
  name: string.at(1, 'The name, unique among the objects of a kind in their namespace. It never changes.'),
  generateName: string.at(2, 'The beginning of a name that the server completes, if no name is given.'),
  namespace: string.at(3, 'The namespace that the object is in.'),
  selfLink: string.at(4, 'No longer used.'),
  uid: string.at(5, 'What tells the object apart from all others, before and after; set by the server.'),
  resourceVersion: string.at(
    6,
    'The version of the object; it changes with every write, and guards against lost updates.',
  ),
  generation: int64.at(7, 'Counts the changes of what is wanted.'),
  creationTimestamp: time.at(8, 'When the object was created; set by the server.'),
  deletionTimestamp: opt(time).at(
    9,
    'When the object shall be gone; set by the server when its deletion is asked for.',
  ),
  deletionGracePeriodSeconds: opt(int64).at(
    10,
    'How many seconds the object has to end, once its deletion was asked for.',
  ),
  labels: map(string).at(11, 'Words by which objects are selected and grouped.'),
  annotations: map(string).at(12, 'Free notes of any tool; not for selecting.'),
  ownerReferences: list(OwnerReference)
    .patch('merge', 'uid')
    .owned('map', 'uid')
    .at(13, 'The objects that this one depends on; when all are gone, it goes too.'),
  finalizers: list(string)
    .patch('merge')
    .owned('set')
    .at(14, 'Who must do something before the object may go; it stays until the list is empty.'),
  managedFields: list(ManagedFieldsEntry).owned('atomic').at(17, 'Who has set which fields; kept by the server.'),
})
export type ObjectMeta = TypeOf<typeof ObjectMeta>
