import { list, map, message, string, type TypeOf } from '../schema.ts'

export const UserInfo = message('authentication/v1.UserInfo', 'Who somebody is, as far as the server knows.', {
  username: string.at(1, 'The name of the user.'),
  uid: string.at(2, 'What tells the user apart from others who have had the same name.'),
  groups: list(string).owned('atomic').at(3, 'The groups that the user is in.'),
  extra: map(list(string)).at(4, 'Further facts about the user, from whoever authenticated him.'),
})
export type UserInfo = TypeOf<typeof UserInfo>
