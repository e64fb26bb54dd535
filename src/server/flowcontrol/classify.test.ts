import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FlowSchemaSpec } from '#api/flowcontrol/flow-schema-types.ts'
import { mandatorySchemas } from '#api/flowcontrol/mandatory.ts'
import { suggestedLevels, suggestedSchemas } from '#api/flowcontrol/suggested.ts'
import type { UserInfo } from '../request.ts'
import { route } from '../router.ts'
import { Classifier, distinguisherOf } from './classify.ts'
import { flowConfig } from './config.ts'
import { RetryAfter } from './retry-after.ts'
import { listSeats, writeWidth } from './width.ts'

const authenticated = 'system:authenticated'
const admin: UserInfo = { name: 'root', groups: ['system:masters', authenticated] }
const node: UserInfo = { name: 'system:node:n1', groups: ['system:nodes', authenticated] }
const jane: UserInfo = { name: 'jane', groups: [authenticated] }
const anonymous: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
const account = (namespace: string, name: string): UserInfo => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticated],
})
const manager: UserInfo = { name: 'system:kube-controller-manager', groups: [authenticated] }

const info = (method: string, url: string) => {
  const { pathname, searchParams } = new URL(url, 'http://server')
  return route({
    method,
    path: pathname,
    query: searchParams,
    headers: {},
    body: { type: 'none' },
    signal: new AbortController().signal,
  })
}

const defaults = [...mandatorySchemas, ...suggestedSchemas].map(([name, spec]) => ({ name, spec }))
const classifier = new Classifier(defaults, defaults.find(({ name }) => name === 'catch-all')!)

const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x'
for (const [user, method, url, schema, flow] of [
  [admin, 'GET', '/api/v1/pods', 'exempt', ''],
  [jane, 'GET', '/readyz', 'probes', ''],
  [anonymous, 'GET', '/healthz', 'probes', ''],
  [anonymous, 'GET', '/version', 'global-default', 'system:anonymous'],
  [jane, 'GET', '/api/v1/pods', 'global-default', 'jane'],
  [node, 'PATCH', '/api/v1/nodes/n1/status', 'system-node-high', 'system:node:n1'],
  [node, 'PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1', 'system-node-high', node.name],
  [node, 'GET', '/api/v1/namespaces/a/secrets/b', 'system-nodes', 'system:node:n1'],
  [manager, 'PUT', leases, 'system-leader-election', manager.name],
  [manager, 'PUT', '/api/v1/namespaces/a/endpoints/b', 'endpoint-controller', manager.name],
  [manager, 'DELETE', '/api/v1/namespaces/a/pods/b', 'kube-controller-manager', 'a'],
  [account('kube-system', 'x'), 'GET', '/api/v1/namespaces/a/pods', 'kube-system-service-accounts', 'a'],
  [account('kube-system', 'x'), 'PUT', leases, 'system-leader-election', account('kube-system', 'x').name],
  [account('a', 'x'), 'GET', '/api/v1/namespaces/a/pods', 'service-accounts', account('a', 'x').name],
  [{ name: 'nobody', groups: [] }, 'GET', '/api/v1/pods', 'catch-all', 'nobody'],
] as const) {
  test(`${method} ${url} by ${user.name} belongs to ${schema}`, () => {
    const request = info(method, url)
    const found = classifier.schemaOf(user, request)
    assert.equal(found.name, schema)
    assert.equal(distinguisherOf(found, user, request), flow)
    // From what is remembered of the user, too.
    assert.equal(classifier.schemaOf({ ...user }, request).name, schema)
  })
}

test('of schemas that are equally far in front, names decide', () => {
  const rules = mandatorySchemas.get('catch-all')!.rules
  const spec: FlowSchemaSpec = { priorityLevelConfiguration: { name: 'l' }, matchingPrecedence: 5, rules } as never
  const [b, a] = [
    { name: 'b', spec },
    { name: 'a', spec },
  ]
  assert.equal(new Classifier([b, a], b).schemaOf(jane, info('GET', '/api/v1/pods')).name, 'a')
})

test('seats are shared out by shares, and every level of the defaults gets some', () => {
  const levels = [...suggestedLevels].map(([name, spec]) => ({ name, uid: `uid-${name}`, spec }))
  const config = flowConfig([], levels, 600)
  const seats = Object.fromEntries(config.levels.map((level) => [level.name, level.seats]))
  // 245 shares: 30 + 40 + 10 + 40 + 100 + 20 + 5 + 0.
  assert.deepEqual(seats.system, { nominal: 74, lendable: 24, borrowable: 600 })
  assert.deepEqual(seats['workload-low'], { nominal: 245, lendable: 221, borrowable: 600 })
  assert.deepEqual(seats['leader-election'], { nominal: 25, lendable: 0, borrowable: 600 })
  assert.deepEqual(seats['catch-all'], { nominal: 13, lendable: 0, borrowable: 600 })
  assert.deepEqual(seats.exempt, { nominal: 0, lendable: 0, borrowable: 600 })
  assert.deepEqual(
    config.schemas.map(({ name }) => name),
    ['exempt', 'catch-all'],
  )
})

test('a schema whose level is not there is left out', () => {
  const schema = {
    name: 's',
    uid: '',
    spec: { ...mandatorySchemas.get('exempt')!, priorityLevelConfiguration: { name: 'no' } },
  }
  const { schemas } = flowConfig([schema], [], 600)
  assert.ok(!schemas.some(({ name }) => name === 's'))
})

test('a list is as wide as what it answers', () => {
  assert.equal(listSeats({ objects: 10, bytes: 1000, limit: 0 }, 10), 1)
  assert.equal(listSeats({ objects: 500, bytes: 1000, limit: 0 }, 10), 5)
  assert.equal(listSeats({ objects: 500, bytes: 1000, limit: 100 }, 10), 1)
  assert.equal(listSeats({ objects: 1_000_000, bytes: 1000, limit: 0 }, 100), 10)
  assert.equal(listSeats({ objects: 1_000_000, bytes: 1000, limit: 0 }, 3), 3)
})

test('a write keeps seats for those who watch, narrower and longer where it must be', () => {
  assert.deepEqual(writeWidth(9, 10), { seats: 1, finalSeats: 0, finalMs: 0 })
  assert.deepEqual(writeWidth(25, 10), { seats: 1, finalSeats: 3, finalMs: 5 })
  assert.deepEqual(writeWidth(400, 10), { seats: 1, finalSeats: 10, finalMs: 20 })
  assert.deepEqual(writeWidth(400, 2), { seats: 1, finalSeats: 2, finalMs: 100 })
})

test('the more are refused, the later they may come back', () => {
  const retryAfter = new RetryAfter()
  assert.equal(retryAfter.seconds, 1)
  for (let second = 100; second < 160; second++) for (let i = 0; i < 50; i++) retryAfter.refused(second * 1000)
  assert.equal(retryAfter.seconds, 32)
  for (let second = 300; second < 300 + 40 * 40; second += 40) retryAfter.refused(second * 1000)
  assert.equal(retryAfter.seconds, 1)
})
