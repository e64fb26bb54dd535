import { int64, message, opt, req, string, type TypeOf } from '../schema.ts'

export const ShardInfo = message('meta/v1.ShardInfo', 'DOC:meta/v1.ShardInfo', {
  selector: req(string).at(1, 'DOC:meta/v1.ShardInfo.selector'),
})
export type ShardInfo = TypeOf<typeof ShardInfo>

export const ListMeta = message('meta/v1.ListMeta', 'DOC:meta/v1.ListMeta', {
  selfLink: string.at(1, 'DOC:meta/v1.ListMeta.selfLink'),
  resourceVersion: string.at(2, 'DOC:meta/v1.ListMeta.resourceVersion'),
  continue: string.at(3, 'DOC:meta/v1.ListMeta.continue'),
  remainingItemCount: opt(int64).at(4, 'DOC:meta/v1.ListMeta.remainingItemCount'),
  shardInfo: opt(ShardInfo).at(5, 'DOC:meta/v1.ListMeta.shardInfo'),
})
export type ListMeta = TypeOf<typeof ListMeta>
