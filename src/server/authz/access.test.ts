// Roles, nodes, impersonation and reviews against the whole server: who is told what.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { seededRandom } from '#lib/random.ts'
import { stubRequest } from '#lib/stub-request.ts'
import { admissionPlugins } from '../admission/plugins.ts'
import { createServiceAccountTokens, generateSigningKey } from '../authn/service-account.ts'
import { withAuthenticatedGroup } from '../authn/user.ts'
import { type Answer, type TestServer, testServer } from '../fixture.ts'
import { type Authorizer, createAuthorizer } from './authorizer.ts'
import { agentPolicy, clusterPolicy } from './policy/cluster-roles.ts'
import { wantedRole } from './policy/reconcile.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const authorization = '/apis/authorization.k8s.io/v1'
const authentication = '/apis/authentication.k8s.io/v1'

let server: TestServer
let authorizer: Authorizer

/** `x-user: name, group, group`: the test's way of saying who asks. */
const as = (user: string, ...groups: readonly string[]) => ({ 'x-user': [user, ...groups].join(', ') })
const masters = as('admin', 'system:masters')

before(async () => {
  server = await testServer({
    namespaces: ['default', 'team', 'kube-node-lease'],
    parts: (store, clock) => {
      authorizer = createAuthorizer(store)
      return {
        authenticate: async ({ headers }) => {
          const [name = 'admin', ...groups] = (headers['x-user'] ?? 'admin, system:masters').split(', ')
          if (name === 'nobody') return { name: 'system:anonymous', groups: ['system:unauthenticated'] }
          return withAuthenticatedGroup({ name, groups })
        },
        authorize: authorizer.authorize,
        rulesFor: authorizer.rulesFor,
        connect: { 'pods/exec': async () => ({ status: 418, headers: {}, body: { type: 'none' } }) },
        reviewToken: async (token, audiences) => {
          if (token === 'broken') throw new Error('it is broken')
          return token === 'good' ? { user: { name: 'tom', uid: '7', groups: ['x'] }, audiences } : undefined
        },
        tokens: createServiceAccountTokens({
          keyPem: generateSigningKey(),
          issuer: 'https://issuer',
          apiAudiences: ['https://issuer'],
          uidOf: () => undefined,
          clock,
          random: seededRandom(3),
        }),
        admission: admissionPlugins({ store, random: seededRandom(2), rbac: authorizer.rbac }),
      }
    },
  })
  for (const { roles, bindings } of [clusterPolicy, agentPolicy]) {
    for (const role of roles) await made(`${rbac}/clusterroles`, wantedRole(role))
    for (const { name, ...binding } of bindings)
      await made(`${rbac}/clusterrolebindings`, { ...binding, metadata: { name } })
  }
  const cloud = { roleRef: { kind: 'ClusterRole', name: 'system:aggregate-to-edit' } }
  const bob = { kind: 'User', name: 'bob' }
  await made(`${rbac}/namespaces/team/rolebindings`, { metadata: { name: 'edit' }, ...cloud, subjects: [bob] })
  const admins = { roleRef: { kind: 'ClusterRole', name: 'system:aggregate-to-admin' } }
  await made(`${rbac}/namespaces/team/rolebindings`, { metadata: { name: 'admin' }, ...admins, subjects: [bob] })
  await made(`${rbac}/clusterroles`, {
    metadata: { name: 'act' },
    rules: [
      { verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups', 'serviceaccounts'] },
      { verbs: ['impersonate'], apiGroups: ['authentication.k8s.io'], resources: ['userextras/scopes', 'uids'] },
    ],
  })
  await made(`${rbac}/clusterrolebindings`, {
    metadata: { name: 'act' },
    roleRef: { kind: 'ClusterRole', name: 'act' },
    subjects: [{ kind: 'User', name: 'actor' }],
  })
})
after(async () => {
  authorizer.stop()
  await server.stop()
})

async function made(url: string, object: unknown): Promise<Answer> {
  const answer = await server.ask('POST', url, object, masters)
  assert.equal(answer.status, 201, answer.text)
  return answer
}

async function refused(method: string, url: string, who: Record<string, string>, body?: unknown): Promise<string> {
  const { status, json } = await server.ask(method, url, body, who)
  assert.deepEqual([status, json.reason], [403, 'Forbidden'], JSON.stringify(json))
  return json.message
}

const node = as('system:node:n1', 'system:nodes')

describe('what is refused, and how', () => {
  const cases: readonly (readonly [string, string, Record<string, string>, string])[] = [
    [
      'GET',
      '/api/v1/namespaces/team/pods',
      as('eve'),
      'pods is forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace "team"',
    ],
    [
      'GET',
      '/api/v1/namespaces/team/pods/a/log',
      as('eve'),
      'pods "a" is forbidden: User "eve" cannot get resource "pods/log" in API group "" in the namespace "team"',
    ],
    [
      'GET',
      '/api/v1/nodes/n1',
      as('eve'),
      'nodes "n1" is forbidden: User "eve" cannot get resource "nodes" in API group "" at the cluster scope',
    ],
    [
      'GET',
      '/api/v1/namespaces/team',
      as('eve'),
      'namespaces "team" is forbidden: User "eve" cannot get resource "namespaces" in API group "" in the namespace "team"',
    ],
    [
      'DELETE',
      '/apis/apps/v1/namespaces/default/deployments',
      as('bob'),
      'deployments.apps is forbidden: User "bob" cannot deletecollection resource "deployments" in API group "apps" in the namespace "default"',
    ],
    ['GET', '/metrics', as('eve'), 'forbidden: User "eve" cannot get path "/metrics"'],
    ['GET', '/apis', as('nobody'), 'forbidden: User "system:anonymous" cannot get path "/apis"'],
    ['GET', '/a<b>', as('nobody'), 'forbidden: User "system:anonymous" cannot get path "/a&lt;b&gt;"'],
    [
      'GET',
      '/api/v1/namespaces/team/secrets/s',
      node,
      `secrets "s" is forbidden: User "system:node:n1" cannot get resource "secrets" in API group "" in the namespace "team": no relationship found between node 'n1' and this object`,
    ],
    [
      'GET',
      '/api/v1/namespaces/team/pods',
      as('system:bootstrap:abc', 'system:bootstrappers'),
      'pods is forbidden: User "system:bootstrap:abc" cannot list resource "pods" in API group "" in the namespace "team"',
    ],
  ]
  for (const [method, url, who, text] of cases) {
    test(`${method} ${url} by ${who['x-user']}`, async () => assert.equal(await refused(method, url, who), text))
  }
})

test('to connect with a container is to change it, by whichever method it begins', async () => {
  const exec = '/api/v1/namespaces/team/pods/p/exec?command=ls'
  await made(`${rbac}/namespaces/team/roles`, {
    metadata: { name: 'watcher' },
    rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods/exec'] }],
  })
  await made(`${rbac}/namespaces/team/rolebindings`, {
    metadata: { name: 'watcher' },
    roleRef: { kind: 'Role', name: 'watcher' },
    subjects: [{ kind: 'User', name: 'wim' }],
  })
  assert.equal(
    await refused('GET', exec, as('wim')),
    'pods "p" is forbidden: User "wim" cannot create resource "pods/exec" in API group "" in the namespace "team"',
  )
  assert.equal((await server.ask('GET', exec, undefined, as('bob'))).status, 418)
})

describe('what is allowed', () => {
  const cases: readonly (readonly [string, Record<string, string>])[] = [
    ['/healthz', as('nobody')],
    ['/version', as('nobody')],
    ['/apis', as('eve')],
    ['/api/v1/namespaces/team/secrets', as('bob')],
    ['/apis/certificates.k8s.io/v1/certificatesigningrequests', as('x', 'system:bootstrappers')],
    ['/api/v1/nodes', node],
    ['/api/v1/pods?fieldSelector=spec.nodeName%3Dn1', node],
    ['/apis/discovery.k8s.io/v1/endpointslices', node],
  ]
  for (const [url, who] of cases) {
    test(`${url} by ${who['x-user']}`, async () =>
      assert.equal((await server.ask('GET', url, undefined, who)).status, 200))
  }
})

describe('nobody gives away what he does not have', () => {
  const roles = `${rbac}/namespaces/team/roles`
  const bindings = `${rbac}/namespaces/team/rolebindings`
  const role = (name: string, ...rules: readonly object[]) => ({ metadata: { name }, rules })
  const binding = (name: string, to: string) => ({
    metadata: { name },
    roleRef: { kind: 'ClusterRole', name: to },
    subjects: [{ kind: 'User', name: 'tom' }],
  })
  const readSecrets = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] }
  const readNodes = { verbs: ['list', 'get'], apiGroups: [''], resources: ['nodes', 'pods'] }

  test('a role that allows what its writer may, and no other', async () => {
    assert.equal((await server.ask('POST', roles, role('fine', readSecrets), as('bob'))).status, 201)
    assert.equal(
      await refused('POST', roles, as('bob', 'devs'), role('more', readSecrets, readNodes)),
      [
        'roles.rbac.authorization.k8s.io "more" is forbidden: user "bob" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
        '{APIGroups:[""], Resources:["nodes"], Verbs:["list" "get"]}',
        '{APIGroups:[""], Resources:["pods"], Verbs:["list" "get"]}',
      ].join('\n'),
    )
    assert.match(await refused('PUT', `${roles}/fine`, as('bob'), role('fine', readNodes)), /not currently held/)
  })

  test('a role that is let go of may be changed by anybody who may change it', async () => {
    await made(roles, { ...role('held', readNodes), metadata: { name: 'held', finalizers: ['example.com/x'] } })
    const released = [{ op: 'remove', path: '/metadata/finalizers' }]
    const patch = { 'content-type': 'application/json-patch+json', ...as('bob') }
    assert.equal((await server.ask('PATCH', `${roles}/held`, released, patch)).status, 200)
  })

  test('a binding of a role that its writer has, and no other', async () => {
    assert.equal(
      (await server.ask('POST', bindings, binding('own', 'system:aggregate-to-admin'), as('bob'))).status,
      201,
    )
    assert.equal(
      await refused('POST', bindings, as('bob'), binding('all', 'cluster-admin')),
      [
        'rolebindings.rbac.authorization.k8s.io "all" is forbidden: user "bob" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
        '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}',
        '{NonResourceURLs:["*"], Verbs:["*"]}',
      ].join('\n'),
    )
    const missing = await server.ask('POST', bindings, binding('none', 'nowhere'), as('bob'))
    assert.deepEqual(
      [missing.status, missing.json.message],
      [404, 'clusterrole.rbac.authorization.k8s.io "nowhere" not found'],
    )
  })

  test('who may escalate, or bind, may', async () => {
    const bind = {
      verbs: ['bind'],
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['clusterroles'],
      resourceNames: ['view'],
    }
    const escalate = { verbs: ['escalate'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'] }
    await made(roles, role('giver', bind, escalate, readSecrets))
    const write = { verbs: ['create'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'] }
    await made(roles, role('writer', write))
    for (const name of ['giver', 'writer'])
      await made(bindings, {
        metadata: { name: `${name}-zoe` },
        roleRef: { kind: 'Role', name },
        subjects: [{ kind: 'User', name: 'zoe' }],
      })
    assert.equal((await server.ask('POST', roles, role('by-zoe', readNodes), as('zoe'))).status, 201)
    assert.equal((await server.ask('POST', bindings, binding('by-zoe', 'view'), as('zoe'))).status, 201)
    assert.match(await refused('POST', bindings, as('zoe'), binding('x', 'edit-none')).catch(() => 'not found'), /not/)
    assert.match(await refused('POST', bindings, as('zoe'), binding('x', 'cluster-admin')), /not currently held/)
  })

  test('only who may do everything gathers rules', async () => {
    const write = { verbs: ['create'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'] }
    await made(`${rbac}/clusterroles`, role('cluster-writer', write))
    await made(`${rbac}/clusterrolebindings`, {
      ...binding('cluster-writer', 'cluster-writer'),
      subjects: [{ kind: 'User', name: 'max' }],
    })
    const gathered = {
      metadata: { name: 'gathered' },
      rules: [],
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
    }
    assert.equal(
      await refused('POST', `${rbac}/clusterroles`, as('max'), gathered),
      'clusterroles.rbac.authorization.k8s.io "gathered" is forbidden: must have cluster-admin privileges to use an aggregationRule',
    )
    assert.equal((await server.ask('POST', `${rbac}/clusterroles`, gathered, masters)).status, 201)
  })
})

describe('acting as somebody else', () => {
  const self = `${authentication}/selfsubjectreviews`
  const whoIs = async (headers: Record<string, string>) => {
    const { status, json } = await server.ask('POST', self, {}, headers)
    assert.equal(status, 201, JSON.stringify(json))
    return json.status.userInfo
  }
  const actor = as('actor')

  test('as a user, his groups, his UID and more', async () => {
    assert.deepEqual(await whoIs({ ...actor, 'impersonate-user': 'tom' }), {
      username: 'tom',
      groups: ['system:authenticated'],
    })
    const headers = {
      ...actor,
      'impersonate-user': 'tom',
      'impersonate-group': 'a, b',
      'impersonate-uid': '7',
      'impersonate-extra-scopes': 'x, y',
    }
    assert.deepEqual(await whoIs(headers), {
      username: 'tom',
      uid: '7',
      groups: ['a', 'b', 'system:authenticated'],
      extra: { scopes: ['x', 'y'] },
    })
  })

  test('as a service account, which has its groups, and as nobody', async () => {
    assert.deepEqual(await whoIs({ ...actor, 'impersonate-user': 'system:serviceaccount:team:robot' }), {
      username: 'system:serviceaccount:team:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:team', 'system:authenticated'],
    })
    const asNobody = { ...actor, 'impersonate-user': 'system:anonymous' }
    assert.match(await refused('POST', self, asNobody, {}), /User "system:anonymous" cannot create/)
  })

  test('each part of it needs a permission', async () => {
    const tom = { 'impersonate-user': 'tom' }
    const texts = {
      user: await refused('GET', '/version', { ...as('eve'), ...tom }),
      account: await refused('GET', '/version', {
        ...as('eve'),
        'impersonate-user': 'system:serviceaccount:team:robot',
      }),
      extra: await refused('GET', '/version', { ...actor, ...tom, 'impersonate-extra-acme.com%2fx': 'y' }),
    }
    assert.deepEqual(texts, {
      user: 'users "tom" is forbidden: User "eve" cannot impersonate resource "users" in API group "" at the cluster scope',
      account:
        'serviceaccounts "robot" is forbidden: User "eve" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "team"',
      extra:
        'userextras.authentication.k8s.io "y" is forbidden: User "actor" cannot impersonate resource "userextras/acme.com/x" in API group "authentication.k8s.io" at the cluster scope',
    })
  })

  test('what is asked then is asked as that user', async () => {
    const text = await refused('GET', '/api/v1/nodes', { ...masters, 'impersonate-user': 'tom' })
    assert.match(text, /^nodes is forbidden: User "tom" cannot list/)
  })

  test('groups without a user are an error', async () => {
    const { status, text } = await server.ask('GET', '/version', undefined, { ...masters, 'impersonate-group': 'a' })
    assert.equal(status, 500)
    assert.match(text, /without impersonating a user/)
  })
})

describe('reviews', () => {
  const review = async (kind: string, spec: object, who = masters, path = authorization) => {
    const { status, json } = await server.ask('POST', `${path}/${kind}`, { spec }, who)
    assert.equal(status, 201, JSON.stringify(json))
    return json.status
  }
  const secrets = { namespace: 'team', verb: 'get', resource: 'secrets' }
  const byBob = 'RBAC: allowed by RoleBinding "edit/team" of ClusterRole "system:aggregate-to-edit" to User "bob"'

  test('may I, may he, may he here', async () => {
    const about = { resourceAttributes: secrets }
    assert.deepEqual(await review('selfsubjectaccessreviews', about, as('bob')), { allowed: true, reason: byBob })
    assert.deepEqual(await review('selfsubjectaccessreviews', about, as('eve')), { allowed: false })
    const he = { ...about, user: 'bob', groups: ['x'] }
    assert.deepEqual(await review('subjectaccessreviews', he), { allowed: true, reason: byBob })
    const { status, json } = await server.ask(
      'POST',
      `${authorization}/namespaces/team/localsubjectaccessreviews`,
      { metadata: { namespace: 'team' }, spec: he },
      masters,
    )
    assert.deepEqual([status, json.status.allowed], [201, true])
    const path = { nonResourceAttributes: { path: '/healthz', verb: 'get' } }
    assert.equal((await review('selfsubjectaccessreviews', path, as('eve'))).allowed, true)
  })

  test('a node is asked about with the selector that it will use', async () => {
    const pods = (rawSelector: string) => ({
      user: 'system:node:n9',
      groups: ['system:nodes'],
      resourceAttributes: { verb: 'list', resource: 'pods', fieldSelector: { rawSelector } },
    })
    assert.equal((await review('subjectaccessreviews', pods('spec.nodeName=n9'))).allowed, true)
    const own = { key: 'spec.nodeName', operator: 'In', values: ['n9'] }
    const spec = {
      ...pods('x'),
      resourceAttributes: { verb: 'list', resource: 'pods', fieldSelector: { requirements: [own] } },
    }
    assert.equal((await review('subjectaccessreviews', spec)).allowed, true)
  })

  test('bad questions are refused', async () => {
    const { status, json } = await server.ask('POST', `${authorization}/subjectaccessreviews`, { spec: {} }, masters)
    assert.deepEqual([status, json.reason], [422, 'Invalid'])
    const list = await server.ask('GET', `${authorization}/subjectaccessreviews`, undefined, masters)
    assert.equal(list.status, 405)
  })

  test('everything that somebody may do', async () => {
    const { resourceRules, nonResourceRules, incomplete } = await review(
      'selfsubjectrulesreviews',
      { namespace: 'team' },
      as('bob'),
    )
    assert.equal(incomplete, false)
    const create = { verbs: ['create'], apiGroups: [''], resources: ['serviceaccounts/token'] }
    assert.ok(resourceRules.some((rule: object) => JSON.stringify(rule) === JSON.stringify(create)))
    assert.ok(
      nonResourceRules.some(({ nonResourceURLs }: { nonResourceURLs: string[] }) => nonResourceURLs.includes('/apis')),
    )
    const own = await review('selfsubjectrulesreviews', { namespace: 'team' }, node)
    assert.deepEqual(
      [own.incomplete, own.evaluationError],
      [true, 'node authorizer does not support user rule resolution'],
    )
    const none = await server.ask('POST', `${authorization}/selfsubjectrulesreviews`, { spec: {} }, masters)
    assert.deepEqual([none.status, none.json.message], [400, 'no namespace on request'])
  })

  test('whose is this token', async () => {
    const reviewed = (token: string) => review('tokenreviews', { token, audiences: ['a'] }, masters, authentication)
    assert.deepEqual(await reviewed('good'), {
      authenticated: true,
      user: { username: 'tom', uid: '7', groups: ['x'] },
      audiences: ['a'],
    })
    assert.deepEqual(await reviewed('bad'), { user: {}, error: 'invalid bearer token' })
    assert.deepEqual(await reviewed('broken'), { user: {}, error: '[invalid bearer token, it is broken]' })
  })

  test('kubectl before 1.28 asks who it is in an older version', async () => {
    const older = '/apis/authentication.k8s.io/v1beta1/selfsubjectreviews'
    const { status, json } = await server.ask('POST', older, {}, as('eve'))
    assert.deepEqual(
      [status, json.apiVersion, json.status.userInfo.username],
      [201, 'authentication.k8s.io/v1beta1', 'eve'],
    )
  })
})

describe('a node writes about itself only', () => {
  const url = '/api/v1/nodes'
  const nodeObject = (name: string, labels: object = {}, taints?: object[]) => ({
    metadata: { name, labels },
    spec: { ...(taints ? { taints } : {}) },
  })

  test('its Node, with the labels that are its own', async () => {
    assert.equal(
      await refused('POST', url, node, nodeObject('n2')),
      'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
    )
    const steering = { 'node-restriction.kubernetes.io/x': 'y', 'kubernetes.io/role': 'z', 'kubernetes.io/os': 'linux' }
    assert.equal(
      await refused('POST', url, node, nodeObject('n1', steering)),
      'nodes "n1" is forbidden: node "n1" is not allowed to set the following labels: kubernetes.io/role, node-restriction.kubernetes.io/x',
    )
    const own = { 'kubernetes.io/hostname': 'n1', 'example.com/x': 'y', 'node.kubernetes.io/x': 'y' }
    assert.equal((await server.ask('POST', url, nodeObject('n1', own), node)).status, 201)
    const merge = { ...node, 'content-type': 'application/merge-patch+json' }
    const taint = { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }
    assert.equal(
      await refused('PATCH', `${url}/n1`, merge, taint),
      'nodes "n1" is forbidden: node "n1" is not allowed to modify taints',
    )
    assert.equal(
      await refused('PATCH', `${url}/n1`, merge, { metadata: { labels: { 'kubernetes.io/role': 'z' } } }),
      'nodes "n1" is forbidden: is not allowed to modify labels: kubernetes.io/role',
    )
    const status = await server.ask('PATCH', `${url}/n1/status`, { status: { phase: 'Running' } }, merge)
    assert.equal(status.status, 200, status.text)
  })

  test('pods that run on it, and tokens for those', async () => {
    const account = await made('/api/v1/namespaces/team/serviceaccounts', { metadata: { name: 'robot' } })
    const pod = (name: string, nodeName: string) => ({
      metadata: { name },
      spec: { nodeName, serviceAccountName: 'robot', containers: [{ name: 'c', image: 'i' }] },
    })
    const pods = '/api/v1/namespaces/team/pods'
    const mine = (await made(pods, pod('mine', 'n1'))).json
    const other = (await made(pods, pod('other', 'n2'))).json
    assert.ok(account.json.metadata.uid)
    const merge = { ...node, 'content-type': 'application/merge-patch+json' }
    const running = { status: { phase: 'Running' } }
    assert.equal((await server.ask('PATCH', `${pods}/mine/status`, running, merge)).status, 200)
    assert.equal(
      await refused('PATCH', `${pods}/other/status`, merge, running),
      'pods "other" is forbidden: node "n1" can only update pod status for pods with spec.nodeName set to itself',
    )
    assert.equal(
      await refused('PATCH', `${pods}/mine/status`, merge, { metadata: { labels: { a: 'b' } } }),
      'pods "mine" is forbidden: node "n1" cannot update labels through pod status',
    )
    assert.equal(
      await refused('DELETE', `${pods}/other`, node),
      'pods "other" is forbidden: node "n1" can only delete pods with spec.nodeName set to itself',
    )
    assert.equal(
      await refused('POST', `${pods}/other/eviction`, node, { metadata: { name: 'other' } }),
      'pods "other" is forbidden: node n1 can only evict pods with spec.nodeName set to itself',
    )
    assert.match(
      await refused('POST', pods, node, pod('new', 'n1')),
      /pod does not have "kubernetes.io\/config.mirror" annotation, node "n1" can only create mirror pods/,
    )
    const tokens = '/api/v1/namespaces/team/serviceaccounts/robot/token'
    const bound = (to: { metadata: { name: string; uid: string } }) => ({
      spec: {
        audiences: [],
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: to.metadata.name, uid: to.metadata.uid },
      },
    })
    assert.match(
      await refused('POST', tokens, node, { spec: { audiences: [] } }),
      /node requested token not bound to a pod/,
    )
    assert.match(await refused('POST', tokens, node, bound(other)), /bound to a pod scheduled on a different node/)
    assert.equal((await server.ask('POST', tokens, bound(mine), node)).status, 201)
    assert.match(
      await refused('POST', tokens, node, { spec: { ...bound(mine).spec, audiences: ['vault'] } }),
      /audience "vault" not found in pod spec volume/,
    )
  })

  test('its Lease', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
    const lease = (name: string) => ({ metadata: { name }, spec: { holderIdentity: name } })
    assert.equal((await server.ask('POST', leases, lease('n1'), node)).status, 201)
    assert.equal(
      await refused('POST', leases, node, lease('n2')),
      'leases.coordination.k8s.io "n2" is forbidden: can only access node lease with the same name as the requesting node',
    )
  })
})

describe('what an agent may ask for as the certificate of a pod', () => {
  const requests = '/apis/certificates.k8s.io/v1/namespaces/team/podcertificaterequests'
  const agent = as('system:node:certified', 'system:nodes')
  let good: Record<string, string>

  const ask = async (changes: Record<string, string>): Promise<Answer> => {
    const { requestDer } = await stubRequest('ED25519')
    const spec = { signerName: 'e.com/s', stubPKCS10Request: requestDer.toString('base64'), ...good, ...changes }
    return server.ask('POST', requests, { metadata: { generateName: 'req-' }, spec }, agent)
  }

  before(async () => {
    const uid = ({ json }: Answer): string => json.metadata.uid
    const nodeUID = uid(await made('/api/v1/nodes', { metadata: { name: 'certified' } }))
    const account = await made('/api/v1/namespaces/team/serviceaccounts', { metadata: { name: 'certified' } })
    const pod = (name: string, nodeName: string) => ({
      metadata: { name },
      spec: { nodeName, serviceAccountName: 'certified', containers: [{ name: 'a', image: 'a' }] },
    })
    const pods = '/api/v1/namespaces/team/pods'
    const podUID = uid(await made(pods, pod('certified', 'certified')))
    good = {
      podName: 'certified',
      podUID,
      serviceAccountName: 'certified',
      serviceAccountUID: uid(account),
      nodeName: 'certified',
      nodeUID,
    }
  })

  test('one for a pod on it', async () => {
    const { status, text } = await ask({})
    assert.equal(status, 201, text)
  })

  const request = 'PodCertificateRequest for pod "team/certified"'
  const forbiddenCases: readonly (readonly [string, Record<string, string>, string])[] = [
    [
      'none of another node',
      { nodeName: 'other' },
      'PodCertificateRequest.Spec.NodeName="other", which is not the requesting node "certified"',
    ],
    [
      'none of another service account',
      { serviceAccountName: 'other' },
      `${request} contains serviceAccountName ("other") that differs from running pod ("certified")`,
    ],
  ]
  for (const [name, changes, text] of forbiddenCases)
    test(name, async () => {
      const { status, json } = await ask(changes)
      assert.equal(status, 403)
      assert.match(json.message, /podcertificaterequests.certificates.k8s.io/)
      assert.ok(json.message.endsWith(`is forbidden: ${text}`), json.message)
    })

  const inconsistentCases: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ['none of a node before it', { nodeUID: 'x' }, /names node UID "x", inconsistent with the running node \(".+"\)$/],
    ['none of a pod before it', { podUID: 'x' }, /contains pod UID \("x"\) which differs from running pod ".+"$/],
    [
      'none of a pod that is not there',
      { podName: 'none' },
      /while retrieving pod "team\/none" .*pod "none" not found$/,
    ],
    [
      'none of an account before it',
      { serviceAccountUID: 'x' },
      /names service account UID "x", which differs from the running service account \(".+"\)$/,
    ],
  ]
  for (const [name, changes, text] of inconsistentCases)
    test(`${name}, though it may try again`, async () => {
      const { status, json } = await ask(changes)
      assert.equal(status, 500)
      assert.match(json.message, text)
    })

  test('none for a pod that it has made itself', async () => {
    const podCertificate = { signerName: 'e.com/s', keyType: 'ED25519', keyPath: 'key.pem' }
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'certified', uid: good.nodeUID, controller: true }
    const mirror = {
      metadata: {
        name: 'mirror',
        annotations: { 'kubernetes.io/config.mirror': 'x' },
        ownerReferences: [owner],
      },
      spec: {
        nodeName: 'certified',
        containers: [{ name: 'a', image: 'a' }],
        volumes: [{ name: 'v', projected: { sources: [{ podCertificate }] } }],
      },
    }
    assert.match(
      await refused('POST', '/api/v1/namespaces/team/pods', agent, mirror),
      /can not create pods that reference podcertificates$/,
    )
  })

  test('none of a pod on another node', async () => {
    const body = {
      metadata: { name: 'elsewhere' },
      spec: { nodeName: 'n1', serviceAccountName: 'certified', containers: [{ name: 'a', image: 'a' }] },
    }
    const { json } = await made('/api/v1/namespaces/team/pods', body)
    const answer = await ask({ podName: 'elsewhere', podUID: json.metadata.uid })
    assert.equal(answer.status, 403)
    assert.match(answer.json.message, /pod "team\/elsewhere" is not running on node "certified" named in/)
  })
})
