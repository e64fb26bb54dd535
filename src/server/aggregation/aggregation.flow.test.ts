import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { settle } from '#lib/clock.ts'
import { widgets } from '../custom/fixture.ts'
import {
  type AggregatedServer,
  aggregatedServer,
  apiService,
  flundersUrl,
  group,
  groupVersion,
  makePki,
  must,
  type Pki,
  service,
  serviceName,
  servicesUrl,
  slice,
} from './fixture.ts'

let pki: Pki
before(async () => {
  pki = await makePki()
})

async function textOf(batches: AsyncIterable<readonly Uint8Array[]>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const batch of batches) chunks.push(...batch)
  return Buffer.concat(chunks).toString()
}

/** Like `ask`, of an answer that streams. */
async function send(
  api: AggregatedServer,
  method: string,
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const { response, text: whole } = await api.ask(method, url, body, headers)
  const text = response.body.type === 'stream' ? await textOf(response.body.batches) : whole
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith('{') ? JSON.parse(text) : {},
  }
}

const aggregatedAccept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const flunder = (name: string) => ({ metadata: { name }, spec: { reference: 'x' } })

describe('a version that another server answers for', () => {
  let api: AggregatedServer
  before(async () => {
    api = await aggregatedServer(pki)
    await api.register()
  })
  after(() => api.stop())

  test('objects are created, read, listed, watched, changed and deleted there', async () => {
    const watch = await api.watch(`/apis/${groupVersion}/flunders?watch=true`)
    const made = await send(api, 'POST', flundersUrl, flunder('a'))
    assert.deepEqual([made.status, made.json.kind, made.json.metadata.namespace], [201, 'Flunder', 'default'])
    assert.equal((await send(api, 'GET', `${flundersUrl}/a`)).json.spec.reference, 'x')
    assert.equal((await send(api, 'GET', `/apis/${groupVersion}/flunders`)).json.items.length, 1)
    const patch = { metadata: { labels: { b: 'c' } } }
    assert.equal((await send(api, 'PATCH', `${flundersUrl}/a`, patch)).json.metadata.labels.b, 'c')
    assert.equal((await send(api, 'DELETE', `${flundersUrl}/a`)).status, 200)
    const missing = await send(api, 'GET', `${flundersUrl}/a`)
    assert.deepEqual([missing.status, missing.json.reason], [404, 'NotFound'])
    const seen: string[] = []
    while (seen.length < 3) seen.push(...((await watch.next()) ?? []).map(({ type }) => type))
    assert.deepEqual(seen, ['ADDED', 'MODIFIED', 'DELETED'])
    await watch.stop()
  })

  test('it is told who asks, and learns no credential', async () => {
    api.wardle.asked.length = 0
    const { response } = await api.ask('GET', `${flundersUrl}?limit=5`, undefined, {
      authorization: 'Bearer secret',
      cookie: 'a=b',
      'impersonate-user': 'jane',
      'x-remote-user': 'root',
      'x-remote-group': 'system:masters',
      'x-remote-extra-a': 'b',
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      'audit-id': 'mine',
    })
    if (response.body.type === 'stream') await textOf(response.body.batches)
    const [{ url, headers } = assert.fail()] = api.wardle.asked
    assert.equal(url, `${flundersUrl}?limit=5`)
    assert.deepEqual(headers['x-remote-user'], ['jane'])
    assert.deepEqual(headers['x-remote-group'], ['system:authenticated'])
    for (const name of ['authorization', 'cookie', 'impersonate-user', 'x-remote-extra-a'])
      assert.equal(headers[name], undefined, name)
    assert.deepEqual(headers['audit-id'], ['mine'])
    assert.deepEqual(headers.host, ['api.wardle.svc'])
    assert.match(String(headers.accept), /as=Table/)
    assert.deepEqual([headers['x-forwarded-uri'], headers['x-forwarded-proto']], [[flundersUrl], ['https']])
  })

  test('it stands in discovery, before what has a lower priority', async () => {
    const { json } = await api.ask('GET', '/apis')
    const names = json.groups.map(({ name }: { name: string }) => name)
    assert.equal(names[0], 'apiregistration.k8s.io')
    assert.equal(names[1], 'apps')
    assert.deepEqual(names.slice(-2), [group, 'metrics.k8s.io'])
    assert.deepEqual((await api.ask('GET', `/apis/${group}`)).json.preferredVersion, {
      groupVersion,
      version: 'v1alpha1',
    })
    assert.equal((await send(api, 'GET', `/apis/${groupVersion}`)).json.resources[0].name, 'flunders')
    const all = await api.ask('GET', '/apis', undefined, { accept: aggregatedAccept })
    const found = all.json.items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === group)
    assert.deepEqual(found.versions[0].freshness, 'Current')
    const [resource] = found.versions[0].resources
    assert.deepEqual(
      [
        resource.resource,
        resource.scope,
        resource.shortNames,
        resource.responseKind,
        resource.subresources[0].subresource,
      ],
      ['flunders', 'Namespaced', ['fl'], { group, version: 'v1alpha1', kind: 'Flunder' }, 'status'],
    )
    assert.ok((await api.ask('GET', '/')).json.paths.includes(`/apis/${groupVersion}`))
  })

  test('what it serves anew is found after the next look, under another tag', async () => {
    const tag = async () =>
      String((await api.ask('GET', '/apis', undefined, { accept: aggregatedAccept })).headers.etag)
    const first = await tag()
    const before = api.wardle.resources
    api.wardle.resources = [...before, { name: 'fischers', singularName: 'fischer', kind: 'Fischer', verbs: ['get'] }]
    const { generation } = api.aggregation
    await api.clock.advance(30_000)
    while (api.aggregation.generation === generation) await settle()
    assert.notEqual(await tag(), first)
    api.wardle.resources = before
    const again = api.aggregation.generation
    await api.clock.advance(30_000)
    while (api.aggregation.generation === again) await settle()
    assert.equal(await tag(), first)
  })

  test('OpenAPI has it: one document of version 2, an entry and a document of version 3', async () => {
    const { json } = await api.ask('GET', '/openapi/v2')
    const path = json.paths[`/apis/${groupVersion}/namespaces/{namespace}/flunders`]
    assert.equal(path.post.operationId, 'createFlunder')
    assert.equal(json.paths['/apis/other.example.com/v1/things'], undefined)
    const meta = json.definitions['com.example.wardle.Flunder'].properties.metadata
    assert.equal(meta.$ref, '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta_v2')
    assert.ok(json.definitions['io.k8s.api.core.v1.Pod'])
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
    assert.equal((await api.ask('GET', '/openapi/v2', undefined, { accept })).status, 200)
    const index = await api.ask('GET', '/openapi/v3')
    const { serverRelativeURL } = index.json.paths[`apis/${groupVersion}`]
    assert.equal(serverRelativeURL, `/openapi/v3/apis/${groupVersion}?hash=ABC`)
    assert.ok((await send(api, 'GET', serverRelativeURL)).json.components.schemas.Flunder)
    assert.equal((await send(api, 'GET', serverRelativeURL.replace('ABC', 'OLD'))).status, 200)
    assert.ok(index.json.paths['apis/apps/v1'])
    assert.equal(api.wardle.asked.at(-1)?.headers['x-remote-user']?.[0], 'system:aggregator')
  })

  test('a redirect is not followed, and an answer that does not come is given up', async () => {
    api.wardle.behave = (_req, res) => {
      res.writeHead(302, { location: 'https://elsewhere/' }).end()
      return true
    }
    const redirect = await send(api, 'GET', flundersUrl)
    assert.deepEqual(
      [redirect.status, redirect.text],
      [502, 'the backend attempted to redirect this request, which is not permitted'],
    )
    const { promise: isAsked, resolve } = Promise.withResolvers<void>()
    api.wardle.behave = () => {
      resolve()
      return true
    }
    const silent = send(api, 'GET', flundersUrl)
    await isAsked
    await api.clock.advance(60_000)
    assert.deepEqual([(await silent).status, (await silent).json.reason], [504, 'Timeout'])
    api.wardle.behave = undefined
    // Meanwhile it has been found not to answer at all.
    await api.clock.advance(30_000)
    await api.until(({ status }) => status === 'True')
  })

  const nonsense: readonly (readonly [what: string, said: string, status: number])[] = [
    ['no HTTP', 'hello\r\n\r\n', 503],
    [
      'an upgrade that nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      503,
    ],
    ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 503],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 503],
    ['nothing', '', 503],
    [
      'headers of its connection',
      'HTTP/1.1 200 OK\r\nKeep-Alive: 3\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}',
      200,
    ],
  ]
  for (const [what, said, status] of nonsense) {
    test(`a server that says ${what} is answered for`, async () => {
      api.wardle.behave = (req) => {
        if (!req.url?.includes('flunders')) return false
        req.socket.end(said)
        return true
      }
      const answer = await send(api, 'POST', flundersUrl, flunder('x'))
      api.wardle.behave = undefined
      assert.equal(answer.status, status)
      for (const name of ['keep-alive', 'upgrade', 'connection']) assert.equal(answer.headers[name], undefined)
      if (status === 503) assert.match(answer.text, /^error trying to reach service: .+\n$/)
    })
  }

  test('an answer that breaks off is no answer, and a client that leaves is no longer served', async () => {
    api.wardle.behave = (req, res) => {
      if (!req.url?.includes('flunders')) return false
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      res.write('{"kind":')
      setImmediate(() => req.socket.destroy())
      return true
    }
    const { response } = await api.ask('GET', flundersUrl)
    const { body } = response
    assert.ok(body.type === 'stream')
    await assert.rejects(textOf(body.batches))

    const { promise: hasLeft, resolve } = Promise.withResolvers<void>()
    api.wardle.behave = (req, res) => {
      if (!req.url?.includes('watch')) return false
      res.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
      res.once('close', resolve)
      return true
    }
    const client = new AbortController()
    const watch = await api.server.handle({
      method: 'GET',
      path: flundersUrl,
      query: new URLSearchParams('watch=true'),
      headers: {},
      body: { type: 'none' },
      signal: client.signal,
    })
    assert.ok(watch.body.type === 'stream')
    const next = watch.body.batches[Symbol.asyncIterator]().next()
    client.abort(new Error('gone'))
    await assert.rejects(next)
    await hasLeft
    api.wardle.behave = undefined
  })

  test('whoever asks in this process gets objects, lists and errors as everywhere', async () => {
    await send(api, 'POST', flundersUrl, flunder('raw'))
    const handle = (method: string, url: string) => {
      const { pathname, searchParams } = new URL(url, 'http://x')
      return api.server.handle({
        method,
        path: pathname,
        query: searchParams,
        headers: {},
        body: { type: 'none' },
        user: { name: 'me', groups: [] },
        signal: new AbortController().signal,
        raw: true,
      })
    }
    const { body } = await handle('GET', flundersUrl)
    assert.ok(body.type === 'list' && body.items.length === 1)
    const one = (await handle('GET', `${flundersUrl}/raw`)).body
    assert.equal(one.type === 'object' && one.object.metadata.name, 'raw')
    await assert.rejects(handle('GET', `${flundersUrl}/none`), { code: 404, reason: 'NotFound' })
    await handle('DELETE', flundersUrl)
    assert.equal((await send(api, 'GET', flundersUrl)).json.items.length, 0)
  })
})

test('an APIService tells why its server cannot be asked, and when it can', async () => {
  const api = await aggregatedServer(pki)
  const reason = (wanted: string) => api.until((condition) => condition.reason === wanted)
  await must(api, servicesUrl, apiService({ caBundle: Buffer.from(pki.authority.certPem).toString('base64') }))
  assert.equal((await reason('ServiceNotFound')).message, 'service/api in "wardle" is not present')
  const refused = await api.ask('GET', flundersUrl)
  assert.deepEqual([refused.status, refused.text], [503, 'service unavailable\n'])
  await must(api, '/api/v1/namespaces/wardle/services', service(444))
  assert.equal((await reason('ServicePortError')).message, 'service/api in "wardle" is not listening on port 443')
  await api.ask('PUT', '/api/v1/namespaces/wardle/services/api', service())
  assert.equal((await reason('EndpointsNotFound')).message, 'cannot find endpointslices for service/api in "wardle"')
  const slices = '/apis/discovery.k8s.io/v1/namespaces/wardle/endpointslices'
  await must(api, slices, slice([]))
  assert.equal(
    (await reason('MissingEndpoints')).message,
    'endpointslices for service/api in "wardle" have no addresses with port name "https"',
  )
  await api.ask('PUT', `${slices}/api-1`, slice())
  const passed = await reason('Passed')
  assert.deepEqual([passed.status, passed.message], ['True', 'all checks passed'])
  assert.match((await api.ask('GET', '/metrics')).text, /aggregator_unavailable_apiservice\{name="v1alpha1\.wardle/)

  await api.wardle.stop()
  await api.clock.advance(30_000)
  const failed = await reason('FailedDiscoveryCheck')
  const url = `https://10.96.0.7:443/apis/${groupVersion}`
  assert.ok(
    failed.message.startsWith(`failing or missing response from ${url}: Get "${url}": dial tcp`),
    failed.message,
  )
  assert.equal((await api.ask('GET', flundersUrl)).status, 503)
  const all = await api.ask('GET', '/apis', undefined, { accept: aggregatedAccept })
  const found = all.json.items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === group)
  assert.equal(found.versions[0].freshness, 'Stale')
  assert.equal(found.versions[0].resources[0].resource, 'flunders')
  await api.stop()
})

test('a server whose certificate is not trusted is available, as upstream, and is not asked', async () => {
  const api = await aggregatedServer(pki)
  await api.register({ caBundle: Buffer.from(pki.frontProxyAuthority.certPem).toString('base64') })
  const { status, text } = await api.ask('GET', flundersUrl)
  assert.equal(status, 503)
  assert.equal(
    text,
    'error trying to reach service: tls: failed to verify certificate: x509: certificate signed by unknown authority\n',
  )
  assert.ok(api.wardle.asked.every(({ url }) => url === `/apis/${groupVersion}`))
  const insecure = apiService({ insecureSkipTLSVerify: true })
  const { json } = await api.ask('GET', `${servicesUrl}/${serviceName}`)
  await api.ask('PUT', `${servicesUrl}/${serviceName}`, { ...insecure, metadata: json.metadata })
  assert.equal((await send(api, 'GET', flundersUrl)).status, 200)
  await api.stop()
})

test('who may not, is not let through', async () => {
  const api = await aggregatedServer(pki, {
    authorize: ({ group: of, isResource, user }) =>
      of === group && isResource && user.name === 'admin'
        ? { allowed: false, reason: 'no' }
        : { allowed: true, reason: '' },
  })
  await api.register()
  const { status, json } = await api.ask('GET', flundersUrl)
  assert.equal(status, 403)
  assert.match(
    json.message,
    /^flunders\.wardle\.example\.com is forbidden: User "admin" cannot list resource "flunders"/,
  )
  assert.ok(api.wardle.asked.every(({ url }) => !url.includes('flunders')))
  await api.stop()
})

test('a server without OpenAPI version 3 gets a document made of its version 2', async () => {
  const api = await aggregatedServer(pki)
  api.wardle.hasOpenApiV3 = false
  await api.register()
  const { json } = await api.ask('GET', '/openapi/v3')
  const { serverRelativeURL } = json.paths[`apis/${groupVersion}`]
  const document = await api.ask('GET', serverRelativeURL)
  assert.equal(document.status, 200)
  const { requestBody } = document.json.paths[`/apis/${groupVersion}/namespaces/{namespace}/flunders`].post
  assert.deepEqual(requestBody, {
    content: { '*/*': { schema: { $ref: '#/components/schemas/com.example.wardle.Flunder' } } },
    required: true,
  })
  await api.stop()
})

describe('versions that this server answers for', () => {
  let api: AggregatedServer
  before(async () => {
    api = await aggregatedServer(pki)
  })
  after(() => api.stop())
  const get = (name: string) => api.ask('GET', `${servicesUrl}/${name}`)

  test('have an APIService from the start', async () => {
    const condition = await api.until(({ status }) => status === 'True', 'v1.apps')
    assert.deepEqual([condition.reason, condition.message], ['Local', 'Local APIServices are always available'])
    const { json } = await get('v1.apps')
    assert.deepEqual(json.metadata.labels, { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' })
    assert.deepEqual(json.spec, { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15 })
    assert.equal((await get('v1.')).json.spec.groupPriorityMinimum, 18_000)
    assert.equal((await get('v1.apiregistration.k8s.io')).status, 404)
    const autoscaling = await api.ask('GET', '/apis/autoscaling')
    assert.equal(autoscaling.json.preferredVersion.version, 'v2')
  })

  test('keep away an APIService that somebody has deleted', async () => {
    await api.ask('DELETE', `${servicesUrl}/v1.batch`)
    await settle()
    await api.aggregation.registered()
    assert.equal((await get('v1.batch')).status, 404)
    assert.equal((await api.ask('GET', '/apis/batch/v1')).status, 200)
  })

  test('get and lose theirs with the custom kinds', async () => {
    await must(api, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgets())
    const condition = await api.until(({ status }) => status === 'True', 'v1.example.com')
    assert.equal(condition.reason, 'Local')
    const { json } = await get('v1.example.com')
    assert.deepEqual(json.metadata.labels, { 'kube-aggregator.kubernetes.io/automanaged': 'true' })
    assert.deepEqual([json.spec.groupPriorityMinimum, json.spec.versionPriority], [1000, 100])
    const watch = await api.watch(`${servicesUrl}?watch=true&fieldSelector=metadata.name=v1.example.com`)
    await api.ask('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com')
    const types: string[] = []
    while (!types.includes('DELETED')) types.push(...((await watch.next()) ?? []).map(({ type }) => type))
    await watch.stop()
  })

  test('give way to a server that is installed for what it could bring along, until it is taken away', async () => {
    const name = 'v1beta1.metrics.k8s.io'
    const nodes = async () => (await api.ask('GET', '/apis/metrics.k8s.io/v1beta1/nodes')).status
    assert.equal((await get(name)).status, 404)
    assert.equal(await nodes(), 200)
    const spec = { group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100 }
    const at = { service: { namespace: 'kube-system', name: 'metrics-server' }, insecureSkipTLSVerify: true }
    await must(api, servicesUrl, { metadata: { name }, spec: { ...spec, ...at } })
    assert.equal(await nodes(), 503)
    await api.ask('DELETE', `${servicesUrl}/${name}`)
    assert.equal(await nodes(), 200)
  })

  test('show in a table who answers', async () => {
    const { json } = await api.ask('GET', servicesUrl, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    })
    assert.deepEqual(
      json.columnDefinitions.map(({ name }: { name: string }) => name),
      ['Name', 'Service', 'Available', 'Age'],
    )
    assert.deepEqual(json.rows[0].cells.slice(0, 3), ['v1.', 'Local', 'True'])
  })
})
