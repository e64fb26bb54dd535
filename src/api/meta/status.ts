import { int32, list, message, opt, string, type TypeOf } from '../schema.ts'
import { ListMeta } from './list-meta.ts'

export const StatusCause = message('meta/v1.StatusCause', 'One thing that was wrong.', {
  reason: string.at(1, 'What was wrong, in one word.'),
  message: string.at(2, 'What was wrong, in words.'),
  field: string.at(3, 'The field that was wrong.'),
})
export type StatusCause = TypeOf<typeof StatusCause>

export const StatusDetails = message('meta/v1.StatusDetails', 'More about a failure.', {
  name: string.at(1, 'The name of the object in question.'),
  group: string.at(2, 'The API group of the object in question.'),
  kind: string.at(3, 'The kind of the object in question.'),
  uid: string.at(6, 'The UID of the object in question.'),
  causes: list(StatusCause).owned('atomic').at(4, 'Everything that was wrong.'),
  retryAfterSeconds: int32.at(5, 'After how many seconds another try makes sense.'),
})
export type StatusDetails = TypeOf<typeof StatusDetails>

export const Status = message('meta/v1.Status', 'How a request ended, where there is no object to answer with.', {
  metadata: ListMeta.at(1, 'What a list would say of itself.'),
  status: string.at(2, 'Success or Failure.'),
  message: string.at(3, 'What happened, in words.'),
  reason: string.at(4, 'Why the request failed, in one word.'),
  details: opt(StatusDetails).at(5, 'More about it, for programs.'),
  code: int32.at(6, 'The HTTP status code.'),
})
export type Status = TypeOf<typeof Status>
