// The default roles and bindings, made in a real server and mended at the next start.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtIn } from '#api/kinds.ts'
import { ClusterRole } from '#api/rbac/cluster-role.ts'
import { ClusterRoleBinding } from '#api/rbac/cluster-role-binding.ts'
import { Role } from '#api/rbac/role.ts'
import { RoleBinding } from '#api/rbac/role-binding.ts'
import { LocalClient } from '#client/local.ts'
import { VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import { createServer } from '#server/app.ts'
import { createAuthorizer } from '#server/authz/authorizer.ts'
import { MemoryStore } from '#store/memory.ts'
import { bootstrapPolicy } from './bootstrap-policy.ts'

function world() {
  const clock = new VirtualClock()
  const store = new MemoryStore(clock)
  const authorizer = createAuthorizer(store)
  const server = createServer({
    store,
    kinds: builtIn,
    clock,
    random: seededRandom(1),
    log: silentLog,
    authenticate: async () => ({ name: 'admin', groups: ['system:masters'] }),
    authorize: authorizer.authorize,
    admission: [],
  })
  const user = { name: 'system:apiserver', groups: ['system:masters'] }
  const client = new LocalClient({ handle: server.handle, user, userAgent: 'test' })
  const may = (name: string, groups: readonly string[], verb: string, resource: string) => {
    const about = { group: '', version: 'v1', namespace: '', resource, subresource: '', name: '' }
    const decision = authorizer.authorize({ user: { name, groups }, isResource: true, verb, path: '', ...about })
    return (decision as { allowed: boolean }).allowed
  }
  const stop = async () => {
    authorizer.stop()
    server.stop()
    await store.close()
  }
  return { store, client, may, stop }
}

test('the roles are there after the first start, and the second changes nothing', async () => {
  const { store, client, may, stop } = world()
  await bootstrapPolicy(client)
  const revision = store.revision
  assert.ok((await client.list(ClusterRole)).items.length > 60)
  assert.ok((await client.list(ClusterRoleBinding)).items.length > 45)
  assert.equal((await client.list(Role)).items.length, 7)
  assert.equal((await client.list(RoleBinding)).items.length, 7)
  await bootstrapPolicy(client)
  assert.equal(store.revision, revision)
  assert.equal(may('system:kube-scheduler', [], 'list', 'nodes'), true)
  assert.equal(may('system:kube-scheduler', [], 'delete', 'nodes'), false)
  await stop()
})

test('what has been taken away comes back, what has been added stays', async () => {
  const { client, may, stop } = world()
  await bootstrapPolicy(client)
  const own = { verbs: ['delete'], apiGroups: [''], resources: ['nodes'] }
  await client.patch(ClusterRole, { name: 'system:kube-scheduler' }, { rules: [own] }, { type: 'merge' })
  const tom = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'tom' }
  await client.patch(ClusterRoleBinding, { name: 'system:kube-scheduler' }, { subjects: [tom] }, { type: 'merge' })
  await client.delete(ClusterRole, { name: 'system:discovery' })
  assert.equal(may('system:kube-scheduler', [], 'list', 'nodes'), false)
  await bootstrapPolicy(client)
  for (const name of ['system:kube-scheduler', 'tom']) {
    assert.equal(may(name, [], 'list', 'nodes'), true, name)
    assert.equal(may(name, [], 'delete', 'nodes'), true, name)
  }
  assert.ok(await client.get(ClusterRole, { name: 'system:discovery' }))
  await stop()
})

test('a role that is to be left alone is, and a binding of another role is made anew', async () => {
  const { client, stop } = world()
  await bootstrapPolicy(client)
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }
  const changed = { metadata: { annotations }, rules: [] }
  await client.patch(ClusterRole, { name: 'system:basic-user' }, changed, { type: 'merge' })
  const name = 'system:monitoring'
  await client.delete(ClusterRoleBinding, { name })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }
  const tom = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'tom' }
  await client.create(ClusterRoleBinding, { metadata: { name }, roleRef, subjects: [tom] })
  await bootstrapPolicy(client)
  assert.deepEqual((await client.get(ClusterRole, { name: 'system:basic-user' })).rules, [])
  const binding = await client.get(ClusterRoleBinding, { name })
  assert.equal(binding.roleRef.name, name)
  assert.deepEqual(
    binding.subjects?.map((subject) => subject.name),
    ['tom', name],
  )
  await stop()
})
