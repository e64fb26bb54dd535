import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { seededRandom } from '#lib/random.ts'
import { createServiceAccountTokens, generateSigningKey } from '../../authn/service-account.ts'
import { type TestServer, testServer } from '../../fixture.ts'
import { createWebhookClient, type WebhookClient } from '../../webhook/client.ts'
import { patchOf, startHook, type TestHook, yes } from './testing.ts'

const configurations = '/apis/admissionregistration.k8s.io/v1'
const mutatingUrl = `${configurations}/mutatingwebhookconfigurations`
const validatingUrl = `${configurations}/validatingwebhookconfigurations`
const maps = '/api/v1/namespaces/default/configmaps'
const merge = { 'content-type': 'application/merge-patch+json' }

const rule = (resource: string, operations: readonly string[] = ['*'], more: object = {}) => ({
  operations,
  apiGroups: ['*'],
  apiVersions: ['*'],
  resources: [resource],
  ...more,
})

describe('admission webhooks', () => {
  let hook: TestHook
  let api: TestServer
  let client: WebhookClient

  before(async () => {
    hook = await startHook()
    api = await testServer({
      namespaces: ['default', 'other'],
      connect: { 'pods/attach': async () => ({ status: 200, headers: {}, body: { type: 'none' } }) },
      parts: (_store, clock) => {
        client = createWebhookClient({ clock })
        const tokens = createServiceAccountTokens({
          keyPem: generateSigningKey(),
          issuer: 'https://x',
          apiAudiences: ['https://x'],
          uidOf: () => undefined,
          clock,
          random: seededRandom(1),
        })
        return { webhooks: client, tokens }
      },
    })
  })
  after(async () => {
    client.close()
    hook.stop()
    await api.stop()
  })
  afterEach(async () => {
    await api.ask('DELETE', mutatingUrl)
    await api.ask('DELETE', validatingUrl)
    hook.answer = yes
    hook.asked.length = 0
  })

  const webhook = (name: string, rules: readonly object[], more: object = {}) => ({
    name,
    clientConfig: hook.at(`/${name}`),
    rules,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...more,
  })
  const configure = async (url: string, name: string, ...webhooks: readonly object[]) => {
    const { status, text } = await api.ask('POST', url, { metadata: { name }, webhooks })
    assert.equal(status, 201, text)
  }
  const create = (name: string, more: object = {}, url = maps) =>
    api.ask('POST', url, { metadata: { name, ...more }, data: { a: '1' } })

  test('are told what is asked, by whom and about what', async () => {
    await configure(validatingUrl, 'c', webhook('a.b.c', [rule('configmaps')]))
    const made = await api.ask('POST', `${maps}?fieldManager=me`, { metadata: { name: 'told' } })
    assert.equal(made.status, 201, made.text)
    const [{ path, review, request } = assert.fail()] = hook.asked
    assert.equal(path, '/a.b.c?timeout=10s')
    assert.deepEqual([review.kind, review.apiVersion], ['AdmissionReview', 'admission.k8s.io/v1'])
    const { uid, object, ...about } = request
    assert.match(uid, /^[0-9a-f-]{36}$/)
    assert.equal(object.metadata.uid, made.json.metadata.uid)
    const kind = { group: '', version: 'v1', kind: 'ConfigMap' }
    const resource = { group: '', version: 'v1', resource: 'configmaps' }
    assert.deepEqual(about, {
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: 'told',
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'admin', groups: ['system:masters'] },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' },
    })
    await api.ask('PATCH', `${maps}/told`, { data: { b: '2' } }, merge)
    const update = hook.asked[1]!.request
    assert.deepEqual([update.operation, update.options.kind], ['UPDATE', 'UpdateOptions'])
    assert.deepEqual([update.oldObject.data, update.object.data], [undefined, { b: '2' }])
    await api.ask('DELETE', `${maps}/told?dryRun=All`)
    await api.ask('DELETE', `${maps}/told`, { propagationPolicy: 'Background' })
    const [tried, removed] = hook.asked.slice(2).map((one) => one.request)
    assert.deepEqual([tried.dryRun, tried.options.dryRun], [true, ['All']])
    assert.deepEqual([removed.object, removed.oldObject.data, removed.dryRun], [null, { b: '2' }, false])
    assert.deepEqual(removed.options, {
      kind: 'DeleteOptions',
      apiVersion: 'meta.k8s.io/v1',
      propagationPolicy: 'Background',
    })
  })

  for (const [what, answer, code, reason, message] of [
    [
      'a message',
      { status: { message: 'no way' } },
      400,
      undefined,
      'admission webhook "d.b.c" denied the request: no way',
    ],
    [
      'a reason',
      { status: { reason: 'Forbidden' } },
      400,
      'Forbidden',
      'admission webhook "d.b.c" denied the request: Forbidden',
    ],
    ['nothing', {}, 400, undefined, 'admission webhook "d.b.c" denied the request without explanation'],
    [
      'a code',
      { status: { code: 403, reason: 'Forbidden', message: 'never' } },
      403,
      'Forbidden',
      'admission webhook "d.b.c" denied the request: never',
    ],
    [
      'a success',
      { status: { code: 200, message: 'x' } },
      400,
      undefined,
      'admission webhook "d.b.c" denied the request: x',
    ],
  ] as const)
    test(`that refuse with ${what} are quoted`, async () => {
      await configure(validatingUrl, 'c', webhook('d.b.c', [rule('configmaps', ['CREATE'])]))
      hook.answer = () => ({ allowed: false, ...answer })
      const refused = await create('refused')
      assert.deepEqual([refused.status, refused.json.code, refused.json.reason], [code, code, reason])
      assert.equal(refused.json.message, message)
      assert.equal((await api.ask('GET', `${maps}/refused`)).status, 404)
    })

  test('change objects one after the other, by the name of their configuration', async () => {
    await configure(mutatingUrl, 'two', webhook('third.b.c', [rule('configmaps')]))
    await configure(
      mutatingUrl,
      'one',
      webhook('first.b.c', [rule('configmaps')]),
      webhook('second.b.c', [rule('configmaps')]),
    )
    hook.answer = ({ object }, path) =>
      patchOf([{ op: 'add', path: '/data/order', value: `${object.data.order ?? ''}${path}` }])
    const { json, text } = await create('mutated')
    assert.equal(json.data?.order, '/first.b.c/second.b.c/third.b.c', text)
    assert.deepEqual(Object.keys(json.metadata), [
      ...['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'managedFields'],
    ])
  })

  test('see a new object as it came, and the name that was drawn only when it is judged', async () => {
    await configure(mutatingUrl, 'm', webhook('m.b.c', [rule('configmaps', ['CREATE'])]))
    await configure(validatingUrl, 'v', webhook('v.b.c', [rule('configmaps', ['CREATE'])]))
    const { json } = await api.ask('POST', maps, { metadata: { generateName: 'gen-' } })
    const [mutated, judged] = hook.asked.map((one) => one.request)
    assert.deepEqual([mutated.name, mutated.object.metadata.name], [undefined, undefined])
    assert.equal(mutated.object.metadata.uid, undefined)
    assert.deepEqual([judged.name, judged.object.metadata.name], [json.metadata.name, json.metadata.name])
  })

  test('may not move an object to another namespace', async () => {
    await configure(mutatingUrl, 'm', webhook('m.b.c', [rule('configmaps', ['CREATE'])]))
    hook.answer = () => patchOf([{ op: 'add', path: '/metadata/namespace', value: 'other' }])
    const { status, json } = await create('moved')
    assert.equal(status, 400)
    assert.match(json.message, /the namespace of the provided object does not match/)
  })

  test('that add containers get the defaults for them, and unknown fields are dropped', async () => {
    await configure(mutatingUrl, 'm', webhook('m.b.c', [rule('pods', ['CREATE'])]))
    hook.answer = () =>
      patchOf([
        { op: 'add', path: '/spec/initContainers', value: [{ name: 'added', image: 'i', nonsense: 1 }] },
        { op: 'add', path: '/spec/nonsense', value: 1 },
      ])
    const { json, text } = await api.ask('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    const [added] = json.spec?.initContainers ?? assert.fail(text)
    assert.deepEqual(
      [added.terminationMessagePolicy, added.nonsense, json.spec.nonsense],
      ['File', undefined, undefined],
    )
    // Another plugin has seen what was added.
    assert.equal(added.volumeMounts.length, 1)
  })

  test('are asked again, if they want, when a later one has changed the object', async () => {
    await configure(
      mutatingUrl,
      'm',
      webhook('again.b.c', [rule('configmaps', ['CREATE'])], { reinvocationPolicy: 'IfNeeded' }),
      webhook('once.b.c', [rule('configmaps', ['CREATE'])]),
    )
    hook.answer = (_request, path) =>
      path === '/once.b.c' ? patchOf([{ op: 'add', path: '/data/b', value: '2' }]) : yes({}, '')
    assert.equal((await create('reinvoked')).status, 201)
    assert.deepEqual(
      hook.asked.map(({ path, request }) => [path.split('?')[0], Object.keys(request.object.data).join()]),
      [
        ['/again.b.c', 'a'],
        ['/once.b.c', 'a'],
        ['/again.b.c', 'a,b'],
      ],
    )
  })

  for (const [what, answer, message] of [
    [
      'a patch that does not apply',
      patchOf([{ op: 'replace', path: '/none/x', value: 1 }]),
      /^Internal error occurred: replace operation does not apply: doc is missing path: "\/none\/x": missing value$/,
    ],
    [
      'a patch without a type',
      { allowed: true, patch: 'W10=' },
      /^Internal error occurred: failed calling webhook "m.b.c": received invalid webhook response: webhook returned response.patch but not response.patchType$/,
    ],
    [
      'another kind of patch',
      { ...patchOf([{ op: 'add', path: '/data/x', value: '1' }]), patchType: 'Merge' },
      /failed calling webhook "m.b.c": unsupported patch type "Merge"$/,
    ],
    [
      'an object of another shape',
      patchOf([{ op: 'add', path: '/data', value: 'x' }]),
      /^Internal error occurred: .*cannot unmarshal/,
    ],
    [
      'another uid',
      { allowed: true, uid: 'x' },
      /received invalid webhook response: expected response.uid=".{36}", got "x"$/,
    ],
    [
      'no JSON',
      '<html>',
      /^Internal error occurred: failed calling webhook "m.b.c": failed to call webhook: couldn't parse/,
    ],
    ['nothing', '{}', /received invalid webhook response: webhook response was absent$/],
  ] as const)
    test(`that answer with ${what} are told of`, async () => {
      await configure(mutatingUrl, 'm', webhook('m.b.c', [rule('configmaps', ['CREATE'])]))
      hook.answer = () => answer
      const { status, json } = await create('wrong')
      assert.equal(status, 500)
      assert.match(json.message, message)
    })

  test('that do not answer in time refuse or are passed over, as they say', async () => {
    await configure(
      validatingUrl,
      'slow',
      webhook('slow.b.c', [rule('configmaps', ['CREATE'])], { timeoutSeconds: 1, failurePolicy: 'Fail' }),
    )
    hook.answer = () => undefined
    const arrived = hook.nextRequest()
    const asking = create('slow')
    await arrived
    await api.clock.advance(1000)
    const { status, json } = await asking
    assert.deepEqual(
      [status, json.message],
      [
        500,
        `Internal error occurred: failed calling webhook "slow.b.c": failed to call webhook: Post "https://${hook.host}/slow.b.c?timeout=1s": context deadline exceeded`,
      ],
    )
    const patched = await api.ask(
      'PATCH',
      `${validatingUrl}/slow`,
      [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }],
      { 'content-type': 'application/json-patch+json' },
    )
    assert.equal(patched.status, 200, patched.text)
    const again = hook.nextRequest()
    const passing = create('slow')
    await again
    await api.clock.advance(1000)
    assert.equal((await passing).status, 201)
    await api.ask('DELETE', `${maps}/slow`)
  })

  test('that cannot be reached refuse everything when they are to fail closed', async () => {
    await configure(
      validatingUrl,
      'gone',
      webhook('gone.b.c', [rule('configmaps', ['CREATE'])], {
        clientConfig: { url: 'https://127.0.0.1:1/x', caBundle: hook.caBundle },
      }),
    )
    const { json } = await create('closed')
    assert.equal(
      json.message,
      'Internal error occurred: failed calling webhook "gone.b.c": failed to call webhook: Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
    )
  })

  test('with side effects are not asked in a dry run', async () => {
    await configure(validatingUrl, 'c', webhook('some.b.c', [rule('configmaps', ['CREATE'])]))
    const { json } = await api.ask('GET', `${validatingUrl}/c`)
    // What stands there from older days may have them.
    const { store } = api
    const old = { ...json, webhooks: [{ ...json.webhooks[0], sideEffects: 'Some' }] }
    const [stored] = store.list({ prefix: 'validatingwebhookconfigurations.admissionregistration.k8s.io/' }).items
    const registry = [...api.server.core.registries.all].find(
      ({ kind }) => kind.kind === 'ValidatingWebhookConfiguration',
    )!
    await store.commit(
      [{ key: stored!.key, expect: stored!.revision, put: (revision) => registry.encode(old, revision) }],
      { user: 'x', client: '' },
    )
    const tried = await api.ask('POST', `${maps}?dryRun=All`, { metadata: { name: 'dry' } })
    assert.deepEqual(
      [tried.status, tried.json.reason, tried.json.message],
      [400, 'BadRequest', 'admission webhook "some.b.c" does not support dry run'],
    )
    assert.equal(hook.asked.length, 0)
  })

  test('warn the client', async () => {
    await configure(validatingUrl, 'c', webhook('warn.b.c', [rule('configmaps', ['CREATE'])]))
    hook.answer = () => ({ allowed: true, warnings: ['mind the gap'] })
    const { headers } = await create('warned')
    assert.deepEqual(headers.warning, ['299 - "mind the gap"'])
  })

  test('are only asked about what their selectors and conditions say', async () => {
    await api.ask('PATCH', '/api/v1/namespaces/other', { metadata: { labels: { exempt: 'yes' } } }, merge)
    const matchExpressions = [{ key: 'exempt', operator: 'NotIn', values: ['yes'] }]
    await configure(
      validatingUrl,
      'c',
      webhook('c.b.c', [rule('configmaps', ['CREATE'])], {
        namespaceSelector: { matchExpressions },
        objectSelector: { matchLabels: { judge: 'me' } },
        matchConditions: [
          { name: 'not-skipped', expression: "object.metadata.name != 'skip-me'" },
          {
            name: 'who',
            expression: "request.userInfo.username == 'admin' && authorizer.requestResource.check('create').allowed()",
          },
        ],
      }),
    )
    hook.answer = () => ({ allowed: false })
    const labels = { judge: 'me' }
    assert.equal((await create('judged', { labels })).status, 400)
    assert.equal((await create('skip-me', { labels })).status, 201)
    assert.equal((await create('unlabelled')).status, 201)
    assert.equal((await create('exempt', { labels }, '/api/v1/namespaces/other/configmaps')).status, 201)
  })

  test('whose condition cannot be evaluated refuse or are passed over, as they say', async () => {
    const matchConditions = [{ name: 'broken', expression: 'object.data.none == "x"' }]
    await configure(validatingUrl, 'c', webhook('c.b.c', [rule('configmaps', ['CREATE'])], { matchConditions }))
    const refused = await create('conditional')
    assert.deepEqual(
      [refused.status, refused.json.message],
      [
        403,
        `configmaps "conditional" is forbidden: expression 'object.data.none == "x"' resulted in error: no such key: none`,
      ],
    )
    await api.ask('DELETE', validatingUrl)
    await configure(
      validatingUrl,
      'c',
      webhook('c.b.c', [rule('configmaps', ['CREATE'])], { matchConditions, failurePolicy: 'Ignore' }),
    )
    assert.equal((await create('conditional')).status, 201)
    assert.equal(hook.asked.length, 0)
  })

  test('are shown the version that their rule names, and what they change is read in it', async () => {
    const url = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers'
    const old = rule('horizontalpodautoscalers', ['CREATE'], { apiGroups: ['autoscaling'], apiVersions: ['v1'] })
    await configure(mutatingUrl, 'm', webhook('m.b.c', [old]))
    await configure(validatingUrl, 'v', webhook('v.b.c', [old], { matchPolicy: 'Exact' }))
    hook.answer = () => patchOf([{ op: 'replace', path: '/spec/targetCPUUtilizationPercentage', value: 42 }])
    const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } }
    const { json, text } = await api.ask('POST', url, {
      metadata: { name: 'h' },
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        metrics: [{ type: 'Resource', resource }],
      },
    })
    assert.equal(json.spec?.metrics[0].resource.target.averageUtilization, 42, text)
    assert.equal(json.apiVersion, 'autoscaling/v2')
    const [{ request } = assert.fail()] = hook.asked
    assert.equal(hook.asked.length, 1)
    assert.equal(request.object.apiVersion, 'autoscaling/v1')
    assert.deepEqual([request.kind.version, request.requestKind.version], ['v1', 'v2'])
    assert.deepEqual([request.resource.version, request.requestResource.version], ['v1', 'v2'])
  })

  test('see of a scale the scale, and may change it', async () => {
    const deployments = '/apis/apps/v1/namespaces/default/deployments'
    const labels = { app: 'x' }
    await api.ask('POST', deployments, {
      metadata: { name: 'd' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    })
    await configure(mutatingUrl, 'm', webhook('m.b.c', [rule('*/scale')]))
    hook.answer = () => patchOf([{ op: 'replace', path: '/spec/replicas', value: 2 }])
    const { json, text } = await api.ask('PATCH', `${deployments}/d/scale`, { spec: { replicas: 5 } }, merge)
    assert.equal(json.spec?.replicas, 2, text)
    const [{ request } = assert.fail()] = hook.asked
    assert.deepEqual(request.kind, { group: 'autoscaling', version: 'v1', kind: 'Scale' })
    assert.deepEqual([request.subResource, request.resource.resource], ['scale', 'deployments'])
    assert.deepEqual([request.oldObject.spec.replicas, request.object.spec.replicas], [1, 5])
  })

  test('may refuse to attach to a pod', async () => {
    await api.ask('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'attached' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    await configure(validatingUrl, 'c', webhook('attach.b.c', [rule('pods/attach', ['CONNECT'])]))
    hook.answer = ({ name }) => ({ allowed: false, status: { message: `attaching to pod '${name}' is not allowed` } })
    const url = '/api/v1/namespaces/default/pods/attached/attach?stdin=true&container=c'
    const { status, json } = await api.ask('POST', url)
    assert.equal(status, 400)
    assert.equal(
      json.message,
      `admission webhook "attach.b.c" denied the request: attaching to pod 'attached' is not allowed`,
    )
    const [{ request } = assert.fail()] = hook.asked
    assert.deepEqual(request.object, { kind: 'PodAttachOptions', apiVersion: 'v1', stdin: true, container: 'c' })
    assert.deepEqual([request.kind.kind, request.operation, request.options], ['PodAttachOptions', 'CONNECT', null])
    await api.ask('DELETE', validatingUrl)
    assert.equal((await api.ask('POST', url)).status, 200)
  })

  test('are asked about each object of a collection, and what is refused stays', async () => {
    await create('kept', { labels: { set: 's' } })
    await create('goes', { labels: { set: 's' } })
    await configure(mutatingUrl, 'm', webhook('m.b.c', [rule('configmaps', ['DELETE'])]))
    hook.answer = ({ name }) => ({ allowed: name !== 'kept', status: { message: `not ${name}` } })
    const { status, json } = await api.ask('DELETE', `${maps}?labelSelector=set=s`)
    assert.deepEqual([status, json.message], [400, 'admission webhook "m.b.c" denied the request: not kept'])
    assert.equal((await api.ask('GET', `${maps}/kept`)).status, 200)
    assert.deepEqual(hook.asked.map(({ request }) => request.name).sort(), ['goes', 'kept'])
  })

  test('cannot change what is deleted', async () => {
    await create('frozen')
    await configure(mutatingUrl, 'm', webhook('m.b.c', [rule('configmaps', ['DELETE'])]))
    hook.answer = () => patchOf([{ op: 'add', path: '/data', value: {} }])
    assert.match(
      (await api.ask('DELETE', `${maps}/frozen`)).json.message,
      /admission webhook "m.b.c" attempted to modify the object, which is not supported for this operation/,
    )
  })

  test('are not asked about configurations of webhooks', async () => {
    hook.answer = () => ({ allowed: false })
    await configure(validatingUrl, 'v', webhook('all.b.c', [rule('*/*')]))
    await configure(mutatingUrl, 'm', webhook('all.b.c', [rule('*/*')]))
    assert.equal((await api.ask('DELETE', `${mutatingUrl}/m`)).status, 200)
    assert.equal((await api.ask('DELETE', `${validatingUrl}/v`)).status, 200)
    assert.equal(hook.asked.length, 0)
  })

  test('that know only the older review are sent that one', async () => {
    await configure(
      mutatingUrl,
      'm',
      webhook('m.b.c', [rule('configmaps', ['CREATE'])], { admissionReviewVersions: ['v2', 'v1beta1', 'v1'] }),
    )
    hook.answer = () => ({
      allowed: true,
      uid: '',
      patch: Buffer.from('[{"op":"add","path":"/data/b","value":"2"}]').toString('base64'),
    })
    const { json, text } = await create('older')
    assert.deepEqual(json.data, { a: '1', b: '2' }, text)
    assert.equal(hook.asked[0]!.review.apiVersion, 'admission.k8s.io/v1beta1')
  })

  test('are asked about what is posted below an object, by what it is', async () => {
    await api.ask('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'below' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    await configure(validatingUrl, 'c', webhook('below.b.c', [rule('*/*', ['CREATE', 'DELETE'])]))
    const pod = '/api/v1/namespaces/default/pods/below'
    for (const [path, body] of [
      [`${pod}/binding`, { target: { name: 'n' } }],
      [`${pod}/eviction`, { metadata: { name: 'below' } }],
      ['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: { nonResourceAttributes: { path: '/' } } }],
    ] as const) {
      const { status, text } = await api.ask('POST', path, body)
      assert.equal(status, 201, text)
    }
    assert.deepEqual(
      hook.asked.map(({ request: { operation, kind, resource, subResource, name } }) =>
        [operation, kind.group, kind.kind, resource.resource, subResource, name].join(' '),
      ),
      [
        'CREATE  Binding pods binding below',
        'CREATE policy Eviction pods eviction below',
        'CREATE authorization.k8s.io SelfSubjectAccessReview selfsubjectaccessreviews  ',
      ],
    )
  })

  test('may change what is posted below an object', async () => {
    await configure(mutatingUrl, 'm', webhook('m.b.c', [rule('serviceaccounts/token')]))
    hook.answer = () =>
      patchOf([
        { op: 'replace', path: '/spec/expirationSeconds', value: 700 },
        { op: 'add', path: '/spec/unknown', value: 1 },
      ])
    const url = '/api/v1/namespaces/default/serviceaccounts/default/token'
    const { json, text } = await api.ask('POST', url, { spec: { expirationSeconds: 900 } })
    assert.deepEqual([json.spec?.expirationSeconds, json.spec?.unknown], [700, undefined], text)
    hook.answer = () => patchOf([{ op: 'replace', path: '/spec/expirationSeconds', value: 1 }])
    assert.match(
      (await api.ask('POST', url, { spec: {} })).json.message,
      /may not specify a duration less than 10 minutes/,
    )
    hook.answer = () => patchOf([{ op: 'replace', path: '/spec/expirationSeconds', value: 'long' }])
    assert.match(
      (await api.ask('POST', url, { spec: {} })).json.message,
      /^Internal error occurred: .*cannot unmarshal/,
    )
  })

  test('say in the audit record what they have changed, and what they think of it', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: an event as it stands in the record
    const events: any[] = []
    const core = api.server.core as { audit: unknown }
    const sink = { take: (make: () => object) => events.push(make()) > 0 }
    await configure(mutatingUrl, 'm', webhook('m.b.c', [rule('configmaps', ['CREATE'])]))
    await configure(
      validatingUrl,
      'v',
      webhook('closed.b.c', [rule('configmaps', ['CREATE'])], {
        failurePolicy: 'Ignore',
        clientConfig: { url: 'https://127.0.0.1:1/x', caBundle: hook.caBundle },
      }),
    )
    const patch = [{ op: 'add', path: '/data/b', value: '2' }]
    hook.answer = () => ({ ...patchOf(patch), auditAnnotations: { opinion: 'fine' } })
    core.audit = { policy: { rules: [{ level: 'Request' }] }, sink }
    await create('audited')
    core.audit = undefined
    const about = { configuration: 'm', webhook: 'm.b.c' }
    const { annotations } = events.at(-1)
    assert.equal(annotations['m.b.c/opinion'], 'fine')
    assert.deepEqual(JSON.parse(annotations['mutation.webhook.admission.k8s.io/round_0_index_0']), {
      ...about,
      mutated: true,
    })
    assert.deepEqual(JSON.parse(annotations['patch.webhook.admission.k8s.io/round_0_index_0']), {
      ...about,
      patch,
      patchType: 'JSONPatch',
    })
    assert.equal(annotations['failed-open.validating.webhook.admission.k8s.io/round_0_index_0'], 'closed.b.c')
  })

  test('are not asked by whoever has gone', async () => {
    const gone = new AbortController()
    await configure(validatingUrl, 'c', webhook('c.b.c', [rule('configmaps', ['CREATE'])], { failurePolicy: 'Ignore' }))
    hook.answer = () => undefined
    const arrived = hook.nextRequest()
    const asking = api.server.handle({
      method: 'POST',
      path: maps,
      query: new URLSearchParams(),
      headers: {},
      body: { type: 'object', object: { metadata: { name: 'gone' } } },
      user: { name: 'x', groups: [] },
      signal: gone.signal,
      raw: true,
    })
    await arrived
    gone.abort(new Error('gone'))
    await assert.rejects(asking, /gone/)
    assert.equal((await api.ask('GET', `${maps}/gone`)).status, 404)
  })

  test('do not keep the server from its own work', async () => {
    await configure(validatingUrl, 'c', webhook('c.b.c', [rule('*')]))
    hook.answer = () => ({ allowed: false })
    const { status } = await api.server.handle({
      method: 'POST',
      path: maps,
      query: new URLSearchParams(),
      headers: {},
      body: { type: 'object', object: { metadata: { name: 'own' } } },
      user: { name: 'system:apiserver', groups: ['system:masters'] },
      signal: new AbortController().signal,
      raw: true,
    })
    assert.equal(status, 201)
    assert.equal(hook.asked.length, 0)
  })

  test('are counted', async () => {
    await configure(validatingUrl, 'c', webhook('counted.b.c', [rule('configmaps', ['CREATE'])]))
    hook.answer = () => ({ allowed: false, status: { code: 700 } })
    await create('counted')
    const text = await api.server.metrics.text()
    for (const line of [
      'apiserver_admission_webhook_rejection_count{error_type="no_error",name="counted.b.c",operation="CREATE",rejection_code="600",type="validating"} 1',
      'apiserver_admission_webhook_rejection_count{error_type="calling_webhook_error",name="slow.b.c",operation="CREATE",rejection_code="503",type="validating"} 1',
      'apiserver_admission_webhook_fail_open_count{name="slow.b.c",type="validating"} 1',
      'apiserver_admission_webhook_admission_duration_seconds_count{name="counted.b.c",operation="CREATE",rejected="true",type="validating"} 1',
    ])
      assert.ok(text.includes(`${line}\n`), line)
  })
})
