// The objects that the benches write: as large, and as richly filled in, as those of everyday use.

export const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { app: 'bench' } },
  data: { 'settings.conf': 'key = value\n'.repeat(70), mode: 'first' },
})

/** As large as the ConfigMap. */
export const secret = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, labels: { app: 'bench' } },
  type: 'Opaque',
  data: {
    'settings.conf': Buffer.from('key = value\n'.repeat(70).slice(0, 630)).toString('base64'),
    mode: Buffer.from('first').toString('base64'),
  },
})

const container = (name: string, port: number) => ({
  name,
  image: `registry.example.com/team/${name}:1.27.3`,
  args: ['--listen', `0.0.0.0:${port}`, '--log-format', 'json', '--upstream', 'http://backend.default.svc:8080'],
  ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
  env: [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'DATABASE_URL', value: 'postgres://orders@database.default.svc.cluster.local:5432/orders' },
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'tokens', key: 'token' } } },
  ],
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
  volumeMounts: [
    { name: 'settings', mountPath: '/etc/settings', readOnly: true },
    { name: 'scratch', mountPath: '/var/run/scratch' },
  ],
  livenessProbe: {
    httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
    initialDelaySeconds: 10,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  },
  readinessProbe: {
    httpGet: { path: '/readyz', port: 'http', scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 5,
    successThreshold: 1,
    failureThreshold: 3,
  },
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
})

const podSpec = {
  containers: [container('frontend', 8080), container('sidecar', 9090)],
  volumes: [
    { name: 'settings', configMap: { name: 'settings', defaultMode: 420 } },
    { name: 'scratch', emptyDir: {} },
  ],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 2000 },
  schedulerName: 'default-scheduler',
  tolerations: [
    { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  ],
}

export const pod = (name: string, app: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    labels: { app, tier: 'web', 'app.kubernetes.io/part-of': 'shop' },
    annotations: { 'example.com/owner': 'team-orders', 'example.com/revision': '7f2c1d9' },
  },
  spec: podSpec,
})

/** None of it runs: it asks for no copies. */
export const deployment = (name: string, round: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name }, annotations: { round: String(round) } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec },
  },
})
