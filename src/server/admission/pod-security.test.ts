import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Pod } from '#api/core/pod.ts'
import { seededRandom } from '#lib/random.ts'
import { type Answer, type TestServer, testServer } from '../fixture.ts'
import { admissionPlugins } from './plugins.ts'
import { inOrderOfInterest, warningsFor } from './pod-security/existing-pods.ts'

const label = (mode: string): string => `pod-security.kubernetes.io/${mode}`
const labels = (modes: Record<string, string>) =>
  Object.fromEntries(Object.entries(modes).map(([mode, value]) => [label(mode), value]))
const namespace = (name: string, modes: Record<string, string> = {}) => ({ metadata: { name, labels: labels(modes) } })
const merge = { 'content-type': 'application/merge-patch+json' }

const pod = (name: string, spec: object = {}, container: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i', ...container }], ...spec },
})
const privileged = { securityContext: { privileged: true } }
const hardened = {
  securityContext: {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
}

const texts = ({ headers: { warning = [] } }: Answer): readonly string[] =>
  (typeof warning === 'string' ? [warning] : warning).map((line) =>
    line.slice('299 - "'.length, -1).replaceAll('\\"', '"'),
  )

const podsIn = (name: string) => `/api/v1/namespaces/${name}/pods`

const lacking =
  'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), ' +
  'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), ' +
  'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), ' +
  'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'

describe('a namespace that asks for pods of a level', () => {
  let api: TestServer
  const audited: Record<string, string>[] = []
  before(async () => {
    api = await testServer({ namespaces: ['free', 'strict', 'told', 'old'] })
    const core = api.server.core as { audit: unknown }
    core.audit = {
      policy: { rules: [{ level: 'Metadata' }], omitStages: ['RequestReceived'] },
      sink: {
        take: (make: () => { annotations?: Record<string, string> }) => !!audited.push(make().annotations ?? {}),
      },
    }
    const set = (name: string, modes: Record<string, string>) =>
      api.ask('PATCH', `/api/v1/namespaces/${name}`, { metadata: { labels: labels(modes) } }, merge)
    await set('strict', { enforce: 'restricted' })
    await set('told', { audit: 'baseline', warn: 'restricted', 'warn-version': 'v1.30' })
    await set('old', { enforce: 'baseline', 'enforce-version': 'v1.30', warn: 'baseline' })
  })
  after(() => api.stop())

  /** Annotations of the last request. */
  const noted = () =>
    Object.fromEntries(Object.entries(audited.at(-1)!).filter(([name]) => name.startsWith('pod-security')))

  test('refuses others, with all that is against them', async () => {
    const { status, json } = await api.ask('POST', podsIn('strict'), pod('p'))
    assert.equal(status, 403)
    assert.equal(json.message, `pods "p" is forbidden: violates PodSecurity "restricted:latest": ${lacking}`)
    assert.deepEqual(noted(), { [label('enforce-policy')]: 'restricted:latest' })
    assert.equal((await api.ask('POST', podsIn('strict'), pod('p', {}, hardened))).status, 201)
  })

  test('asks nothing of them unless it says so', async () => {
    const answer = await api.ask('POST', podsIn('free'), pod('p', { hostPID: true }, privileged))
    assert.deepEqual([answer.status, texts(answer)], [201, []])
    assert.deepEqual(noted(), { [label('enforce-policy')]: 'privileged:latest' })
  })

  test('tells of them without refusing', async () => {
    const answer = await api.ask(
      'POST',
      podsIn('told'),
      pod('p', {}, { ...hardened, ports: [{ containerPort: 1, hostPort: 80 }] }),
    )
    assert.equal(answer.status, 201, answer.text)
    const against = 'hostPort (container "c" uses hostPort 80)'
    assert.deepEqual(texts(answer), [`would violate PodSecurity "restricted:v1.30": ${against}`])
    assert.deepEqual(noted(), {
      [label('enforce-policy')]: 'privileged:latest',
      [label('audit-violations')]: `would violate PodSecurity "baseline:latest": ${against}`,
    })
  })

  test('may mean the rules of an older version', async () => {
    const probe = { livenessProbe: { httpGet: { host: 'example.com', port: 80 } } }
    const answer = await api.ask('POST', podsIn('old'), pod('p', {}, probe))
    assert.equal(answer.status, 201, answer.text)
    assert.deepEqual(texts(answer), [
      'would violate PodSecurity "baseline:latest": probe or lifecycle host (container "c" uses probe or lifecycle host "example.com")',
    ])
  })

  const template = { metadata: { labels: { a: 'b' } }, spec: pod('').spec }
  const selector = { matchLabels: { a: 'b' } }
  const never = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } }
  for (const [path, object] of [
    ['/apis/apps/v1/namespaces/told/deployments', { spec: { selector, template } }],
    ['/apis/apps/v1/namespaces/told/replicasets', { spec: { selector, template } }],
    ['/apis/apps/v1/namespaces/told/statefulsets', { spec: { selector, template, serviceName: 's' } }],
    ['/apis/apps/v1/namespaces/told/daemonsets', { spec: { selector, template } }],
    ['/apis/batch/v1/namespaces/told/jobs', { spec: { template: never } }],
    [
      '/apis/batch/v1/namespaces/told/cronjobs',
      { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: never } } } },
    ],
    ['/api/v1/namespaces/told/replicationcontrollers', { spec: { selector: { a: 'b' }, template } }],
    ['/api/v1/namespaces/told/podtemplates', { template }],
  ] as const)
    test(`tells of what pods would be made from: ${path.split('/').at(-1)}`, async () => {
      const answer = await api.ask('POST', path, { metadata: { name: 'x' }, ...object })
      assert.equal(answer.status, 201, answer.text)
      assert.deepEqual(
        texts(answer).filter((text) => text.includes('PodSecurity')),
        [`would violate PodSecurity "restricted:v1.30": ${lacking}`],
      )
      assert.deepEqual(noted(), {})
      const strict = await api.ask('POST', path.replace('told', 'strict'), { metadata: { name: 'x' }, ...object })
      assert.equal(strict.status, 201, strict.text)
      assert.deepEqual(
        texts(strict).filter((text) => text.includes('PodSecurity')),
        [],
      )
    })

  test('looks again at what an update brings in, and at nothing else', async () => {
    const url = `${podsIn('free')}/q`
    await api.ask('POST', podsIn('free'), pod('q', {}, privileged))
    const strict = { metadata: { labels: labels({ enforce: 'baseline' }) } }
    const warned = await api.ask('PATCH', '/api/v1/namespaces/free', strict, merge)
    assert.deepEqual(texts(warned), [
      'existing pods in namespace "free" violate the new PodSecurity enforce level "baseline:latest"',
      'p: host namespaces, privileged',
      'q: privileged',
    ])
    assert.equal((await api.ask('PATCH', url, { metadata: { labels: { a: 'b' } } }, merge)).status, 200)
    const image = { spec: { containers: [{ name: 'c', image: 'j' }] } }
    const strategic = { 'content-type': 'application/strategic-merge-patch+json' }
    const refused = await api.ask('PATCH', url, image, strategic)
    assert.equal(refused.status, 403, refused.text)
    assert.match(refused.json.message, /^pods "q" is forbidden: violates PodSecurity "baseline:latest": privileged \(/)
  })

  test('looks at containers that are added to a running pod', async () => {
    const url = `${podsIn('strict')}/p/ephemeralcontainers`
    const debug = (container: object) => ({ spec: { ephemeralContainers: [{ name: 'd', image: 'i', ...container }] } })
    const refused = await api.ask(
      'PATCH',
      url,
      debug({ securityContext: { ...hardened.securityContext, privileged: false, runAsNonRoot: false } }),
      merge,
    )
    assert.equal(refused.status, 403, refused.text)
    assert.match(
      refused.json.message,
      /: runAsNonRoot != true \(container "d" must not set securityContext.runAsNonRoot=false\)$/,
    )
    const { status, text } = await api.ask('PATCH', url, debug(hardened), merge)
    assert.equal(status, 200, text)
  })

  test('counts what it has looked at', async () => {
    const { text } = await api.ask('GET', '/metrics')
    const lines = text.split('\n').filter((line) => line.startsWith('pod_security_'))
    const asked = 'request_operation="create",resource="pod",subresource=""'
    const one = (decision: string, mode: string, level: string, version: string) =>
      `pod_security_evaluations_total{decision="${decision}",mode="${mode}",policy_level="${level}",policy_version="${version}",${asked}} 1`
    for (const line of [
      one('deny', 'enforce', 'restricted', 'latest'),
      one('deny', 'warn', 'restricted', 'v1.30'),
      one('deny', 'audit', 'baseline', 'latest'),
      one('allow', 'enforce', 'baseline', 'v1.30'),
    ])
      assert.ok(lines.includes(line), `${line}\nis not among\n${lines.join('\n')}`)
  })

  test('must have labels that mean something, unless it has had them before', async () => {
    const made = await api.ask('POST', '/api/v1/namespaces', namespace('bad', { enforce: 'strict' }))
    assert.equal(made.status, 422)
    assert.equal(
      made.json.message,
      'Namespace "bad" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
    )
    assert.equal(made.json.details.causes[0].reason, 'FieldValueInvalid')
    const version = { metadata: { labels: labels({ 'warn-version': '1.30' }) } }
    const changed = await api.ask('PATCH', '/api/v1/namespaces/told', version, merge)
    assert.equal(
      changed.json.message,
      'Namespace "told" is invalid: metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.30": must be "latest" or "v1.x"',
    )
  })
})

test('some pods, users and namespaces are not concerned', async () => {
  const exemptions = { usernames: ['boss'], namespaces: ['system'], runtimeClasses: ['vm'] }
  let user = 'somebody'
  const strict = { level: 'baseline', version: 'latest' } as const
  const api = await testServer({
    namespaces: ['default', 'system'],
    authenticate: async () => ({ name: user, groups: ['system:masters'] }),
    parts: (store) => ({
      admission: admissionPlugins({
        store,
        random: seededRandom(1),
        podSecurity: { exemptions, defaults: { enforce: strict, audit: strict, warn: strict } },
      }),
    }),
  })
  await api.ask('POST', '/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name: 'vm' }, handler: 'vm' })
  const create = async (where: string, name: string, spec: object = {}) =>
    (await api.ask('POST', podsIn(where), pod(name, spec, privileged))).status
  assert.equal(await create('default', 'a'), 403)
  assert.equal(await create('system', 'b'), 201)
  assert.equal(await create('default', 'c', { runtimeClassName: 'vm' }), 201)
  user = 'boss'
  assert.equal(await create('default', 'd'), 201)
  const { text } = await api.ask('GET', '/metrics')
  assert.match(text, /^pod_security_exemptions_total\{request_operation="create",resource="pod",subresource=""\} 3$/m)
  await api.stop()
})

test('warningsFor() tells of as many pods as were looked at', () => {
  const enforced = { level: 'restricted', version: 25 } as const
  const byReason = new Map([
    ['runAsNonRoot != true', { first: 'b', count: 3 }],
    ['hostPort', { first: 'a', count: 2 }],
  ])
  assert.deepEqual(warningsFor({ namespace: 'n', enforced }, byReason, 3000, 4000), [
    'new PodSecurity enforce level only checked against the first 3000 of 4000 existing pods',
    'existing pods in namespace "n" violate the new PodSecurity enforce level "restricted:v1.25"',
    'a (and 1 other pod): hostPort',
    'b (and 2 other pods): runAsNonRoot != true',
  ])
  assert.deepEqual(warningsFor({ namespace: 'n', enforced }, new Map(), 1, 1), [])
})

test('inOrderOfInterest() begins with one pod of each controller', () => {
  const pods = [
    ['a1', 'a'],
    ['a2', 'a'],
    ['x', undefined],
    ['b1', 'b'],
    ['y', undefined],
    ['b2', 'b'],
  ] as const
  assert.deepEqual(inOrderOfInterest(pods), ['a1', 'x', 'b1', 'y', 'a2', 'b2'])
})

test('a namespace with more pods than are looked at says so', async () => {
  const api = await testServer()
  const { store } = api
  await api.ask('POST', podsIn('default'), pod('p', {}, privileged))
  const one = JSON.parse(new TextDecoder().decode(store.list({ prefix: 'pods/' }).items[0]!.bytes))
  const registry = api.server.core.registries.of(Pod)
  const changes = Array.from({ length: 3100 }, (_, i) => {
    const name = `q${i}`
    const draft = { ...one, metadata: { ...one.metadata, name } }
    return { key: registry.key('default', name), put: (revision: number) => registry.encode(draft, revision) }
  })
  await store.commit(changes, { user: 'test', client: 'test' })
  const strict = { metadata: { labels: labels({ enforce: 'baseline' }) } }
  const warned = await api.ask('PATCH', '/api/v1/namespaces/default', strict, merge)
  assert.deepEqual(texts(warned), [
    'new PodSecurity enforce level only checked against the first 3000 of 3101 existing pods',
    'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
    'p (and 2999 other pods): privileged',
  ])
  await api.stop()
})
