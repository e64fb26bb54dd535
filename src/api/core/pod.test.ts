import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems } from '../testing.ts'
import { Pod } from './pod.ts'

const app = { name: 'app', image: 'app:1' }
const pod = (spec: object = {}, container: object = {}) => ({
  spec: { containers: [{ ...app, ...container }], ...spec },
})
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

test('a good pod has nothing wrong with it', () => {
  const full = pod(
    {
      volumes: [{ name: 'data' }, { name: 'conf', configMap: { name: 'conf' } }],
      initContainers: [
        { name: 'wait', image: 'wait' },
        { name: 'proxy', image: 'proxy', restartPolicy: 'Always', readinessProbe: { tcpSocket: { port: 1 } } },
      ],
      tolerations: [{ operator: 'Exists' }, { key: 'a', operator: 'Equal', value: 'b', effect: 'NoSchedule' }],
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} },
      ],
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: { a: 'b' } }, topologyKey: 'kubernetes.io/hostname' },
          ],
        },
      },
    },
    {
      ports: [{ name: 'http', containerPort: 80 }],
      env: [
        { name: 'A', value: 'b' },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
      livenessProbe: { httpGet: { path: '/health', port: 'http' } },
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
    },
  )
  assert.deepEqual(problems(Pod, full), [])
})

const httpPort = { ports: [{ containerPort: 80, hostPort: 80 }] }
const certificate = { signerName: 'a.example/s', keyType: 'ED25519', credentialBundlePath: 'bundle.pem' }

const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'what Windows does not know',
    pod(
      { os: { name: 'windows' }, hostPID: true, securityContext: { fsGroup: 1 } },
      { securityContext: { runAsUser: 1 } },
    ),
    [
      'spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod',
      'spec.hostPID: Forbidden: cannot be set for a windows pod',
      'spec.containers[0].securityContext.runAsUser: Forbidden: cannot be set for a windows pod',
    ],
  ],
  [
    'what Linux does not know',
    pod(
      { os: { name: 'linux' }, securityContext: { windowsOptions: {} } },
      { securityContext: { windowsOptions: {} } },
    ),
    [
      'spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
      'spec.containers[0].securityContext.windowsOptions: Forbidden: cannot be set for a linux pod',
    ],
  ],
  [
    'a signal of no system',
    pod({}, { lifecycle: { stopSignal: 'SIGTERM' } }),
    ['spec.containers[0].lifecycle.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`'],
  ],
  [
    'a signal that Windows does not know',
    pod({ os: { name: 'windows' } }, { lifecycle: { stopSignal: 'SIGINT' } }),
    ['spec.containers[0].lifecycle.stopSignal: Unsupported value: "SIGINT": supported values: "SIGKILL", "SIGTERM"'],
  ],
  ['a signal that Linux knows', pod({ os: { name: 'linux' } }, { lifecycle: { stopSignal: 'SIGRTMIN+3' } }), []],
  [
    'a host name that is too long, on the network of the host',
    pod({ hostnameOverride: 'a'.repeat(65), hostNetwork: true }),
    [
      'spec.hostnameOverride: Too long: may not be more than 64 bytes',
      'spec.hostnameOverride: Forbidden: may not be specified when `hostNetwork` is true',
    ],
  ],
  [
    'volumes of names that cannot be',
    pod({
      volumes: [
        { name: 'a', csi: { driver: 'a_b', nodePublishSecretRef: {} } },
        { name: 'b', iscsi: { targetPortal: 'p', iqn: 'disk', lun: 300 } },
        {
          name: 'c',
          ephemeral: {
            volumeClaimTemplate: {
              metadata: { name: 'x' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          },
        },
        { name: 'd', hostPath: { path: '/a' }, emptyDir: {} },
      ],
    }),
    [
      `spec.volumes[0].csi.driver: Invalid value: "a_b": ${subdomain}`,
      'spec.volumes[0].csi.nodePublishSecretRef.name: Required value',
      'spec.volumes[1].iscsi.iqn: Invalid value: "disk": must be valid format',
      'spec.volumes[1].iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive',
      'spec.volumes[2].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set',
      'spec.volumes[3].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
  ],
  ['no containers', { spec: {} }, ['spec.containers: Required value']],
  ['no name', pod({}, { name: '' }), ['spec.containers[0].name: Required value']],
  ['no image', pod({}, { image: '' }), ['spec.containers[0].image: Required value']],
  [
    'a space around the image',
    pod({}, { image: ' app' }),
    ['spec.containers[0].image: Invalid value: " app": must not have leading or trailing whitespace'],
  ],
  ['a bad name', pod({}, { name: 'App' }), [`spec.containers[0].name: Invalid value: "App": ${label}`]],
  ['the same name twice', { spec: { containers: [app, app] } }, ['spec.containers[1].name: Duplicate value: "app"']],
  [
    'an init container with the same name',
    pod({ initContainers: [app] }),
    ['spec.initContainers[0].name: Duplicate value: "app"'],
  ],
  [
    'a probe of an init container',
    pod({ initContainers: [{ name: 'i', image: 'i', livenessProbe: { exec: { command: ['x'] } } }] }),
    [
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  ],
  [
    'an unknown restart policy',
    pod({ restartPolicy: 'Sometimes' }),
    ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
  ],
  [
    'ports out of range',
    pod({}, { ports: [{ containerPort: 70000 }, {}] }),
    [
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[1].containerPort: Required value',
    ],
  ],
  [
    'a port name twice',
    pod(
      {},
      {
        ports: [
          { name: 'x', containerPort: 1 },
          { name: 'x', containerPort: 2 },
        ],
      },
    ),
    ['spec.containers[0].ports[1].name: Duplicate value: "x"'],
  ],
  [
    'a port of the host twice',
    {
      spec: {
        containers: [
          { ...app, ...httpPort },
          { ...app, name: 'b', ...httpPort },
        ],
      },
    },
    ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
  ],
  [
    'another port on the network of the host',
    pod({ hostNetwork: true }, { ports: [{ containerPort: 80, hostPort: 81 }] }),
    ['spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true'],
  ],
  [
    'bad variables',
    pod({}, { env: [{}, { name: 'a=b', value: 'c' }, { name: 'A', valueFrom: {} }] }),
    [
      'spec.containers[0].env[0].name: Required value',
      'spec.containers[0].env[1].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
      'spec.containers[0].env[2].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    ],
  ],
  [
    'a field that nobody knows',
    pod({}, { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] }),
    [
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
    ],
  ],
  [
    'a volume that is not there',
    pod({}, { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
    ['spec.containers[0].volumeMounts[0].name: Not found: "data"'],
  ],
  [
    'two mounts at one place',
    pod(
      { volumes: [{ name: 'a' }, { name: 'b' }] },
      {
        volumeMounts: [
          { name: 'a', mountPath: '/x' },
          { name: 'b', mountPath: '/x' },
        ],
      },
    ),
    ['spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/x": must be unique'],
  ],
  [
    'two sources of a volume',
    pod({ volumes: [{ name: 'a', emptyDir: {}, configMap: { name: 'x' } }] }),
    ['spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'volumes without what they need',
    pod({
      volumes: [
        { name: 'a', secret: {} },
        { name: 'a', hostPath: { path: '/a/../b' } },
      ],
    }),
    [
      'spec.volumes[0].secret.secretName: Required value',
      'spec.volumes[1].hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
      'spec.volumes[1].name: Duplicate value: "a"',
    ],
  ],
  [
    'certificates that cannot be',
    pod({
      volumes: [
        {
          name: 'a',
          projected: {
            sources: [
              { podCertificate: { signerName: 'a.example/s', keyType: 'DSA', maxExpirationSeconds: 3599 } },
              { podCertificate: { ...certificate, maxExpirationSeconds: 91 * 86400 + 1, keyPath: 'bundle.pem' } },
              { podCertificate: { ...certificate, credentialBundlePath: 'other.pem', maxExpirationSeconds: 3600 } },
            ],
          },
        },
      ],
    }),
    [
      'spec.volumes[0].projected.sources[0].podCertificate.keyType: Unsupported value: "DSA": supported values: "RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"',
      'spec.volumes[0].projected.sources[0].podCertificate.maxExpirationSeconds: Invalid value: 3599: if provided, maxExpirationSeconds must be >= 3600',
      'spec.volumes[0].projected.sources[0].podCertificate: Required value: specify at least one of credentialBundlePath, keyPath, and certificateChainPath',
      'spec.volumes[0].projected.sources[1].podCertificate.maxExpirationSeconds: Invalid value: 7862401: if provided, maxExpirationSeconds must be <= 7862400',
      'spec.volumes[0].projected: Invalid value: "bundle.pem": conflicting duplicate paths',
    ],
  ],
  [
    'a mode that cannot be',
    pod({ volumes: [{ name: 'a', configMap: { name: 'x', defaultMode: 4096 } }] }),
    [
      'spec.volumes[0].configMap.defaultMode: Invalid value: 4096: must be a number between 0 and 0777 (octal), both inclusive',
    ],
  ],
  [
    'a request above the limit',
    pod({}, { resources: { requests: { cpu: '1' }, limits: { cpu: '500m' } } }),
    ['spec.containers[0].resources.requests: Invalid value: "1": must be less than or equal to cpu limit of 500m'],
  ],
  [
    'an amount below zero',
    pod({}, { resources: { requests: { memory: '-1Mi' } } }),
    ['spec.containers[0].resources.requests[memory]: Invalid value: "-1Mi": must be greater than or equal to 0'],
  ],
  [
    'an unknown resource',
    pod({}, { resources: { limits: { disk: '1' } } }),
    [
      'spec.containers[0].resources.limits[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.limits[disk]: Invalid value: "disk": must be a standard resource for containers',
      'spec.containers[0].resources.requests[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[disk]: Invalid value: "disk": must be a standard resource for containers',
    ],
  ],
  [
    'a probe without and one with too many ways',
    pod({}, { livenessProbe: {}, readinessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 1 } } }),
    [
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
      'spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
  ],
  [
    'numbers of a probe',
    pod({}, { livenessProbe: { httpGet: { port: 0 }, periodSeconds: -1, successThreshold: 2 } }),
    [
      'spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
  ],
  [
    'a sleep longer than the pod has to end',
    pod({ terminationGracePeriodSeconds: 5 }, { lifecycle: { preStop: { sleep: { seconds: 9 } } } }),
    [
      'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 9: must be non-negative and less than terminationGracePeriodSeconds (5)',
    ],
  ],
  [
    'a toleration of everything that is not all',
    pod({ tolerations: [{ value: 'x' }, { key: 'a', operator: 'Exists', value: 'b' }] }),
    [
      'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      'spec.tolerations[1].operator: Invalid value: "b": value must be empty when `operator` is \'Exists\'',
    ],
  ],
  [
    'spread over nothing',
    pod({ topologySpreadConstraints: [{ maxSkew: 0, whenUnsatisfiable: 'DoNotSchedule' }] }),
    [
      'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
      'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
    ],
  ],
  [
    'an affinity without terms, and one of no weight',
    pod({
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: { topologyKey: 'zone' } }],
        },
      },
    }),
    [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
      'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
    ],
  ],
  [
    'no name server at all',
    pod({ dnsPolicy: 'None' }),
    ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  ],
  [
    'an unprivileged container that is privileged',
    pod({}, { securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    [
      'spec.containers[0].securityContext: Invalid value: {"privileged":true,"allowPrivilegeEscalation":false}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
  ],
  [
    'a user below zero',
    pod({ securityContext: { runAsUser: -1 } }),
    ['spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive'],
  ],
  [
    'containers for looking into it, from the start',
    pod({ ephemeralContainers: [{ name: 'debug', image: 'debug' }] }),
    ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
  ],
  [
    'a node in spite of a gate',
    pod({ nodeName: 'n1', schedulingGates: [{ name: 'example.com/wait' }] }),
    ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
  ],
  [
    'an unknown pull policy',
    pod({}, { imagePullPolicy: 'Maybe' }),
    [
      'spec.containers[0].imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"',
    ],
  ],
]

for (const [what, sent, expected] of wrong) {
  test(`a pod is refused for ${what}`, () => {
    assert.deepEqual(problems(Pod, sent), expected)
  })
}

test('a new pod is pending, and has what was left out', () => {
  const { spec, status } = made(Pod, {
    ...pod(
      { volumes: [{ name: 'data' }, { name: 'key', secret: { secretName: 's' } }], serviceAccountName: 'me' },
      {
        image: 'nginx',
        ports: [{ containerPort: 80 }],
        resources: { limits: { cpu: '1' }, requests: { memory: '1Mi' } },
        livenessProbe: { httpGet: { port: 80 } },
        env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      },
    ),
    status: { phase: 'Running', podIP: '1.2.3.4' },
  })
  assert.deepEqual(status, { phase: 'Pending', qosClass: 'Burstable' })
  assert.deepEqual(spec, {
    volumes: [
      { name: 'data', emptyDir: {} },
      { name: 'key', secret: { secretName: 's', defaultMode: 420 } },
    ],
    containers: [
      {
        name: 'app',
        image: 'nginx',
        ports: [{ containerPort: 80, protocol: 'TCP' }],
        env: [{ name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }],
        resources: { limits: { cpu: '1' }, requests: { cpu: '1', memory: '1Mi' } },
        livenessProbe: {
          httpGet: { path: '/', port: 80, scheme: 'HTTP' },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'Always',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'me',
    serviceAccount: 'me',
    securityContext: {},
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
  })
})

test('a gated pod says so', () => {
  const { status } = made(Pod, pod({ schedulingGates: [{ name: 'example.com/wait' }] }))
  assert.deepEqual(status.conditions, [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
      lastTransitionTime: '1970-01-01T00:00:00Z',
    },
  ])
})

const images: readonly (readonly [string, string])[] = [
  ['nginx', 'Always'],
  ['nginx:latest', 'Always'],
  ['nginx:1.2', 'IfNotPresent'],
  ['localhost:5000/nginx', 'Always'],
  ['localhost:5000/nginx:1', 'IfNotPresent'],
  [`nginx@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
]
for (const [image, policy] of images) {
  test(`the image ${image} is pulled ${policy}`, () => {
    assert.equal(made(Pod, pod({}, { image })).spec.containers[0]?.imagePullPolicy, policy)
  })
}

const classes: readonly (readonly [string, object | undefined])[] = [
  ['BestEffort', undefined],
  ['BestEffort', { requests: { cpu: '0' } }],
  ['Burstable', { requests: { cpu: '100m' } }],
  ['Burstable', { limits: { cpu: '1' } }],
  ['Burstable', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }],
  ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' } }],
  ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }],
]
for (const [expected, resources] of classes) {
  test(`${JSON.stringify(resources)} makes a pod ${expected}`, () => {
    assert.equal(made(Pod, pod({}, { resources })).status.qosClass, expected)
  })
}

const grace: readonly (readonly [string, object, object, number | undefined, number])[] = [
  ['a pod without a node goes at once', {}, {}, undefined, 0],
  ['a pod has the time that it says', { nodeName: 'n' }, {}, undefined, 30],
  ['a client may ask for another time', { nodeName: 'n' }, {}, 5, 5],
  ['a client may ask for none', { nodeName: 'n' }, {}, 0, 0],
  ['a time below zero is a second', { nodeName: 'n', terminationGracePeriodSeconds: -3 }, {}, undefined, 1],
  ['a pod that has ended goes at once', { nodeName: 'n' }, { phase: 'Succeeded' }, undefined, 0],
]
for (const [what, spec, status, asked, expected] of grace) {
  test(what, () => {
    const object = made(Pod, pod(spec))
    Object.assign(object.status, status)
    assert.equal(Pod.strategy.gracePeriodSeconds?.(object, asked), expected)
  })
}

const only =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
const tolerated = { tolerations: [{ key: 'a', operator: 'Exists' as const }] }
const gate = { schedulingGates: [{ name: 'example.com/wait' }] }
const changes: readonly (readonly [string, object, object, readonly string[]])[] = [
  ['its image', pod(), pod({}, { image: 'app:2' }), []],
  ['a shorter deadline', pod({ activeDeadlineSeconds: 9 }), pod({ activeDeadlineSeconds: 5 }), []],
  [
    'a longer deadline',
    pod({ activeDeadlineSeconds: 5 }),
    pod({ activeDeadlineSeconds: 9 }),
    ['spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value'],
  ],
  ['a further toleration', pod(), pod(tolerated), []],
  [
    'one toleration less',
    pod(tolerated),
    pod(),
    ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
  ],
  ['a gate less', pod(gate), pod(), []],
  ['a gated pod that knows its nodes', pod(gate), pod({ ...gate, nodeSelector: { disk: 'ssd' } }), []],
  ['its command', pod(), pod({}, { command: ['sh'] }), [`spec: Forbidden: ${only}\n+ containers[0].command: ["sh"]`]],
  [
    'one container more',
    pod(),
    { spec: { containers: [app, { ...app, name: 'b' }] } },
    ['spec.containers: Forbidden: pod updates may not add or remove containers'],
  ],
]
for (const [what, before, after, expected] of changes) {
  test(`a change of a pod: ${what}`, () => {
    assert.deepEqual(
      changeProblems(
        Pod,
        { ...before },
        {
          ...after,
          spec: {
            enableServiceLinks: true,
            ...(after as { spec: object }).spec,
          },
        },
      ),
      expected,
    )
  })
}

test('a container that has ended for good does not come back', () => {
  const status = (state: object) => ({
    ...pod({ restartPolicy: 'Never' }),
    status: { qosClass: 'BestEffort', containerStatuses: [{ name: 'app', image: 'app:1', state }] },
  })
  assert.deepEqual(changeProblems(Pod, status({ terminated: { exitCode: 1 } }), status({ running: {} }), 'status'), [
    'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
  ])
  assert.deepEqual(changeProblems(Pod, status({ running: {} }), status({ terminated: { exitCode: 1 } }), 'status'), [])
})

test('a container for looking into a pod is added, and then stays', () => {
  const debug = { name: 'debug', image: 'debug' }
  const settled = { enableServiceLinks: true }
  const withDebug = pod({ ...settled, ephemeralContainers: [debug] })
  assert.deepEqual(changeProblems(Pod, pod(settled), withDebug, 'ephemeralcontainers'), [])
  assert.deepEqual(changeProblems(Pod, withDebug, pod(settled), 'ephemeralcontainers'), [
    'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed\n',
  ])
  const probing = pod({ ephemeralContainers: [{ ...debug, livenessProbe: { exec: { command: ['x'] } } }] })
  assert.deepEqual(changeProblems(Pod, pod(settled), probing, 'ephemeralcontainers'), [
    'spec.ephemeralContainers[0].livenessProbe: Forbidden: cannot be set for an Ephemeral Container',
  ])
})

test('a resize changes CPU and memory, and not the quality of service', () => {
  const sized = (cpu: string, more: object = {}) =>
    pod({}, { resources: { requests: { cpu }, limits: { cpu: '2' } }, ...more })
  assert.deepEqual(changeProblems(Pod, sized('1'), sized('1500m'), 'resize'), [])
  assert.deepEqual(changeProblems(Pod, sized('1'), pod({}, { resources: { requests: { cpu: '1' } } }), 'resize'), [
    'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
  ])
})

test('what is hardly meant is told', () => {
  const told = (sent: object) => Pod.strategy.warnings?.(made(Pod, sent))
  assert.deepEqual(told(pod()), [])
  const env = [
    { name: 'A', value: '1' },
    { name: 'A', value: '2' },
    { name: 'A', value: '$(A)3' },
  ]
  assert.deepEqual(told(pod({}, { env, resources: { limits: { memory: '512m' } } })), [
    'spec.containers[0].resources.limits[memory]: fractional byte value "512m" is invalid, must be an integer',
    'spec.containers[0].resources.requests[memory]: fractional byte value "512m" is invalid, must be an integer',
    'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
  ])
  assert.match(
    told({ ...pod(), metadata: { name: 'a.b' } })?.[0] ?? '',
    /^metadata.name: this is used in the Pod's hostname/,
  )
})
