// What a node says of itself, as a Node's labels and status. Pure; words and reasons are upstream's.

import type { Node } from '#api/core/node.ts'
import type { NodeCondition, NodeStatus } from '#api/core/node-types.ts'
import { formatTime } from '#lib/clock.ts'
import type { Image, RuntimeVersion } from './runtime/runtime.ts'
import type { KubeletSettings } from './settings.ts'

export const kubeletVersion = 'v1.37.0+pinnace'

export interface NodeInput {
  readonly settings: KubeletSettings
  readonly runtime: RuntimeVersion
  readonly images: readonly Image[]
  /** Empty: ready. */
  readonly notReadyReasons: readonly string[]
  /** What the API server has. */
  readonly previous: NodeStatus | undefined
  readonly nowMs: number
}

export function nodeLabels(nodeName: string, { hostname, machine, labels }: KubeletSettings): Record<string, string> {
  const { operatingSystem: os, architecture: arch } = machine
  return {
    'beta.kubernetes.io/arch': arch,
    'beta.kubernetes.io/os': os,
    'kubernetes.io/arch': arch,
    'kubernetes.io/hostname': hostname || nodeName,
    'kubernetes.io/os': os,
    ...labels,
  }
}

const formatCpu = (milli: number): string => (milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`)
const formatKi = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`

/** Hard eviction keeps so much of the node's memory, and a tenth of its disk, out of pods' reach. */
const evictionMemoryBytes = 100 * 2 ** 20

export function nodeResources({ capacity }: KubeletSettings): {
  capacity: Record<string, string>
  allocatable: Record<string, string>
} {
  const { milliCpu, memoryBytes, ephemeralStorageBytes, pods } = capacity
  const common = { cpu: formatCpu(milliCpu), pods: String(pods) }
  return {
    capacity: { ...common, memory: formatKi(memoryBytes), 'ephemeral-storage': formatKi(ephemeralStorageBytes) },
    allocatable: {
      ...common,
      memory: formatKi(Math.max(0, memoryBytes - evictionMemoryBytes)),
      'ephemeral-storage': String(Math.floor(ephemeralStorageBytes * 0.9)),
    },
  }
}

const mostImages = 50
const mostNames = 5

export function nodeStatus(input: NodeInput): NodeStatus {
  const { settings, runtime, images } = input
  const { nodeIPs, hostname, port, machine } = settings
  return {
    ...nodeResources(settings),
    conditions: conditions(input),
    addresses: [
      ...nodeIPs.map((address) => ({ type: 'InternalIP', address })),
      { type: 'Hostname', address: hostname },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    nodeInfo: {
      ...machine,
      containerRuntimeVersion: `${runtime.name}://${runtime.version}`,
      kubeletVersion,
      // Upstream no longer fills it in (DisableNodeKubeProxyVersion).
      kubeProxyVersion: '',
    },
    images: images
      .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, mostImages)
      .map(({ tags, digests, sizeBytes }) => ({ names: [...digests, ...tags].slice(0, mostNames), sizeBytes })),
  }
}

function conditions({ notReadyReasons: reasons, previous, nowMs }: NodeInput): NodeCondition[] {
  const now = formatTime(nowMs)
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string): NodeCondition => {
    const before = previous?.conditions?.find((c) => c.type === type)
    const since = before?.status === status ? before.lastTransitionTime : undefined
    return { type, status, lastHeartbeatTime: now, lastTransitionTime: since ?? now, reason, message }
  }
  const notReady = reasons.length === 1 ? reasons[0]! : `[${reasons.join(', ')}]`
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    reasons.length === 0
      ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : condition('Ready', 'False', 'KubeletNotReady', notReady),
  ]
}

/** Whether two statuses say the same but for the heartbeat. */
export const saysTheSame = (a: NodeStatus | undefined, b: NodeStatus): boolean =>
  a !== undefined && comparable(a) === comparable(b)

const fields = ['capacity', 'allocatable', 'addresses', 'daemonEndpoints', 'nodeInfo', 'images'] as const

/** Only what a kubelet says; `conditions` of others do not count. */
function comparable(status: NodeStatus): string {
  const own = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready']
  const conditions = (status.conditions ?? [])
    .filter((c) => own.includes(c.type))
    .map(({ type, status, reason, message }) => [type, status, reason, message])
    .sort()
  return JSON.stringify([conditions, ...fields.map((field) => sorted(status[field]))])
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(sorted)
  return Object.entries(value)
    .filter(([, v]) => v !== undefined && v !== '')
    .map(([key, v]) => [key, sorted(v)])
    .sort()
}

/** The Node object that a node registers itself with. */
export const newNode = (nodeName: string, settings: KubeletSettings, status: NodeStatus) => ({
  metadata: { name: nodeName, labels: nodeLabels(nodeName, settings) },
  spec: { ...(settings.taints ? { taints: settings.taints } : {}) },
  status,
})

/** The labels that a node must correct on an object that was there before. */
export function missingLabels(node: Node, wanted: Readonly<Record<string, string>>): Record<string, string> {
  const have = node.metadata.labels ?? {}
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => have[key] !== value))
}
