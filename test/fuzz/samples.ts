// Good objects of many kinds, for changes that nobody expects: with their collections, ready to be created.

const container = {
  name: 'c',
  image: 'i',
  ports: [{ containerPort: 80, name: 'http' }],
  env: [{ name: 'A', value: 'b' }],
  resources: { requests: { cpu: '100m' }, limits: { memory: '1Gi' } },
  livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
}
const podSpec = {
  containers: [container],
  volumes: [{ name: 'v', emptyDir: {} }],
  tolerations: [{ key: 'a', operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
      },
    },
  },
}
const template = { metadata: { labels: { a: 'b' } }, spec: podSpec }
const selector = { matchLabels: { a: 'b' } }
const namespaced = (group: string, plural: string): string =>
  `${group === 'v1' ? '/api/v1' : `/apis/${group}`}/namespaces/default/${plural}`

export interface Sample {
  readonly collection: string
  readonly object: Readonly<Record<string, unknown>>
}

const sample = (collection: string, object: object): Sample => ({ collection, object: { metadata: meta, ...object } })
const meta = {
  name: 'a',
  labels: { a: 'b' },
  annotations: { 'a.io/b': 'c' },
  finalizers: ['a.io/b'],
  ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', controller: true }],
}

export const samples: readonly Sample[] = [
  sample(namespaced('v1', 'pods'), { spec: podSpec }),
  sample(namespaced('v1', 'configmaps'), { data: { a: 'b' }, binaryData: { b: 'AAA=' } }),
  sample(namespaced('v1', 'secrets'), { data: { a: 'AAA=' }, stringData: { b: 'c' }, type: 'Opaque' }),
  sample(namespaced('v1', 'services'), {
    spec: { selector: { a: 'b' }, ports: [{ name: 'x', port: 80, targetPort: 'http', protocol: 'TCP' }] },
  }),
  sample(namespaced('v1', 'persistentvolumeclaims'), {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  sample(namespaced('v1', 'resourcequotas'), { spec: { hard: { pods: '1000', 'requests.cpu': '1000' } } }),
  sample(namespaced('v1', 'limitranges'), { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } }),
  sample(namespaced('v1', 'events'), {
    involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' },
    reason: 'R',
    message: 'm',
    type: 'Normal',
  }),
  sample('/api/v1/nodes', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }], podCIDRs: ['10.0.0.0/24'] } }),
  sample('/api/v1/persistentvolumes', {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
  }),
  sample(namespaced('apps/v1', 'deployments'), { spec: { replicas: 2, selector, template } }),
  sample(namespaced('apps/v1', 'statefulsets'), { spec: { serviceName: 's', selector, template } }),
  sample(namespaced('apps/v1', 'daemonsets'), { spec: { selector, template } }),
  sample(namespaced('batch/v1', 'jobs'), {
    spec: { completions: 2, template: { ...template, spec: { ...podSpec, restartPolicy: 'Never' } } },
  }),
  sample(namespaced('batch/v1', 'cronjobs'), {
    spec: {
      schedule: '*/5 * * * *',
      jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'OnFailure' } } } },
    },
  }),
  sample(namespaced('autoscaling/v2', 'horizontalpodautoscalers'), {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
      maxReplicas: 3,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } } },
      ],
    },
  }),
  sample(namespaced('networking.k8s.io/v1', 'ingresses'), {
    spec: {
      rules: [
        {
          host: 'a.b',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
          },
        },
      ],
    },
  }),
  sample(namespaced('networking.k8s.io/v1', 'networkpolicies'), {
    spec: { podSelector: selector, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 80 }] }] },
  }),
  sample(namespaced('policy/v1', 'poddisruptionbudgets'), { spec: { minAvailable: '50%', selector } }),
  sample(namespaced('discovery.k8s.io/v1', 'endpointslices'), {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
    ports: [{ name: 'x', port: 80 }],
  }),
  sample(namespaced('coordination.k8s.io/v1', 'leases'), {
    spec: { holderIdentity: 'a', leaseDurationSeconds: 5, renewTime: '2024-01-01T00:00:00.000001Z' },
  }),
  sample(namespaced('rbac.authorization.k8s.io/v1', 'roles'), {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  sample('/apis/storage.k8s.io/v1/storageclasses', { provisioner: 'a.b', parameters: { a: 'b' } }),
  sample('/apis/scheduling.k8s.io/v1/priorityclasses', { value: 5 }),
  sample('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', {
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: ['x'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['y'] }],
      },
      validations: [{ expression: 'object.metadata.name != "x"' }],
    },
  }),
  sample('/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations', {
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } },
  }),
  sample(namespaced('resource.k8s.io/v1', 'resourceclaims'), {
    spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } },
  }),
]
