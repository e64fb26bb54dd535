import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigMap } from '#api/core/config-map.ts'
import type { Container } from '#api/core/container.ts'
import type { Secret } from '#api/core/secret.ts'
import type { Service } from '#api/core/service.ts'
import { ConfigError, environment, expandAll, serviceVariables } from './env.ts'
import { expand } from './expand.ts'
import { podOf } from './fixtures.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

const configMaps: Record<string, Partial<ConfigMap>> = { config: { data: { a: 'one', 'b=c': 'bad' } } }
const secrets: Record<string, Partial<Secret>> = { secret: { data: { password: base64('hush') } } }

const pod = podOf({
  metadata: { labels: { app: 'x', tier: 'y' }, annotations: { note: 'n' } },
  spec: { nodeName: 'n1', serviceAccountName: 'sa', enableServiceLinks: false },
})

const run = (container: Partial<Container>, services: Service[] = []) =>
  environment({
    pod,
    container: { name: 'app', resources: { limits: { cpu: '1500m', memory: '64Mi' } }, ...container },
    sources: {
      configMap: (name) => configMaps[name] as ConfigMap | undefined,
      secret: (name) => secrets[name] as Secret | undefined,
    },
    services,
    addresses: { podIPs: ['10.0.0.5', 'fd00::5'], hostIPs: ['192.168.0.1'] },
    allocatable: { cpu: '4', memory: '8Gi' },
  })

const values = (container: Partial<Container>) =>
  Object.fromEntries(run(container).variables.map(({ name, value }) => [name, value]))

test('expand() as upstream', () => {
  const cases: [string, string][] = [
    ['plain', 'plain'],
    ['$(A)', 'one'],
    ['x$(A)y$(B)', 'xoney'],
    ['$(MISSING)', '$(MISSING)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$one'],
    ['$A', '$A'],
    ['$', '$'],
    ['$(A', '$(A'],
    ['$$', '$'],
    ['a$(A)$$(B)$', 'aone$(B)$'],
  ]
  const known: Record<string, string> = { A: 'one', B: '' }
  for (const [text, expected] of cases)
    assert.equal(
      expand(text, (name) => known[name]),
      expected,
    )
})

test('environment() takes values from everywhere', () => {
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } })
  const resource = (resource: string, divisor = '0') => ({ valueFrom: { resourceFieldRef: { resource, divisor } } })
  assert.deepEqual(
    values({
      envFrom: [{ prefix: 'P_', secretRef: { name: 'secret' } }, { configMapRef: { name: 'none', optional: true } }],
      env: [
        { name: 'PLAIN', value: 'x' },
        { name: 'EXPANDED', value: '$(PLAIN)-$(P_password)-$(LATER)' },
        { name: 'LATER', value: 'z' },
        { name: 'KEY', valueFrom: { configMapKeyRef: { name: 'config', key: 'a' } } },
        { name: 'GONE', valueFrom: { configMapKeyRef: { name: 'config', key: 'zzz', optional: true } } },
        { name: 'NAME', ...field('metadata.name') },
        { name: 'LABEL', ...field("metadata.labels['app']") },
        { name: 'LABELS', ...field('metadata.labels') },
        { name: 'NODE', ...field('spec.nodeName') },
        { name: 'ACCOUNT', ...field('spec.serviceAccountName') },
        { name: 'IPS', ...field('status.podIPs') },
        { name: 'HOST', ...field('status.hostIP') },
        { name: 'CPU', ...resource('limits.cpu') },
        { name: 'CPU_MILLI', ...resource('limits.cpu', '1m') },
        { name: 'MEMORY', ...resource('limits.memory', '1Mi') },
        { name: 'DISK', ...resource('limits.ephemeral-storage') },
      ],
    }),
    {
      P_password: 'hush',
      PLAIN: 'x',
      EXPANDED: 'x-hush-$(LATER)',
      LATER: 'z',
      KEY: 'one',
      NAME: 'a',
      LABEL: 'x',
      LABELS: 'app="x"\ntier="y"',
      NODE: 'n1',
      ACCOUNT: 'sa',
      IPS: '10.0.0.5,fd00::5',
      HOST: '192.168.0.1',
      CPU: '2',
      CPU_MILLI: '1500',
      MEMORY: '64',
      DISK: '0',
    },
  )
})

test('environment() leaves out keys that cannot be names, and says so', () => {
  const env = run({ envFrom: [{ configMapRef: { name: 'config' } }] })
  assert.deepEqual(env.variables, [{ name: 'a', value: 'one' }])
  assert.deepEqual(env.skipped, [{ source: 'ConfigMap ns/config', keys: ['b=c'] }])
})

test('environment() refuses what is missing, in the words that people know', () => {
  const cases: [Partial<Container>, string][] = [
    [{ envFrom: [{ configMapRef: { name: 'x' } }] }, 'configmap "x" not found'],
    [{ envFrom: [{ secretRef: { name: 'x' } }] }, 'secret "x" not found'],
    [
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'config', key: 'k' } } }] },
      "couldn't find key k in ConfigMap ns/config",
    ],
    [
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'secret', key: 'k' } } }] },
      "couldn't find key k in Secret ns/secret",
    ],
  ]
  for (const [container, message] of cases) assert.throws(() => run(container), new ConfigError(message))
})

const service = (name: string, namespace: string, more: object = {}): Service =>
  ({
    metadata: { name, namespace },
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'web-ui', port: 80, protocol: 'TCP' }], ...more },
  }) as Service

test('serviceVariables() tells of the namespace, and always of the API', () => {
  const services = [
    service('kubernetes', 'default'),
    service('my-db', 'ns', { clusterIP: '10.96.0.2', ports: [{ port: 5432, protocol: 'TCP' }] }),
    service('headless', 'ns', { clusterIP: 'None' }),
    service('other', 'elsewhere'),
  ]
  const linked = serviceVariables(podOf(), services)
  assert.equal(linked.get('KUBERNETES_SERVICE_HOST'), '10.96.0.1')
  assert.equal(linked.get('KUBERNETES_SERVICE_PORT_WEB_UI'), '80')
  assert.equal(linked.get('MY_DB_PORT'), 'tcp://10.96.0.2:5432')
  assert.equal(linked.get('MY_DB_PORT_5432_TCP_ADDR'), '10.96.0.2')
  assert.ok([...linked.keys()].every((key) => !key.startsWith('HEADLESS') && !key.startsWith('OTHER')))
  const alone = serviceVariables(pod, services)
  assert.ok([...alone.keys()].every((key) => key.startsWith('KUBERNETES_')))
})

test('expandAll() puts variables into a command', () => {
  const env = run({ env: [{ name: 'A', value: 'x' }] })
  assert.deepEqual(expandAll(['echo', '$(A)', '$(B)', '$$(A)'], env), ['echo', 'x', '$(B)', '$(A)'])
})
