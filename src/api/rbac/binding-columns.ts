// What the tables of both kinds of bindings show.

import { ageColumn, nameColumn } from '../columns.ts'
import type { Column } from '../kind.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import type { RoleRef, Subject } from './subject.ts'

interface Parts {
  readonly metadata: ObjectMeta
  readonly subjects?: Subject[] | undefined
  readonly roleRef: RoleRef
}

const named = ({ subjects = [] }: Parts, kind: string): readonly Subject[] => subjects.filter((s) => s.kind === kind)

export const bindingColumns: readonly Column<Parts>[] = [
  nameColumn,
  { name: 'Role', description: 'The role that is given.', value: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` },
  ageColumn,
  {
    name: 'Users',
    priority: 1,
    description: 'The users who have the role.',
    value: (binding) =>
      named(binding, 'User')
        .map(({ name }) => name)
        .join(', '),
  },
  {
    name: 'Groups',
    priority: 1,
    description: 'The groups that have the role.',
    value: (binding) =>
      named(binding, 'Group')
        .map(({ name }) => name)
        .join(', '),
  },
  {
    name: 'ServiceAccounts',
    priority: 1,
    description: 'The service accounts that have the role.',
    value: (binding) =>
      named(binding, 'ServiceAccount')
        .map(({ namespace = '', name }) => `${namespace}/${name}`)
        .join(', '),
  },
]
