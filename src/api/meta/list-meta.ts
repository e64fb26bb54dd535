import { int64, message, opt, req, string, type TypeOf } from '../schema.ts'

export const ShardInfo = message('meta/v1.ShardInfo', 'Which part of all objects a list shows.', {
  selector: req(string).at(1, 'What picks the part.'),
})
export type ShardInfo = TypeOf<typeof ShardInfo>

export const ListMeta = message('meta/v1.ListMeta', 'What a list says of itself.', {
  selfLink: string.at(1, 'No longer used.'),
  resourceVersion: string.at(2, 'The version of the store that the list shows.'),
  continue: string.at(3, 'Where the next part of the list begins; given back with the next request.'),
  remainingItemCount: opt(int64).at(4, 'How many items come after these, where that is known.'),
  shardInfo: opt(ShardInfo).at(5, 'Which part of all objects the list shows, if it was asked for a part only.'),
})
export type ListMeta = TypeOf<typeof ListMeta>
