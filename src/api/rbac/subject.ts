import { message, req, string, type TypeOf } from '../schema.ts'

export const Subject = message('rbac/v1.Subject', 'Somebody who is given a role.', {
  kind: req(string).at(1, 'User, Group or ServiceAccount.'),
  apiGroup: string.at(2, 'The group of the kind: "" for ServiceAccounts, rbac.authorization.k8s.io for the others.'),
  name: req(string).at(3, 'The name.'),
  namespace: string.at(4, 'The namespace of the ServiceAccount; users and groups have none.'),
}).atomic()
export type Subject = TypeOf<typeof Subject>

export const RoleRef = message('rbac/v1.RoleRef', 'The role that is given.', {
  apiGroup: req(string).at(1, 'The group of the role: rbac.authorization.k8s.io.'),
  kind: req(string).at(2, 'Role or ClusterRole.'),
  name: req(string).at(3, 'The name of the role.'),
}).atomic()
export type RoleRef = TypeOf<typeof RoleRef>
