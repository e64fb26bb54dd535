import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestServer, testServer } from '../../fixture.ts'
import { deployment, deployments, group, made } from './testing.ts'

const rule = (rule: object = {}) => ({
  operations: ['CREATE', 'UPDATE'],
  apiGroups: ['apps'],
  apiVersions: ['v1'],
  resources: ['deployments'],
  ...rule,
})

async function put(server: TestServer, spec: object, binding: object = {}, name = 'p'): Promise<void> {
  const metadata = { name }
  const constrained = { matchConstraints: { resourceRules: [rule()] }, ...spec }
  await made(server.ask('POST', `${group}/validatingadmissionpolicies`, { metadata, spec: constrained }))
  await bind(server, binding, name)
}

async function bind(server: TestServer, binding: object = {}, policyName = 'p', name = 'b'): Promise<void> {
  const spec = { policyName, validationActions: ['Deny'], ...binding }
  await made(server.ask('POST', `${group}/validatingadmissionpolicybindings`, { metadata: { name }, spec }))
}

async function served(work: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await testServer({ namespaces: ['default', 'other'] })
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

const create = (server: TestServer, replicas: number, name = 'd', metadata: object = {}) =>
  server.ask('POST', deployments, deployment(name, replicas, metadata))

const few = { expression: 'object.spec.replicas <= 3' }
const by = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request:"

test('a policy refuses what breaks it, in upstream words, from the next request on', () =>
  served(async (server) => {
    await put(server, { validations: [few] })
    const { status, json } = await create(server, 5)
    assert.equal(status, 422)
    const message = `${by} failed expression: object.spec.replicas <= 3`
    assert.deepEqual(json, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `deployments.apps "d" is forbidden: ${message}`,
      reason: 'Invalid',
      details: { name: 'd', group: 'apps', kind: 'deployments', causes: [{ message }] },
      code: 422,
    })
    await made(create(server, 3))
    const gone = await server.ask('DELETE', `${group}/validatingadmissionpolicybindings/b`)
    assert.equal(gone.status, 200)
    await made(create(server, 5, 'e'))
  }))

test('a policy without a binding, and a binding without a policy, refuse nothing', () =>
  served(async (server) => {
    await put(server, { validations: [few] }, { policyName: 'another' })
    await made(create(server, 5))
  }))

const messages: readonly [string, object, string, number, string][] = [
  ['the message', { message: ' too many ' }, 'too many', 422, 'Invalid'],
  [
    'an expression for the message',
    { message: 'no', messageExpression: "'not ' + string(object.spec.replicas)" },
    'not 5',
    422,
    'Invalid',
  ],
  ['an expression that says nothing', { message: 'no', messageExpression: "' '" }, 'no', 422, 'Invalid'],
  ['an expression with two lines', { message: 'no', messageExpression: "'a\\nb'" }, 'no', 422, 'Invalid'],
  ['an expression that fails', { message: 'no', messageExpression: 'object.spec.nothing' }, 'no', 422, 'Invalid'],
  ['a reason', { reason: 'Forbidden', message: 'no' }, 'no', 403, 'Forbidden'],
  ['too large', { reason: 'RequestEntityTooLarge', message: 'no' }, 'no', 413, 'RequestEntityTooLarge'],
]

for (const [what, validation, text, code, reason] of messages)
  test(`a refusal: ${what}`, () =>
    served(async (server) => {
      await put(server, { validations: [{ ...few, ...validation }] })
      const { status, json } = await create(server, 5)
      assert.equal(json.message, `deployments.apps "d" is forbidden: ${by} ${text}`)
      assert.deepEqual([status, json.reason], [code, reason])
    }))

test('variables are worked out when asked for, and may use those before them', () =>
  served(async (server) => {
    const variables = [
      { name: 'replicas', expression: 'object.spec.replicas' },
      { name: 'odd', expression: 'variables.replicas % 2 == 1' },
      { name: 'bad', expression: 'object.spec.nothing' },
    ]
    const validations = [
      { expression: 'variables.replicas > 1', message: 'few' },
      { expression: 'variables.odd || variables.bad == 1', messageExpression: "'even: ' + string(variables.replicas)" },
    ]
    await put(server, { variables, validations })
    const message = async (replicas: number) => (await create(server, replicas)).json.message
    assert.match(await message(1), /few$/)
    const why = `composited variable "bad" fails to evaluate: no such key: nothing`
    assert.match(await message(2), new RegExp(`expression '.*' resulted in error: ${why}$`))
    await made(create(server, 3))
  }))

test('an error refuses or passes, as the failure policy says', () =>
  served(async (server) => {
    await put(server, { validations: [{ expression: 'object.spec.nothing == 1' }] })
    const { status, json } = await create(server, 1)
    assert.equal(status, 422)
    assert.match(
      json.message,
      /denied request: expression 'object.spec.nothing == 1' resulted in error: no such key: nothing$/,
    )
    const patch = { spec: { failurePolicy: 'Ignore' } }
    const merge = { 'content-type': 'application/merge-patch+json' }
    await server.ask('PATCH', `${group}/validatingadmissionpolicies/p`, patch, merge)
    await made(create(server, 1))
  }))

test('match conditions leave requests out; one that is false decides over one that fails', () =>
  served(async (server) => {
    const matchConditions = [
      { name: 'bad', expression: "object.spec.nothing == 'x'" },
      { name: 'named', expression: "object.metadata.name.startsWith('checked')" },
    ]
    await put(server, { validations: [few], matchConditions })
    await made(create(server, 5))
    const { json } = await create(server, 1, 'checked')
    assert.match(json.message, /expression 'object.spec.nothing == 'x'' resulted in error: no such key: nothing$/)
  }))

test('expressions know the request, its user, its namespace, and what stood there', () =>
  served(async (server) => {
    const told = [
      "request.operation == 'UPDATE' && request.name == 'd' && request.namespace == 'default'",
      "request.kind.kind == 'Deployment' && request.requestKind == request.kind",
      "request.resource.resource == 'deployments' && !has(request.subResource) && !request.dryRun",
      "request.userInfo.username == 'admin' && 'system:masters' in request.userInfo.groups",
      "request.options.kind == 'UpdateOptions'",
      "namespaceObject.metadata.name == 'default' && namespaceObject.status.phase == 'Active'",
      'oldObject.spec.replicas == 1 && object.spec.replicas == 2',
      "authorizer.group('').resource('pods').namespace('x').check('list').allowed()",
      "authorizer.requestResource.check('update').allowed()",
    ]
    const validations = told.map((expression) => ({ expression }))
    await put(server, { validations, matchConstraints: { resourceRules: [rule({ operations: ['UPDATE'] })] } })
    await made(create(server, 1))
    const { status, text } = await server.ask('PUT', `${deployments}/d`, deployment('d', 2))
    assert.equal(status, 200, text)
  }))

test('a creation has no old object, a deletion no new one', () =>
  served(async (server) => {
    const validations = [
      { expression: "request.operation != 'CREATE' || oldObject == null" },
      { expression: "request.operation != 'DELETE' || (object == null && oldObject.spec.replicas > 1)" },
    ]
    await put(server, { validations, matchConstraints: { resourceRules: [rule({ operations: ['*'] })] } })
    await made(create(server, 1))
    const refused = await server.ask('DELETE', `${deployments}/d`)
    assert.equal(refused.status, 422, refused.text)
    const many = await server.ask('PUT', `${deployments}/d`, deployment('d', 2))
    assert.equal(many.status, 200, many.text)
    assert.equal((await server.ask('DELETE', `${deployments}/d`)).status, 200)
  }))

test('a binding may warn instead', () =>
  served(async (server) => {
    await put(server, { validations: [{ ...few, message: 'many' }] }, { validationActions: ['Warn', 'Audit'] })
    const { headers } = await made(create(server, 5))
    assert.deepEqual(headers.warning, [
      `299 - "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': many"`,
    ])
  }))

const noted: object[] = []
const audited = (work: (server: TestServer) => Promise<void>) => async () => {
  noted.length = 0
  const audit = {
    policy: { rules: [{ level: 'Metadata' }], omitStages: ['RequestReceived'] },
    sink: {
      take: (make: () => object) => {
        noted.push(make())
        return true
      },
    },
  }
  const server = await testServer({ audit: audit as never })
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

test(
  'a binding may note a failure in the audit log, and a policy may note more',
  audited(async (server) => {
    const auditAnnotations = [
      { key: 'replicas', valueExpression: "'has ' + string(object.spec.replicas)" },
      { key: 'nothing', valueExpression: 'null' },
    ]
    await put(server, { validations: [few], auditAnnotations }, { validationActions: ['Audit'] })
    await made(create(server, 5))
    const { annotations } = noted.at(-1) as { annotations: Record<string, string> }
    const { 'p/replicas': replicas, 'p/nothing': nothing, ...rest } = annotations
    assert.deepEqual([replicas, nothing], ['has 5', undefined])
    assert.deepEqual(JSON.parse(rest['validation.policy.admission.k8s.io/validation_failure'] ?? ''), [
      {
        message: 'failed expression: object.spec.replicas <= 3',
        policy: 'p',
        binding: 'b',
        expressionIndex: 0,
        validationActions: ['Audit'],
      },
    ])
  }),
)

test('a note that fails refuses the request, whatever the binding would do', () =>
  served(async (server) => {
    const auditAnnotations = [{ key: 'k', valueExpression: 'object.spec.nothing' }]
    await put(server, { auditAnnotations }, { validationActions: ['Warn'] })
    const { status, json } = await create(server, 5)
    assert.equal(status, 422)
    assert.match(json.message, /denied request: expression 'object.spec.nothing' resulted in error/)
  }))

const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' }
const withLimit = {
  paramKind,
  validations: [{ expression: 'object.spec.replicas <= int(params.data.max)', messageExpression: 'params.data.max' }],
}
const limit = (server: TestServer, name: string, max: string, namespace = 'default', labels: object = {}) =>
  made(server.ask('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name, labels }, data: { max } }))

test('parameters come from the namespace of the request, or of the binding', () =>
  served(async (server) => {
    await limit(server, 'l', '2')
    await limit(server, 'l', '1', 'other')
    const paramRef = { name: 'l', parameterNotFoundAction: 'Deny' }
    await put(server, withLimit, { paramRef })
    assert.match((await create(server, 3)).json.message, /denied request: 2$/)
    await made(create(server, 2))
    await server.ask('DELETE', `${group}/validatingadmissionpolicybindings/b`)
    await bind(server, { paramRef: { ...paramRef, namespace: 'other' } })
    assert.match((await create(server, 2, 'e')).json.message, /denied request: 1$/)
  }))

test('with a selector, all objects of parameters count', () =>
  served(async (server) => {
    const paramRef = { selector: { matchLabels: { limit: 'yes' } }, parameterNotFoundAction: 'Allow' }
    await put(server, withLimit, { paramRef })
    await made(create(server, 9))
    await limit(server, 'a', '9', 'default', { limit: 'yes' })
    await limit(server, 'b', '4', 'default', { limit: 'yes' })
    await limit(server, 'c', '1', 'default', { limit: 'no' })
    assert.match((await create(server, 5, 'e')).json.message, /denied request: 4$/)
    await made(create(server, 4, 'e'))
  }))

const setups: readonly [string, object, object, string][] = [
  [
    'no parameters',
    withLimit,
    { paramRef: { name: 'l', parameterNotFoundAction: 'Deny' } },
    `${by} failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`,
  ],
  [
    'a namespace for what is in none',
    { ...withLimit, paramKind: { apiVersion: 'v1', kind: 'Node' } },
    { paramRef: { name: 'l', namespace: 'x', parameterNotFoundAction: 'Allow' } },
    `${by} failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped \`paramKind\``,
  ],
  [
    'a kind that is not served',
    { ...withLimit, paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' } },
    { paramRef: { name: 'l', parameterNotFoundAction: 'Allow' } },
    "ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'example.com/v1, Kind=Limit'",
  ],
]

for (const [what, policy, binding, text] of setups)
  test(`a policy that is set up wrongly refuses: ${what}`, () =>
    served(async (server) => {
      await put(server, policy, binding)
      const { status, json } = await create(server, 1)
      assert.equal(json.message, `deployments.apps "d" is forbidden: ${text}`)
      assert.equal(status, 422)
    }))

test('without a reference, params is null', () =>
  served(async (server) => {
    await put(server, { paramKind, validations: [{ expression: 'params == null' }] })
    await made(create(server, 1))
  }))

test('a binding narrows what its policy is about', () =>
  served(async (server) => {
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'other' } }
    await put(server, { validations: [few] }, { matchResources: { namespaceSelector } })
    await made(create(server, 5))
    const elsewhere = deployments.replace('default', 'other')
    assert.equal((await server.ask('POST', elsewhere, deployment('d', 5))).status, 422)
  }))

test('a rule about one version is about its equivalents, which are shown as that version', () =>
  served(async (server) => {
    const resources = ['horizontalpodautoscalers']
    const resourceRules = [rule({ apiGroups: ['autoscaling'], resources })]
    const expression = "has(object.spec.targetCPUUtilizationPercentage) && request.requestKind.version == 'v2'"
    await put(server, { validations: [{ expression }], matchConstraints: { resourceRules } })
    const metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } } },
    ]
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
    const ask = (spec: object) =>
      server.ask('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
        metadata: { name: 'h' },
        spec: { scaleTargetRef, maxReplicas: 2, ...spec },
      })
    const memory = [
      { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 5 } } },
    ]
    assert.equal((await ask({ metrics: memory })).status, 422)
    await made(ask({ metrics }))
  }))

test('a write of the scale is shown as a Scale', () =>
  served(async (server) => {
    await made(create(server, 1))
    const resourceRules = [rule({ resources: ['deployments/scale'] })]
    const expression = "object.kind == 'Scale' && request.kind.kind == 'Scale' && object.spec.replicas < 4"
    await put(server, { validations: [{ expression }], matchConstraints: { resourceRules } })
    const scale = (replicas: number) =>
      server.ask('PUT', `${deployments}/d/scale`, { metadata: { name: 'd' }, spec: { replicas } })
    assert.equal((await scale(4)).status, 422)
    assert.equal((await scale(3)).status, 200)
  }))

test('policies are not about policies', () =>
  served(async (server) => {
    const all = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }
    await put(server, { validations: [{ expression: 'false' }], matchConstraints: { resourceRules: [all] } })
    assert.equal((await create(server, 1)).status, 422)
    assert.equal((await server.ask('DELETE', `${group}/validatingadmissionpolicies/p`)).status, 200)
    await made(create(server, 1))
  }))

test('what costs too much refuses, and does not stall', () =>
  served(async (server) => {
    const range = `[${Array.from({ length: 100 }, (_, i) => i).join(',')}]`
    const expression = `${range}.all(a, ${range}.all(b, ${range}.all(c, a + b + c >= 0)))`
    await put(server, { validations: [{ expression }] })
    const { json } = await create(server, 1)
    assert.match(json.message, /resulted in error: operation cancelled: actual cost limit exceeded$/)
  }))

test('all expressions of a binding share a budget', () =>
  served(async (server) => {
    const range = `[${Array.from({ length: 100 }, (_, i) => i).join(',')}]`
    const dear = `${range}.all(a, ${range}.all(b, a + b >= 0))`
    const validations = Array.from({ length: 200 }, () => ({ expression: dear }))
    await put(server, { validations })
    const { json } = await create(server, 1)
    assert.match(
      json.message,
      /denied request: validation failed due to running out of cost budget, no further validation rules will be run$/,
    )
  }))

test('a dry run is judged too', () =>
  served(async (server) => {
    await put(server, { validations: [{ expression: 'request.dryRun == false' }] })
    const { status } = await server.ask('POST', `${deployments}?dryRun=All`, deployment('d'))
    assert.equal(status, 422)
  }))

test('what connects with a pod is judged by its options', async () => {
  const server = await testServer({
    connect: { 'pods/exec': async () => ({ status: 200, headers: {}, body: { type: 'none' } }) },
  })
  try {
    const containers = [{ name: 'c', image: 'x' }]
    await made(server.ask('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'a' }, spec: { containers } }))
    const connect = { operations: ['CONNECT'], apiGroups: [''], resources: ['pods/exec'] }
    const expression = "object.kind == 'PodExecOptions' && !('sh' in object.command) && request.name == 'a'"
    await put(server, { validations: [{ expression }], matchConstraints: { resourceRules: [rule(connect)] } })
    const exec = (command: string) =>
      server.ask('POST', `/api/v1/namespaces/default/pods/a/exec?command=${command}&container=c`)
    assert.equal((await exec('ls')).status, 200)
    const { status, json } = await exec('sh')
    assert.deepEqual([status, json.details.kind], [422, 'pods'])
  } finally {
    await server.stop()
  }
})

test('an eviction is judged as one', () =>
  served(async (server) => {
    const containers = [{ name: 'c', image: 'x' }]
    await made(server.ask('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'a' }, spec: { containers } }))
    const eviction = { operations: ['CREATE'], apiGroups: [''], resources: ['pods/eviction'] }
    const expression = "request.kind.kind != 'Eviction' || object.deleteOptions.gracePeriodSeconds > 5"
    await put(server, { validations: [{ expression }], matchConstraints: { resourceRules: [rule(eviction)] } })
    const evict = (gracePeriodSeconds: number) =>
      server.ask('POST', '/api/v1/namespaces/default/pods/a/eviction', {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'a' },
        deleteOptions: { gracePeriodSeconds },
      })
    assert.equal((await evict(1)).status, 422)
    assert.equal((await evict(9)).status, 201)
  }))

test('an authorizer that has to ask elsewhere is waited for', async () => {
  const asked: string[] = []
  const server = await testServer({
    authorize: ({ verb, resource, name }) => {
      if (name !== 'slow') return { allowed: true }
      asked.push(`${verb} ${resource}`)
      return Promise.resolve({ allowed: verb === 'get', reason: '' })
    },
  })
  try {
    const check = (verb: string) => `authorizer.group('').resource('secrets').name('slow').check('${verb}').allowed()`
    await put(server, { validations: [{ expression: `${check('get')} && !${check('delete')}` }] })
    await made(create(server, 1))
    assert.deepEqual(asked, ['get secrets', 'delete secrets'])
  } finally {
    await server.stop()
  }
})
