// What a webhook for conversion is asked and answers; it goes over the wire, and is stored nowhere.

import { Status } from '../meta/status.ts'
import { any, list, message, opt, req, string, type TypeOf } from '../schema.ts'

export const ConversionRequest = message('apiextensions/v1.ConversionRequest', 'Objects that are to be converted.', {
  uid: req(string).at(1, 'What the answer must repeat.'),
  desiredAPIVersion: req(string).at(2, 'The group and version that is wanted.'),
  objects: req(list(any)).owned('atomic').at(3, 'The objects.'),
})
export type ConversionRequest = TypeOf<typeof ConversionRequest>

export const ConversionResponse = message('apiextensions/v1.ConversionResponse', 'The objects after conversion.', {
  uid: req(string).at(1, 'That of the request.'),
  convertedObjects: req(list(any)).owned('atomic').at(2, 'The objects in the same order, with the same identity.'),
  result: Status.at(3, 'Success, or Failure with a message.'),
})
export type ConversionResponse = TypeOf<typeof ConversionResponse>

export const ConversionReview = message(
  'apiextensions/v1.ConversionReview',
  'What a webhook for conversion is asked, and what it answers.',
  {
    request: opt(ConversionRequest).at(1, 'The question.'),
    response: opt(ConversionResponse).at(2, 'The answer.'),
  },
)
export type ConversionReview = TypeOf<typeof ConversionReview>
