import { any, bool, int64, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const ManagedFieldsEntry = message('meta/v1.ManagedFieldsEntry', 'DOC:meta/v1.ManagedFieldsEntry', {
  manager: string.at(1, 'DOC:meta/v1.ManagedFieldsEntry.manager'),
  operation: string.at(2, 'DOC:meta/v1.ManagedFieldsEntry.operation'),
  apiVersion: string.at(3, 'DOC:meta/v1.ManagedFieldsEntry.apiVersion'),
  time: opt(time).at(4, 'DOC:meta/v1.ManagedFieldsEntry.time'),
  fieldsType: string.at(6, 'DOC:meta/v1.ManagedFieldsEntry.fieldsType'),
  fieldsV1: opt(any).at(7, 'DOC:meta/v1.ManagedFieldsEntry.fieldsV1'),
  subresource: string.at(8, 'DOC:meta/v1.ManagedFieldsEntry.subresource'),
})
export type ManagedFieldsEntry = TypeOf<typeof ManagedFieldsEntry>

export const OwnerReference = message('meta/v1.OwnerReference', 'DOC:meta/v1.OwnerReference', {
  apiVersion: req(string).at(5, 'DOC:meta/v1.OwnerReference.apiVersion'),
  kind: req(string).at(1, 'DOC:meta/v1.OwnerReference.kind'),
  name: req(string).at(3, 'DOC:meta/v1.OwnerReference.name'),
  uid: req(string).at(4, 'DOC:meta/v1.OwnerReference.uid'),
  controller: opt(bool).at(6, 'DOC:meta/v1.OwnerReference.controller'),
  blockOwnerDeletion: opt(bool).at(7, 'DOC:meta/v1.OwnerReference.blockOwnerDeletion'),
}).atomic()
export type OwnerReference = TypeOf<typeof OwnerReference>

export const ObjectMeta = message('meta/v1.ObjectMeta', 'DOC:meta/v1.ObjectMeta', {
  name: string.at(1, 'DOC:meta/v1.ObjectMeta.name'),
  generateName: string.at(2, 'DOC:meta/v1.ObjectMeta.generateName'),
  namespace: string.at(3, 'DOC:meta/v1.ObjectMeta.namespace'),
  selfLink: string.at(4, 'DOC:meta/v1.ObjectMeta.selfLink'),
  uid: string.at(5, 'DOC:meta/v1.ObjectMeta.uid'),
  resourceVersion: string.at(6, 'DOC:meta/v1.ObjectMeta.resourceVersion'),
  generation: int64.at(7, 'DOC:meta/v1.ObjectMeta.generation'),
  creationTimestamp: time.at(8, 'DOC:meta/v1.ObjectMeta.creationTimestamp'),
  deletionTimestamp: opt(time).at(9, 'DOC:meta/v1.ObjectMeta.deletionTimestamp'),
  deletionGracePeriodSeconds: opt(int64).at(10, 'DOC:meta/v1.ObjectMeta.deletionGracePeriodSeconds'),
  labels: map(string).at(11, 'DOC:meta/v1.ObjectMeta.labels'),
  annotations: map(string).at(12, 'DOC:meta/v1.ObjectMeta.annotations'),
  ownerReferences: list(OwnerReference)
    .patch('merge', 'uid')
    .owned('map', 'uid')
    .at(13, 'DOC:meta/v1.ObjectMeta.ownerReferences'),
  finalizers: list(string).patch('merge').owned('set').at(14, 'DOC:meta/v1.ObjectMeta.finalizers'),
  managedFields: list(ManagedFieldsEntry).owned('atomic').at(17, 'DOC:meta/v1.ObjectMeta.managedFields'),
})
export type ObjectMeta = TypeOf<typeof ObjectMeta>
