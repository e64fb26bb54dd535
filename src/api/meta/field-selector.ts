import { list, message, req, string, type TypeOf } from '../schema.ts'

export const FieldSelectorRequirement = message('meta/v1.FieldSelectorRequirement', 'A requirement on one field.', {
  key: req(string).at(1, 'The field, as metadata.name.'),
  operator: req(string).at(2, 'In, NotIn, Exists or DoesNotExist.'),
  values: list(string).owned('atomic').at(3, 'The values for In and NotIn; empty for the others.'),
})
export type FieldSelectorRequirement = TypeOf<typeof FieldSelectorRequirement>
