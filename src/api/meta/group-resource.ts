import { message, req, string, type TypeOf } from '../schema.ts'

export const GroupResource = message('meta/v1.GroupResource', 'A resource, whatever its version.', {
  group: req(string).at(1, 'The group; empty for the core one.'),
  resource: req(string).at(2, 'The resource in the plural.'),
})
export type GroupResource = TypeOf<typeof GroupResource>
