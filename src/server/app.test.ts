import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type TestServer, testServer } from './fixture.ts'

const pod = (name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...more },
  spec: { containers: [{ name: 'c', image: 'busybox' }] },
})
const map = (name: string, data: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
const maps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'

describe('the server answers', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
    await api.ask('POST', maps, map('there', { a: 'b' }))
    await api.ask('POST', pods, pod('running'))
  })
  after(() => api.stop())

  // What is asked, and the status, reason and message of the answer.
  const refused: readonly [string, string, unknown, number, string, RegExp | string, Record<string, string>?][] = [
    ['GET', `${maps}/none`, undefined, 404, 'NotFound', 'configmaps "none" not found'],
    ['POST', maps, map('there'), 409, 'AlreadyExists', 'configmaps "there" already exists'],
    ['POST', maps, '{"metadata":', 400, 'BadRequest', /must be of type ConfigMap.*unexpected end of JSON input/],
    ['POST', maps, '', 400, 'BadRequest', /unexpected end of JSON input \(<empty>\)/],
    ['POST', maps, '[]', 400, 'BadRequest', /must be of type ConfigMap/],
    ['POST', maps, { kind: 'Pod', metadata: { name: 'x' } }, 400, 'BadRequest', /cannot be handled as a ConfigMap/],
    [
      'POST',
      maps,
      { apiVersion: 'v2', metadata: { name: 'x' } },
      400,
      'BadRequest',
      'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
    [
      'POST',
      maps,
      { metadata: { name: 'x', namespace: 'other' } },
      400,
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'POST',
      maps,
      { metadata: {} },
      422,
      'Invalid',
      /ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required/,
    ],
    ['POST', maps, { metadata: { name: 'UP' } }, 422, 'Invalid', /metadata.name: Invalid value: "UP"/],
    ['POST', maps, { metadata: { name: 'x' }, data: { a: 1 } }, 400, 'BadRequest', /cannot unmarshal number/],
    [
      'POST',
      `${maps}?fieldValidation=Strict`,
      { metadata: { name: 'x' }, foo: 1 },
      400,
      'BadRequest',
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo"',
    ],
    [
      'POST',
      `${maps}?fieldValidation=Strict`,
      '{"metadata":{"name":"x","name":"y"}}',
      400,
      'BadRequest',
      /duplicate field "metadata.name"/,
    ],
    [
      'POST',
      `${maps}?fieldValidation=Some`,
      map('x'),
      422,
      'Invalid',
      /CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Some"/,
    ],
    ['POST', `${maps}?dryRun=Yes`, map('x'), 422, 'Invalid', /dryRun: Unsupported value/],
    [
      'POST',
      maps,
      map('x'),
      415,
      'UnsupportedMediaType',
      /accepted media types include/,
      { 'content-type': 'text/plain' },
    ],
    [
      'GET',
      maps,
      undefined,
      406,
      'NotAcceptable',
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      { accept: 'text/html' },
    ],
    ['POST', '/api/v1/namespaces/none/configmaps', map('x'), 404, 'NotFound', 'namespaces "none" not found'],
    ['POST', '/api/v1/configmaps', map('x'), 405, 'MethodNotAllowed', /does not allow this method/],
    ['PUT', maps, map('x'), 405, 'MethodNotAllowed', /does not allow this method/],
    [
      'PUT',
      `${maps}/there`,
      map('other'),
      400,
      'BadRequest',
      'the name of the object (other) does not match the name on the URL (there)',
    ],
    ['PUT', `${maps}/none`, map('none'), 404, 'NotFound', 'configmaps "none" not found'],
    [
      'PUT',
      `${maps}/there`,
      { metadata: { name: 'there', resourceVersion: '1' } },
      409,
      'Conflict',
      'Operation cannot be fulfilled on configmaps "there": the object has been modified; please apply your changes to the latest version and try again',
    ],
    ['PATCH', `${maps}/there`, { data: {} }, 415, 'UnsupportedMediaType', /application\/merge-patch\+json/],
    [
      'PATCH',
      `${maps}/there`,
      '{',
      400,
      'BadRequest',
      /unexpected end/,
      { 'content-type': 'application/merge-patch+json' },
    ],
    [
      'PATCH',
      `${maps}/none`,
      {},
      404,
      'NotFound',
      'configmaps "none" not found',
      { 'content-type': 'application/merge-patch+json' },
    ],
    [
      'PATCH',
      `${maps}/there`,
      { metadata: { name: 'there' } },
      422,
      'Invalid',
      /fieldManager: Required value/,
      { 'content-type': 'application/apply-patch+yaml' },
    ],
    ['DELETE', `${maps}/none`, undefined, 404, 'NotFound', 'configmaps "none" not found'],
    [
      'DELETE',
      `${maps}/there`,
      { preconditions: { uid: 'x' } },
      409,
      'Conflict',
      /Operation cannot be fulfilled on ConfigMap "there": the UID in the precondition \(x\) does not match/,
    ],
    ['DELETE', `${maps}/there`, { propagationPolicy: 'Never' }, 422, 'Invalid', /propagationPolicy/],
    [
      'DELETE',
      '/api/v1/namespaces/default',
      undefined,
      403,
      'Forbidden',
      'namespaces "default" is forbidden: this namespace may not be deleted',
    ],
    ['GET', `${maps}?limit=many`, undefined, 400, 'BadRequest', /invalid syntax/],
    ['GET', `${maps}?continue=x`, undefined, 400, 'BadRequest', /continue key is not valid/],
    [
      'GET',
      `${maps}?resourceVersion=abc`,
      undefined,
      400,
      'BadRequest',
      /invalid resource version.*strconv.ParseUint: parsing "abc": invalid syntax/,
    ],
    [
      'GET',
      `${maps}?resourceVersion=999999`,
      undefined,
      504,
      'Timeout',
      /^Timeout: Too large resource version: 999999, current: \d+$/,
    ],
    [
      'GET',
      `${maps}?resourceVersionMatch=Exact`,
      undefined,
      422,
      'Invalid',
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    ['GET', `${maps}?labelSelector=a%3D%3D%3Db`, undefined, 400, 'BadRequest', /unable to parse requirement/],
    [
      'GET',
      `${maps}?fieldSelector=data.a%3Db`,
      undefined,
      400,
      'BadRequest',
      '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    [
      'GET',
      `${pods}?fieldSelector=spec.image%3Db`,
      undefined,
      400,
      'BadRequest',
      'field label not supported: spec.image',
    ],
    ['POST', `${pods}/running/binding`, { target: { kind: 'Node' } }, 422, 'Invalid', /target.name: Required value/],
    [
      'POST',
      `${pods}/none/eviction`,
      { apiVersion: 'policy/v1', kind: 'Eviction' },
      404,
      'NotFound',
      'pods "none" not found',
    ],
  ]

  for (const [method, url, body, status, reason, message, headers] of refused) {
    test(`${method} ${url} ${JSON.stringify(body) ?? ''} ${headers ? JSON.stringify(headers) : ''} with ${status} ${reason}`, async () => {
      const answer = await api.ask(method, url, body, headers)
      assert.equal(answer.status, status, answer.text)
      assert.equal(answer.json.kind, 'Status')
      assert.equal(answer.json.reason, reason)
      assert.equal(answer.json.code, status)
      if (typeof message === 'string') assert.equal(answer.json.message, message)
      else assert.match(answer.json.message, message)
    })
  }

  for (const path of ['/nothing', '/apis/none/v1/pods', '/api/v2', '/apis/apps/v9']) {
    test(`GET ${path} with upstream's plain 404`, async () => {
      const answer = await api.ask('GET', path)
      assert.equal(answer.status, 404)
      assert.equal(answer.text, '404 page not found\n')
    })
  }

  // A version that is served answers with a Status.
  for (const path of ['/api/v1/nothing', '/api/v1/namespaces/default/nodes', `${pods}/running/nothing`]) {
    test(`GET ${path} with upstream's 404`, async () => {
      const answer = await api.ask('GET', path)
      assert.equal(answer.status, 404)
      assert.equal(answer.json.message, 'the server could not find the requested resource')
      assert.deepEqual(answer.json.details, {})
    })
  }
})

describe('writes', () => {
  let api: TestServer
  before(async () => {
    api = await testServer()
  })
  after(() => api.stop())

  test('create() gives what only the server can say, and nothing else of the metadata', async () => {
    const { status, json } = await api.ask('POST', maps, {
      metadata: { name: 'sys', uid: 'mine', generation: 7, creationTimestamp: '2001-01-01T00:00:00Z' },
    })
    assert.equal(status, 201)
    assert.match(json.metadata.uid, /^[0-9a-f-]{36}$/)
    assert.equal(json.metadata.creationTimestamp, '2030-01-01T00:00:00Z')
    assert.match(json.metadata.resourceVersion, /^\d+$/)
    assert.equal(json.metadata.managedFields?.[0]?.manager ?? 'test', 'test')
  })

  test('create() draws a name, and names unknown fields in a warning', async () => {
    const { status, json, headers } = await api.ask('POST', maps, { metadata: { generateName: 'a-' }, foo: 1 })
    assert.equal(status, 201)
    assert.match(json.metadata.name, /^a-[a-z0-9]{5}$/)
    assert.deepEqual(headers.warning, ['299 - "unknown field \\"foo\\""'])
  })

  test('a dry run answers and stores nothing', async () => {
    const revision = api.store.revision
    const created = await api.ask('POST', `${maps}?dryRun=All`, map('dry', { a: 'b' }))
    assert.equal(created.status, 201)
    assert.equal(created.json.metadata.resourceVersion, undefined)
    assert.equal((await api.ask('GET', `${maps}/dry`)).status, 404)
    assert.equal(api.store.revision, revision)
  })

  test('update() writes nothing where nothing changes', async () => {
    const { json } = await api.ask('POST', maps, map('same', { a: 'b' }))
    const again = await api.ask('PUT', `${maps}/same`, json)
    assert.equal(again.status, 200)
    assert.equal(again.json.metadata.resourceVersion, json.metadata.resourceVersion)
    const changed = await api.ask('PUT', `${maps}/same`, { ...json, data: { a: 'c' } })
    assert.notEqual(changed.json.metadata.resourceVersion, json.metadata.resourceVersion)
    const stale = await api.ask('PUT', `${maps}/same`, { ...json, data: { a: 'd' } })
    assert.equal(stale.status, 409)
  })

  test('updates without a resourceVersion that race are all written', async () => {
    await api.ask('POST', maps, map('race'))
    const patch = (key: string) =>
      api.ask('PATCH', `${maps}/race`, { data: { [key]: 'x' } }, { 'content-type': 'application/merge-patch+json' })
    const keys = Array.from({ length: 60 }, (_, i) => `k${i}`)
    const answers = await Promise.all(keys.map(patch))
    assert.ok(answers.every(({ status }) => status === 200))
    const { json } = await api.ask('GET', `${maps}/race`)
    assert.deepEqual(Object.keys(json.data).sort(), [...keys].sort())
  })

  test('status is written alone, and the rest without it', async () => {
    const url = '/apis/apps/v1/namespaces/default/deployments'
    const spec = {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    }
    const { json, status } = await api.ask('POST', url, { metadata: { name: 'd' }, spec, status: { replicas: 9 } })
    assert.equal(status, 201)
    assert.equal(json.metadata.generation, 1)
    assert.equal(json.status.replicas, undefined)
    const withStatus = await api.ask('PUT', `${url}/d/status`, {
      ...json,
      spec: { ...spec, replicas: 5 },
      status: { replicas: 3 },
    })
    assert.equal(withStatus.status, 200, withStatus.text)
    assert.equal(withStatus.json.status.replicas, 3)
    assert.equal(withStatus.json.spec.replicas, 1)
    assert.equal(withStatus.json.metadata.generation, 1)
    const scaled = await api.ask(
      'PATCH',
      `${url}/d/scale`,
      { spec: { replicas: 4 } },
      { 'content-type': 'application/merge-patch+json' },
    )
    assert.equal(scaled.status, 200, scaled.text)
    assert.deepEqual([scaled.json.kind, scaled.json.spec.replicas, scaled.json.status.selector], ['Scale', 4, 'a=b'])
    const after = await api.ask('GET', `${url}/d`)
    assert.deepEqual([after.json.spec.replicas, after.json.status.replicas, after.json.metadata.generation], [4, 3, 2])
    const wrong = await api.ask('PUT', `${url}/d/scale`, { metadata: { name: 'd' }, spec: { replicas: -1 } })
    assert.equal(wrong.status, 422)
  })

  test('a server-side apply creates, and then changes what is there', async () => {
    const apply = (body: object) =>
      api.ask('PATCH', `${maps}/applied?fieldManager=me`, body, { 'content-type': 'application/apply-patch+yaml' })
    const created = await apply(map('applied', { a: 'b' }))
    assert.equal(created.status, 201, created.text)
    const changed = await apply(map('applied', { c: 'd' }))
    assert.equal(changed.status, 200)
    assert.deepEqual(changed.json.data, { c: 'd' })
    assert.equal(changed.json.metadata.managedFields[0].operation, 'Apply')
  })

  test('an event is the same object in both of its groups', async () => {
    const events = 'namespaces/default/events'
    const created = await api.ask('POST', `/api/v1/${events}`, {
      metadata: { name: 'e.1' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
      reason: 'Because',
      message: 'so',
      type: 'Normal',
    })
    assert.equal(created.status, 201, created.text)
    const other = await api.ask('GET', `/apis/events.k8s.io/v1/${events}/e.1`)
    assert.deepEqual(
      [other.json.apiVersion, other.json.note, other.json.regarding.name],
      ['events.k8s.io/v1', 'so', 'p'],
    )
    const list = await api.ask('GET', `/apis/events.k8s.io/v1/${events}?fieldSelector=reason%3DBecause`)
    assert.deepEqual(
      list.json.items.map((item: { note: string }) => item.note),
      ['so'],
    )
  })
})

describe('deletions', () => {
  let api: TestServer
  before(async () => {
    api = await testServer({ namespaces: ['default', 'going'] })
  })
  after(() => api.stop())

  test('an object that nothing holds is gone at once', async () => {
    await api.ask('POST', maps, map('a'))
    const { status, json } = await api.ask('DELETE', `${maps}/a`)
    assert.deepEqual([status, json.status, json.details.kind], [200, 'Success', 'configmaps'])
    assert.equal((await api.ask('GET', `${maps}/a`)).status, 404)
  })

  test('finalizers hold it until the last is taken', async () => {
    await api.ask('POST', maps, { metadata: { name: 'b', finalizers: ['example.com/x'] } })
    const { json } = await api.ask('DELETE', `${maps}/b`)
    assert.equal(json.metadata.deletionTimestamp, '2030-01-01T00:00:00Z')
    assert.equal(json.metadata.deletionGracePeriodSeconds, 0)
    const added = await api.ask('PUT', `${maps}/b`, {
      metadata: { name: 'b', finalizers: ['example.com/x', 'example.com/y'] },
    })
    assert.match(added.json.message, /no new finalizers can be added if the object is being deleted/)
    assert.equal((await api.ask('PUT', `${maps}/b`, { metadata: { name: 'b' } })).status, 200)
    assert.equal((await api.ask('GET', `${maps}/b`)).status, 404)
  })

  test('a propagation policy becomes a finalizer', async () => {
    for (const [policy, finalizer] of [
      ['Orphan', 'orphan'],
      ['Foreground', 'foregroundDeletion'],
    ]) {
      await api.ask('POST', maps, map('c'))
      const { json } = await api.ask('DELETE', `${maps}/c?propagationPolicy=${policy}`)
      assert.deepEqual(json.metadata.finalizers, [finalizer])
      await api.ask(
        'PATCH',
        `${maps}/c`,
        { metadata: { finalizers: null } },
        { 'content-type': 'application/merge-patch+json' },
      )
      assert.equal((await api.ask('GET', `${maps}/c`)).status, 404)
    }
  })

  test('a pod on a node is given its time, and less when asked again', async () => {
    await api.ask('POST', pods, pod('p'))
    const bound = await api.ask('POST', `${pods}/p/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      target: { kind: 'Node', name: 'n' },
    })
    assert.equal(bound.status, 201, bound.text)
    const twice = await api.ask('POST', '/api/v1/namespaces/default/bindings', {
      metadata: { name: 'p' },
      target: { name: 'm' },
    })
    assert.equal(
      twice.json.message,
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n"',
    )
    const first = await api.ask('DELETE', `${pods}/p`)
    assert.equal(first.json.metadata.deletionTimestamp, '2030-01-01T00:00:30Z')
    assert.equal(first.json.metadata.deletionGracePeriodSeconds, 30)
    const later = await api.ask('DELETE', `${pods}/p`, { gracePeriodSeconds: 60 })
    assert.equal(later.json.metadata.deletionGracePeriodSeconds, 30)
    const sooner = await api.ask('DELETE', `${pods}/p`, { gracePeriodSeconds: 5 })
    assert.equal(sooner.json.metadata.deletionTimestamp, '2030-01-01T00:00:05Z')
    const now = await api.ask('DELETE', `${pods}/p`, { gracePeriodSeconds: 0 })
    assert.deepEqual([now.json.kind, now.json.metadata.name], ['Pod', 'p'])
    assert.equal((await api.ask('GET', `${pods}/p`)).status, 404)
  })

  test('a pod without a node goes at once', async () => {
    await api.ask('POST', pods, pod('q'))
    assert.equal((await api.ask('DELETE', `${pods}/q`)).status, 200)
    assert.equal((await api.ask('GET', `${pods}/q`)).status, 404)
  })

  test('a collection is deleted by its selector', async () => {
    for (const name of ['d1', 'd2', 'd3'])
      await api.ask('POST', maps, { metadata: { name, labels: { keep: name === 'd2' ? 'yes' : 'no' } } })
    const { status, json } = await api.ask('DELETE', `${maps}?labelSelector=keep%3Dno`)
    assert.deepEqual([status, json.kind, json.items.length], [200, 'ConfigMapList', 2])
    const left = await api.ask('GET', `${maps}?labelSelector=keep`)
    assert.deepEqual(
      left.json.items.map((item: { metadata: { name: string } }) => item.metadata.name),
      ['d2'],
    )
  })

  test('a namespace goes when it is empty, and takes nothing new meanwhile', async () => {
    const { json } = await api.ask('DELETE', '/api/v1/namespaces/going')
    assert.equal(json.status.phase, 'Terminating')
    const refused = await api.ask('POST', '/api/v1/namespaces/going/configmaps', map('late'))
    assert.equal(refused.status, 403)
    assert.equal(
      refused.json.message,
      'configmaps "late" is forbidden: unable to create new content in namespace going because it is being terminated',
    )
    assert.equal(refused.json.details.causes[0].reason, 'NamespaceTerminating')
    const again = await api.ask('DELETE', '/api/v1/namespaces/going')
    assert.equal(again.status, 409)
    const current = await api.ask('GET', '/api/v1/namespaces/going')
    const finalized = await api.ask('PUT', '/api/v1/namespaces/going/finalize', { ...current.json, spec: {} })
    assert.equal(finalized.status, 200, finalized.text)
    assert.equal((await api.ask('GET', '/api/v1/namespaces/going')).status, 404)
  })

  test('an eviction asks the disruption budget', async () => {
    const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
    await api.ask('POST', pods, { ...pod('v'), metadata: { name: 'v', labels: { app: 'v' } } })
    await api.ask('POST', `${pods}/v/binding`, { target: { name: 'n' } })
    const running = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }
    const merge = { 'content-type': 'application/merge-patch+json' }
    await api.ask('PATCH', `${pods}/v/status`, running, merge)
    await api.ask('POST', budgets, {
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'v' } } },
    })
    const evict = () =>
      api.ask('POST', `${pods}/v/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'v' } })
    const early = await evict()
    assert.deepEqual([early.status, early.headers['retry-after']], [429, '10'])
    const status = {
      observedGeneration: 1,
      disruptionsAllowed: 0,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
    }
    await api.ask('PATCH', `${budgets}/b/status`, { status }, merge)
    const refused = await evict()
    assert.equal(refused.json.message, "Cannot evict pod as it would violate the pod's disruption budget.")
    assert.equal(
      refused.json.details.causes[0].message,
      'The disruption budget b needs 1 healthy pods and has 1 currently',
    )
    await api.ask('PATCH', `${budgets}/b/status`, { status: { disruptionsAllowed: 1 } }, merge)
    assert.equal((await evict()).status, 201)
    const gone = await api.ask('GET', `${pods}/v`)
    assert.equal(gone.json.metadata.deletionGracePeriodSeconds, 30)
    assert.equal(gone.json.status.conditions.at(-1).reason, 'EvictionByEvictionAPI')
    const spent = await api.ask('GET', `${budgets}/b`)
    assert.equal(spent.json.status.disruptionsAllowed, 0)
  })
})
