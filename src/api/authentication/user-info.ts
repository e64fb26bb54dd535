import { list, map, message, string, type TypeOf } from '../schema.ts'

export const UserInfo = message('authentication/v1.UserInfo', 'DOC:authentication/v1.UserInfo', {
  username: string.at(1, 'DOC:authentication/v1.UserInfo.username'),
  uid: string.at(2, 'DOC:authentication/v1.UserInfo.uid'),
  groups: list(string).owned('atomic').at(3, 'DOC:authentication/v1.UserInfo.groups'),
  extra: map(list(string)).at(4, 'DOC:authentication/v1.UserInfo.extra'),
})
export type UserInfo = TypeOf<typeof UserInfo>
