import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type TestServer, testServer } from './fixture.ts'

describe('paths that are no resource', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
  })
  after(() => api.stop())

  test('/api and /apis list versions and groups', async () => {
    assert.deepEqual((await api.ask('GET', '/api')).json.versions, ['v1'])
    const { json } = await api.ask('GET', '/apis')
    const apps = json.groups.find((group: { name: string }) => group.name === 'apps')
    assert.deepEqual(apps.preferredVersion, { groupVersion: 'apps/v1', version: 'v1' })
    assert.deepEqual((await api.ask('GET', '/apis/apps')).json.kind, 'APIGroup')
  })

  test('a version lists its resources with verbs, names and subresources', async () => {
    const { json } = await api.ask('GET', '/api/v1')
    const find = (name: string) => json.resources.find((resource: { name: string }) => resource.name === name)
    assert.deepEqual(find('pods').shortNames, ['po'])
    assert.deepEqual(find('pods').verbs, [
      'create',
      'delete',
      'deletecollection',
      'get',
      'list',
      'patch',
      'update',
      'watch',
    ])
    assert.deepEqual(find('pods/eviction'), {
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    })
    assert.deepEqual(find('bindings').verbs, ['create'])
    const apps = await api.ask('GET', '/apis/apps/v1')
    assert.ok(
      apps.json.resources.some(
        (resource: { name: string; kind: string }) =>
          resource.name === 'deployments/scale' && resource.kind === 'Scale',
      ),
    )
  })

  test('everything comes at once for those who ask, and not again if they have it', async () => {
    const accept =
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'
    const { json, headers } = await api.ask('GET', '/apis', undefined, { accept })
    assert.equal(headers['content-type'], 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
    assert.equal(json.kind, 'APIGroupDiscoveryList')
    const apps = json.items.find((item: { metadata: { name: string } }) => item.metadata.name === 'apps')
    const deployments = apps.versions[0].resources.find((r: { resource: string }) => r.resource === 'deployments')
    assert.deepEqual(
      [
        deployments.scope,
        deployments.responseKind.kind,
        deployments.subresources.map((s: { subresource: string }) => s.subresource),
      ],
      ['Namespaced', 'Deployment', ['scale', 'status']],
    )
    const again = await api.ask('GET', '/apis', undefined, { accept, 'if-none-match': String(headers.etag) })
    assert.equal(again.status, 304)
    assert.equal((await api.ask('GET', '/api', undefined, { accept })).json.items.length, 1)
  })

  test('OpenAPI v3 is reached by its index, v2 in both forms', async () => {
    const { json } = await api.ask('GET', '/openapi/v3')
    const { serverRelativeURL } = json.paths['apis/apps/v1']
    const apps = await api.ask('GET', serverRelativeURL)
    assert.ok(apps.json.components.schemas['io.k8s.api.apps.v1.Deployment'])
    const moved = await api.ask('GET', '/openapi/v3/apis/apps/v1?hash=OLD')
    assert.deepEqual([moved.status, moved.headers.location], [301, serverRelativeURL])
    assert.equal((await api.ask('GET', '/openapi/v2')).json.swagger, '2.0')
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
    assert.match(
      String((await api.ask('GET', '/openapi/v2', undefined, { accept })).headers['content-type']),
      /protobuf/,
    )
  })

  test('/version, health and metrics', async () => {
    assert.match((await api.ask('GET', '/version')).json.gitVersion, /^v1\.37\.\d+\+pinnace$/)
    assert.equal((await api.ask('GET', '/livez')).text, 'ok')
    assert.match((await api.ask('GET', '/readyz?verbose')).text, /^\[\+\]ping ok\n.*readyz check passed\n$/s)
    assert.equal((await api.ask('GET', '/readyz/none')).status, 404)
    const { text } = await api.ask('GET', '/metrics')
    assert.match(text, /apiserver_request_total\{.*resource="namespaces".*code="201"\} 1/)
    assert.match(text, /process_resident_memory_bytes/)
    assert.match(text, /apiserver_resource_objects\{group="",resource="namespaces"\} 1/)
    assert.ok((await api.ask('GET', '/')).json.paths.includes('/apis/apps/v1'))
    assert.equal((await api.ask('POST', '/version')).status, 405)
  })

  test('a check that fails is named, and answers 500', async () => {
    const sick = await testServer({ checks: [{ name: 'store', readyOnly: true, check: () => 'it is not open' }] })
    const { status, text } = await sick.ask('GET', '/readyz')
    assert.deepEqual(
      [status, text],
      [500, '[+]ping ok\n[-]store failed: it is not open\n[+]shutdown ok\nreadyz check failed\n'],
    )
    assert.equal((await sick.ask('GET', '/livez')).status, 200)
    await sick.stop()
  })
})
