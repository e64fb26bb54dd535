import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems } from '../testing.ts'
import { ClusterRole } from './cluster-role.ts'
import { ClusterRoleBinding } from './cluster-role-binding.ts'
import { Role } from './role.ts'
import { RoleBinding } from './role-binding.ts'

const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] }

const wrongRoles: readonly (readonly [string, typeof Role | typeof ClusterRole, object, readonly string[]])[] = [
  ['nothing', Role, { rules: [rule] }, []],
  ['nothing', ClusterRole, { rules: [rule, { verbs: ['get'], nonResourceURLs: ['/healthz'] }] }, []],
  ['names of several resources', Role, { rules: [{ ...rule, resources: ['a', 'b'], resourceNames: ['x'] }] }, []],
  [
    'an empty rule',
    Role,
    { rules: [rule, {}] },
    [
      'rules[1].verbs: Required value: verbs must contain at least one value',
      'rules[1].apiGroups: Required value: resource rules must supply at least one api group',
      'rules[1].resources: Required value: resource rules must supply at least one resource',
    ],
  ],
  [
    'a path in a namespace',
    Role,
    { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] },
    ['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs'],
  ],
  [
    'a path beside resources',
    ClusterRole,
    { rules: [{ ...rule, nonResourceURLs: ['/x'] }] },
    [
      'rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
  ],
  [
    'nothing to be put together from',
    ClusterRole,
    { aggregationRule: {} },
    [
      'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ],
  ],
  [
    'a selector that is none',
    ClusterRole,
    { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Like' }] }] } },
    [
      'aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
    ],
  ],
]
for (const [what, kind, sent, expected] of wrongRoles) {
  test(`a ${kind.kind} with ${what} wrong`, () => {
    assert.deepEqual(problems(kind, sent), expected)
  })
}

test('names of roles are segments of paths', () => {
  assert.deepEqual(problems(Role, { metadata: { name: 'system:Node_x' }, rules: [] }), [])
  assert.deepEqual(problems(Role, { metadata: { name: 'a/b' }, rules: [] }), [
    'metadata.name: Invalid value: "a/b": may not contain \'/\'',
  ])
})

test('the groups of roles, users and groups need not be said', () => {
  const { roleRef, subjects } = made(RoleBinding, {
    roleRef: { kind: 'Role', name: 'r' },
    subjects: [
      { kind: 'User', name: 'u' },
      { kind: 'Group', name: 'g' },
      { kind: 'ServiceAccount', name: 's' },
    ],
  })
  const group = 'rbac.authorization.k8s.io'
  assert.equal(roleRef.apiGroup, group)
  assert.deepEqual(
    subjects?.map(({ apiGroup }) => apiGroup),
    [group, group, undefined],
  )
})

const roleRef = { kind: 'ClusterRole', name: 'r' }
const wrongBindings: readonly (readonly [string, typeof RoleBinding, object, readonly string[]])[] = [
  ['nothing', RoleBinding, { roleRef }, []],
  ['a namespace that is its own', RoleBinding, { roleRef, subjects: [{ kind: 'ServiceAccount', name: 's' }] }, []],
  [
    'no role',
    RoleBinding,
    {},
    ['roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"', 'roleRef.name: Required value'],
  ],
  [
    'a role of a namespace',
    ClusterRoleBinding,
    { roleRef: { kind: 'Role', name: 'r' } },
    ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"'],
  ],
  [
    'a role of another group',
    ClusterRoleBinding,
    { roleRef: { ...roleRef, apiGroup: 'x' } },
    ['roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"'],
  ],
  [
    'an account without namespace',
    ClusterRoleBinding,
    { roleRef, subjects: [{ kind: 'ServiceAccount', name: 's' }] },
    ['subjects[0].namespace: Required value'],
  ],
  [
    'nobody in particular',
    RoleBinding,
    { roleRef, subjects: [{ kind: 'User' }, { kind: 'Robot', name: 'x' }] },
    [
      'subjects[0].name: Required value',
      'subjects[0].name: Invalid value: "": user name cannot be empty',
      'subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    ],
  ],
]
for (const [what, kind, sent, expected] of wrongBindings) {
  test(`a ${kind.kind} with ${what} wrong`, () => {
    assert.deepEqual(problems(kind, sent), expected)
  })
}

test('a binding keeps its role', () => {
  for (const kind of [RoleBinding, ClusterRoleBinding]) {
    const after = { roleRef: { ...roleRef, name: 'other' } }
    assert.deepEqual(changeProblems(kind, { roleRef }, after), [
      'roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"other"}: cannot change roleRef',
    ])
  }
})

test('the table of bindings tells who has which role', () => {
  const binding = made(RoleBinding, {
    roleRef,
    subjects: [
      { kind: 'User', name: 'u' },
      { kind: 'User', name: 'v' },
      { kind: 'Group', name: 'g' },
      { kind: 'ServiceAccount', namespace: 'n', name: 's' },
    ],
  })
  const row = RoleBinding.columns.map(({ name, value }) => `${name}=${value(binding, 0)}`)
  assert.deepEqual(row, [
    'Name=a',
    'Role=ClusterRole/r',
    'Age=<unknown>',
    'Users=u, v',
    'Groups=g',
    'ServiceAccounts=n/s',
  ])
})
