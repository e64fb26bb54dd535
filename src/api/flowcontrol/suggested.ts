// Schemas and levels that a cluster starts with, beside the mandatory ones: upstream's suggestion. Administrators may
// change them.

import type { FlowSchemaSpec, ResourcePolicyRule, Subject } from './flow-schema-types.ts'
import type { PriorityLevelConfigurationSpec } from './priority-level-configuration-types.ts'

const all = ['*']

interface Queued {
  readonly shares: number
  readonly lendablePercent: number
  readonly queues: number
  readonly handSize?: number
}

const queued = ({ shares, lendablePercent, queues, handSize = 6 }: Queued): PriorityLevelConfigurationSpec => ({
  type: 'Limited',
  limited: {
    nominalConcurrencyShares: shares,
    lendablePercent,
    limitResponse: { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } },
  },
})

export const suggestedLevels: ReadonlyMap<string, PriorityLevelConfigurationSpec> = new Map([
  ['system', queued({ shares: 30, lendablePercent: 33, queues: 64 })],
  ['node-high', queued({ shares: 40, lendablePercent: 25, queues: 64 })],
  ['leader-election', queued({ shares: 10, lendablePercent: 0, queues: 16, handSize: 4 })],
  ['workload-high', queued({ shares: 40, lendablePercent: 50, queues: 128 })],
  ['workload-low', queued({ shares: 100, lendablePercent: 90, queues: 128 })],
  ['global-default', queued({ shares: 20, lendablePercent: 50, queues: 128 })],
])

const users = (...names: readonly string[]): Subject[] => names.map((name) => ({ kind: 'User', user: { name } }))
const groups = (...names: readonly string[]): Subject[] => names.map((name) => ({ kind: 'Group', group: { name } }))
const systemAccounts = (...names: readonly string[]): Subject[] =>
  names.map((name) => ({ kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name } }))

interface Sorted {
  readonly precedence: number
  readonly level: string
  readonly by?: 'ByUser' | 'ByNamespace'
  readonly subjects: Subject[]
  /** All requests, unless given. */
  readonly rules?: ResourcePolicyRule[]
}

const anything = {
  resourceRules: [{ verbs: all, apiGroups: all, resources: all, clusterScope: true, namespaces: all }],
  nonResourceRules: [{ verbs: all, nonResourceURLs: all }],
}

const sorted = ({ precedence, level, by, subjects, rules }: Sorted): FlowSchemaSpec => ({
  priorityLevelConfiguration: { name: level },
  matchingPrecedence: precedence,
  ...(by ? { distinguisherMethod: { type: by } } : {}),
  rules: [{ subjects, ...(rules ? { resourceRules: rules } : anything) }],
})

const manager = 'system:kube-controller-manager'
const scheduler = 'system:kube-scheduler'
const readAndWrite = ['get', 'create', 'update']
const leases: ResourcePolicyRule = {
  verbs: readAndWrite,
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  namespaces: all,
}

export const suggestedSchemas: ReadonlyMap<string, FlowSchemaSpec> = new Map([
  [
    'probes',
    {
      priorityLevelConfiguration: { name: 'exempt' },
      matchingPrecedence: 2,
      rules: [
        {
          subjects: groups('system:unauthenticated', 'system:authenticated'),
          nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
        },
      ],
    } satisfies FlowSchemaSpec,
  ],
  [
    'system-leader-election',
    sorted({
      ...{ precedence: 100, level: 'leader-election', by: 'ByUser' },
      subjects: [...users(manager, scheduler), ...systemAccounts('*')],
      rules: [leases],
    }),
  ],
  [
    'endpoint-controller',
    sorted({
      ...{ precedence: 150, level: 'workload-high', by: 'ByUser' },
      subjects: [...users(manager), ...systemAccounts('endpoint-controller', 'endpointslicemirroring-controller')],
      rules: [{ verbs: readAndWrite, apiGroups: [''], resources: ['endpoints'], namespaces: all }],
    }),
  ],
  [
    'workload-leader-election',
    sorted({
      ...{ precedence: 200, level: 'leader-election', by: 'ByUser' },
      subjects: systemAccounts('*'),
      rules: [leases],
    }),
  ],
  [
    'system-node-high',
    sorted({
      ...{ precedence: 400, level: 'node-high', by: 'ByUser' },
      subjects: groups('system:nodes'),
      rules: [
        { verbs: all, apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: all },
        { verbs: all, apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: all },
      ],
    }),
  ],
  ['system-nodes', sorted({ precedence: 500, level: 'system', by: 'ByUser', subjects: groups('system:nodes') })],
  [
    'kube-controller-manager',
    sorted({ precedence: 800, level: 'workload-high', by: 'ByNamespace', subjects: users(manager) }),
  ],
  [
    'kube-scheduler',
    sorted({ precedence: 800, level: 'workload-high', by: 'ByNamespace', subjects: users(scheduler) }),
  ],
  [
    'kube-system-service-accounts',
    sorted({ precedence: 900, level: 'workload-high', by: 'ByNamespace', subjects: systemAccounts('*') }),
  ],
  [
    'service-accounts',
    sorted({ precedence: 9000, level: 'workload-low', by: 'ByUser', subjects: groups('system:serviceaccounts') }),
  ],
  [
    'global-default',
    sorted({
      ...{ precedence: 9900, level: 'global-default', by: 'ByUser' },
      subjects: groups('system:unauthenticated', 'system:authenticated'),
    }),
  ],
])
