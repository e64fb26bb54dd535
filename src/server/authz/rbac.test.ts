import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Subject } from '#api/rbac/subject.ts'
import type { Attributes } from '../access.ts'
import { serviceAccountGroups, serviceAccountUser } from '../authn/user.ts'
import { Rbac } from './rbac.ts'
import { RbacIndex } from './rbac-index.ts'

const readPods = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }]
const apiGroup = 'rbac.authorization.k8s.io'
const role = (name: string) => ({ apiGroup, kind: 'Role', name })
const clusterRole = (name: string) => ({ apiGroup, kind: 'ClusterRole', name })
const bob: Subject = { kind: 'User', apiGroup, name: 'bob' }
const devs: Subject = { kind: 'Group', apiGroup, name: 'devs' }

const getPod = (user: string, namespace: string, groups: readonly string[] = []): Attributes => ({
  user: { name: user, groups },
  isResource: true,
  verb: 'get',
  path: '',
  group: '',
  version: 'v1',
  namespace,
  resource: 'pods',
  subresource: '',
  name: 'p',
})

function world() {
  const index = new RbacIndex()
  const rbac = new Rbac(index)
  const says = (attributes: Attributes) => {
    const { allowed, reason = '' } = rbac.authorize(attributes)
    return `${allowed ? 'yes' : 'no'} ${reason}`.trim()
  }
  return { index, rbac, says }
}

test('a role is bound to users, groups and service accounts, in the cluster or in one namespace', () => {
  const { index, says } = world()
  index.setRole('', 'reader', readPods)
  index.setRole('a', 'reader', readPods)
  index.setBinding({ namespace: '', name: 'all', subjects: [bob], roleRef: clusterRole('reader') })
  index.setBinding({ namespace: 'a', name: 'some', subjects: [devs], roleRef: role('reader') })
  const account: Subject = { kind: 'ServiceAccount', name: 'robot' }
  index.setBinding({ namespace: 'b', name: 'robots', subjects: [account], roleRef: clusterRole('reader') })
  const robot = serviceAccountUser('b', 'robot')
  assert.equal(
    says(getPod('bob', 'x')),
    'yes RBAC: allowed by ClusterRoleBinding "all" of ClusterRole "reader" to User "bob"',
  )
  assert.equal(
    says(getPod('eve', 'a', ['devs'])),
    'yes RBAC: allowed by RoleBinding "some/a" of Role "reader" to Group "devs"',
  )
  assert.equal(
    says(getPod(robot, 'b', serviceAccountGroups('b'))),
    'yes RBAC: allowed by RoleBinding "robots/b" of ClusterRole "reader" to ServiceAccount "robot/b"',
  )
  for (const refused of [getPod('eve', 'b', ['devs']), getPod('eve', 'a'), getPod(robot, 'a'), getPod('devs', 'a')])
    assert.equal(says(refused), 'no')
})

test('what is bound counts from when it is there until it is gone', () => {
  const { index, says } = world()
  index.setBinding({ namespace: 'a', name: 'one', subjects: [bob, devs], roleRef: role('later') })
  index.setBinding({ namespace: '', name: 'two', subjects: [bob], roleRef: clusterRole('never') })
  assert.equal(
    says(getPod('bob', 'a', ['devs'])),
    'no RBAC: [clusterrole.rbac.authorization.k8s.io "never" not found, role.rbac.authorization.k8s.io "later" not found]',
  )
  index.setRole('a', 'later', readPods)
  assert.match(says(getPod('bob', 'a')), /^yes/)
  index.setRole('a', 'later', [])
  assert.equal(says(getPod('eve', 'a', ['devs'])), 'no')
  index.setRole('a', 'later', readPods)
  index.setBinding({ namespace: 'a', name: 'one', subjects: [devs], roleRef: role('later') })
  assert.match(says(getPod('eve', 'a', ['devs'])), /^yes/)
  assert.match(says(getPod('bob', 'a')), /^no/)
  index.deleteRole('a', 'later')
  assert.equal(says(getPod('eve', 'a', ['devs'])), 'no RBAC: role.rbac.authorization.k8s.io "later" not found')
  index.deleteBinding('a', 'one')
  index.deleteBinding('', 'two')
  assert.equal(says(getPod('bob', 'a', ['devs'])), 'no')
  assert.equal(index.role('a', 'later'), undefined, 'nothing is kept of what nobody names')
})

test('the rules of somebody are those of all his roles, and what is missing is told', () => {
  const { index, rbac } = world()
  index.setRole('', 'reader', readPods)
  index.setBinding({ namespace: '', name: 'all', subjects: [bob], roleRef: clusterRole('reader') })
  index.setBinding({ namespace: 'a', name: 'gone', subjects: [bob], roleRef: role('gone') })
  const who = { name: 'bob', groups: [] }
  assert.deepEqual(rbac.rulesOf(who, 'b'), { rules: readPods, errors: [] })
  const missing = 'role.rbac.authorization.k8s.io "gone" not found'
  assert.deepEqual(rbac.rulesOf(who, 'a'), { rules: readPods, errors: [missing] })
  assert.throws(() => rbac.rulesOfRole(role('gone'), 'a'), { message: missing, code: 404 })
})

test('a decision looks at the bindings of the one who asks, however many others there are', () => {
  const { index, rbac } = world()
  for (let i = 0; i < 10_000; i++) {
    const robot: Subject = { kind: 'ServiceAccount', name: `robot-${i % 500}`, namespace: 'a' }
    index.setRole('', `role-${i}`, readPods)
    index.setBinding({ namespace: '', name: `b-${i}`, subjects: [robot], roleRef: clusterRole(`role-${i}`) })
  }
  let seen = 0
  index.visit({ name: serviceAccountUser('a', 'robot-7'), groups: [] }, '', () => {
    seen++
    return false
  })
  assert.equal(seen, 20)
  assert.equal(rbac.authorize(getPod(serviceAccountUser('a', 'robot-7'), 'x')).allowed, true)
})
