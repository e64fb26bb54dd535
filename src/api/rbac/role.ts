import { kind, type ObjectOf } from '../kind.ts'
import { nameIsPathSegment } from '../names.ts'
import { list, req } from '../schema.ts'
import { PolicyRule } from './rule.ts'
import { validateRules } from './validate-role.ts'

export const Role = kind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  scope: 'Namespaced',
  doc: 'A named set of permissions in one namespace.',
  fields: {
    rules: req(list(PolicyRule)).owned('atomic').at(2, 'What is allowed; nothing else is.'),
  },
  generation: false,
  createOnUpdate: true,
  nameRule: nameIsPathSegment,
  validate: ({ rules }, errors) => validateRules(rules, 'Namespaced', errors),
})
export type Role = ObjectOf<typeof Role>
