import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { builtIn } from '#api/kinds.ts'
import { testServer } from './fixture.ts'

const segment = fc.constantFrom(
  ...['api', 'apis', 'v1', 'apps', 'namespaces', 'default', 'pods', 'configmaps', 'deployments', 'nodes', 'services'],
  ...[
    'status',
    'scale',
    'binding',
    'eviction',
    'token',
    'a',
    '%20',
    '..',
    '__proto__',
    'constructor',
    'watch',
    'openapi',
  ],
)
const key = fc.constantFrom('metadata', 'spec', 'status', 'data', 'name', 'labels', 'containers', 'target', '__proto__')
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}))
const parameter = fc.constantFrom(
  ...['limit=1', 'limit=-1', 'watch=1', 'continue=e30', 'resourceVersion=1', 'resourceVersion=-1', 'timeoutSeconds=0'],
  ...['labelSelector=a%3Db', 'labelSelector=%28', 'fieldSelector=a', 'dryRun=All', 'fieldManager=%00', 'pretty=true'],
  ...['resourceVersionMatch=Exact', 'sendInitialEvents=true', 'gracePeriodSeconds=-5', 'propagationPolicy=Orphan'],
)
const contentType = fc.constantFrom(
  ...['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/json-patch+json'],
  ...['application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', ''],
)
const accept = fc.constantFrom(
  ...['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'a/b', ';;,='],
  'application/json;as=Table;v=v1;g=meta.k8s.io',
)

/** Places that are there: collections, objects, subresources. */
const place = fc
  .tuple(
    fc.constantFrom(...builtIn.all),
    fc.constantFrom('', '/a', '/a', '/a/status', '/a/scale', '/a/binding', '/a/eviction', '/a/finalize', '/a/token'),
  )
  .map(([{ group, version, namespaced, plural }, rest]) => {
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
    return `${root}${namespaced ? '/namespaces/default' : ''}/${plural}${rest}`
  })
const path = fc.oneof(
  { weight: 8, arbitrary: place },
  { weight: 1, arbitrary: fc.array(segment, { maxLength: 7 }).map((segments) => `/${segments.join('/')}`) },
)
/** Nearly an object, or nothing like it. */
const body = fc.oneof(
  fc
    .record({ metadata: fc.record({ name: fc.constantFrom('a', 'b') }), spec: value, data: value, status: value })
    .map((v) => JSON.stringify(v)),
  fc
    .record({
      metadata: value,
      spec: fc.record({ containers: value, replicas: value, selector: value, template: value }),
    })
    .map((v) => JSON.stringify(v)),
  value.map((v) => JSON.stringify(v)),
  fc.string(),
  fc.constant(undefined),
)

const podSpec = { containers: [{ name: 'c', image: 'i' }] }
const template = { metadata: { labels: { a: 'b' } }, spec: podSpec }
const workload = { selector: { matchLabels: { a: 'b' } }, template }
const inNamespace = '/api/v1/namespaces/default'
/** What stands there, as long as nobody has deleted it. */
const seeds: readonly (readonly [string, object])[] = [
  // Pods wait for their account: it is there before them.
  [`${inNamespace}/serviceaccounts`, { metadata: { name: 'default' } }],
  [`${inNamespace}/configmaps`, { data: { k: 'v' } }],
  [`${inNamespace}/pods`, { spec: podSpec }],
  [`${inNamespace}/services`, { spec: { ports: [{ port: 1 }] } }],
  [`${inNamespace}/serviceaccounts`, {}],
  ['/api/v1/nodes', {}],
  ['/apis/apps/v1/namespaces/default/deployments', { spec: workload }],
  ['/apis/apps/v1/namespaces/default/replicasets', { spec: workload }],
]

test('whatever is asked, the answer is never that something broke', async () => {
  const api = await testServer()
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS')
  await fc.assert(
    fc.asyncProperty(
      method,
      path,
      fc.array(parameter, { maxLength: 3 }),
      body,
      contentType,
      accept,
      async (...asked) => {
        const [verb, url, parameters, text, type, wanted] = asked
        for (const [collection, object] of seeds)
          await api.ask('POST', collection, { metadata: { name: 'a' }, ...object })
        const pending = api.ask(verb, `${url}?${parameters.join('&')}`, text, { 'content-type': type, accept: wanted })
        // A pod waits for its account; here time passes.
        await api.clock.advance(1001)
        const answer = await pending
        const { body: stream } = answer.response
        if (stream.type === 'stream') await stream.batches[Symbol.asyncIterator]().return?.()
        const known = /resourceVersion should not be set|failed to create typed patch object/.test(answer.text)
        assert.ok(answer.status < 500 || answer.status === 504 || known, `${verb} ${url}: ${answer.text}`)
      },
    ),
    { numRuns: 2000, seed: 7 },
  )
  await api.stop()
  assert.equal(api.clock.pendingTimers, 0)
})
