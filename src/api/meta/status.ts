import { int32, list, message, opt, string, type TypeOf } from '../schema.ts'
import { ListMeta } from './list-meta.ts'

export const StatusCause = message('meta/v1.StatusCause', 'DOC:meta/v1.StatusCause', {
  reason: string.at(1, 'DOC:meta/v1.StatusCause.reason'),
  message: string.at(2, 'DOC:meta/v1.StatusCause.message'),
  field: string.at(3, 'DOC:meta/v1.StatusCause.field'),
})
export type StatusCause = TypeOf<typeof StatusCause>

export const StatusDetails = message('meta/v1.StatusDetails', 'DOC:meta/v1.StatusDetails', {
  name: string.at(1, 'DOC:meta/v1.StatusDetails.name'),
  group: string.at(2, 'DOC:meta/v1.StatusDetails.group'),
  kind: string.at(3, 'DOC:meta/v1.StatusDetails.kind'),
  uid: string.at(6, 'DOC:meta/v1.StatusDetails.uid'),
  causes: list(StatusCause).owned('atomic').at(4, 'DOC:meta/v1.StatusDetails.causes'),
  retryAfterSeconds: int32.at(5, 'DOC:meta/v1.StatusDetails.retryAfterSeconds'),
})
export type StatusDetails = TypeOf<typeof StatusDetails>

export const Status = message('meta/v1.Status', 'DOC:meta/v1.Status', {
  metadata: ListMeta.at(1, 'DOC:meta/v1.Status.metadata'),
  status: string.at(2, 'DOC:meta/v1.Status.status'),
  message: string.at(3, 'DOC:meta/v1.Status.message'),
  reason: string.at(4, 'DOC:meta/v1.Status.reason'),
  details: opt(StatusDetails).at(5, 'DOC:meta/v1.Status.details'),
  code: int32.at(6, 'DOC:meta/v1.Status.code'),
})
export type Status = TypeOf<typeof Status>
