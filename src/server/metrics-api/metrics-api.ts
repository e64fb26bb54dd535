// metrics.k8s.io: what nodes and pods use, answered from what their agents say. Nothing of it is stored. Which nodes
// and pods there are is read from the store; who tells nothing is left out, as with metrics-server.

import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { formatDuration } from '#api/duration.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { NodeMetrics } from '#api/metrics/node-metrics.ts'
import { PodMetrics } from '#api/metrics/pod-metrics.ts'
import { Quantity } from '#api/quantity.ts'
import { notFound } from '#api/status-error.ts'
import { formatTime } from '#lib/clock.ts'
import type { StoredObject } from '#store/store.ts'
import type { Core, KindCall } from '../call.ts'
import { encodingFor } from '../encode/encoding-for.ts'
import { bytesAnswer } from '../encode/gzip.ts'
import { objectAnswer } from '../encode/object.ts'
import { listQuery } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { type Selection, selectionOf } from '../selection.ts'
import { objectOf } from '../stored.ts'
import type { NodeFigures, Usage } from './usage.ts'

export const metricsKinds: readonly AnyKind[] = [NodeMetrics, PodMetrics]

type Figures = ReadonlyMap<string, NodeFigures>

interface Measured {
  /** Whose usage it is. */
  readonly of: typeof Node | typeof Pod
  /** As upstream names what is missing. */
  readonly plural: string
  /** The nodes that have to be asked. */
  readonly nodes: (core: Core, objects: readonly ApiObject[]) => readonly Node[]
  /** Undefined: nothing is known of it. */
  readonly measure: (object: ApiObject, figures: Figures, nowMs: number) => ApiObject | undefined
}

const usageText = ({ cpuNanoCores, memoryBytes }: Usage): Record<string, string> => ({
  cpu: Quantity.of(BigInt(cpuNanoCores), 'DecimalSI').toString(),
  memory: Quantity.fromInteger(memoryBytes, 'BinarySI').toString(),
})

const timeOf = ({ endMs, windowMs }: Usage): object => ({
  timestamp: formatTime(endMs),
  window: formatDuration(windowMs),
})

const metadataOf = ({ metadata: { name, namespace, labels } }: ApiObject, nowMs: number): object => ({
  name,
  ...(namespace ? { namespace } : {}),
  creationTimestamp: formatTime(nowMs),
  ...(labels ? { labels } : {}),
})

const nodes: Measured = {
  of: Node,
  plural: 'nodemetrics',
  nodes: (_, objects) => objects as readonly Node[],
  measure: (node, figures, nowMs) => {
    const usage = figures.get(node.metadata.name ?? '')?.node
    return usage && draftOf(NodeMetrics, { ...timeOf(usage), usage: usageText(usage) }, metadataOf(node, nowMs))
  },
}

const isRunning = ({ status, spec }: Pod): boolean => status?.phase === 'Running' && Boolean(spec.nodeName)

const pods: Measured = {
  of: Pod,
  plural: 'podmetrics',
  nodes: (core, objects) => {
    const names = new Set((objects as readonly Pod[]).filter(isRunning).map(({ spec }) => spec.nodeName ?? ''))
    const registry = core.registries.of(Node)
    return [...names].flatMap((name) => {
      const stored = registry.find('', name)
      return stored ? [objectOf(stored) as Node] : []
    })
  },
  measure: (object, figures, nowMs) => {
    const pod = object as Pod
    const { namespace, name } = pod.metadata
    const containers = isRunning(pod) && figures.get(pod.spec.nodeName ?? '')?.pods.get(`${namespace}/${name}`)
    if (!containers) return undefined
    const usages = [...containers.values()]
    const earliest = usages.reduce((a, b) => (b.endMs < a.endMs ? b : a))
    const used = [...containers].map(([container, usage]) => ({ name: container, usage: usageText(usage) }))
    return draftOf(PodMetrics, { ...timeOf(earliest), containers: used }, metadataOf(pod, nowMs))
  },
}

const draftOf = ({ kind, apiVersion }: AnyKind, fields: object, metadata: object): ApiObject =>
  ({ kind, apiVersion, metadata, ...fields }) as ApiObject

const measuredBy = (kind: AnyKind): Measured => (kind.namespaced ? pods : nodes)

async function measureAll(call: KindCall, objects: readonly ApiObject[]): Promise<readonly StoredObject[]> {
  const { core, kind, registry } = call
  const measured = measuredBy(kind)
  const figures = (await core.nodeScrapes?.of(measured.nodes(core, objects))) ?? new Map()
  const nowMs = core.clock.now()
  return objects.flatMap((object) => {
    const found = measured.measure(object, figures, nowMs)
    return found ? [registry.unsaved(found)] : []
  })
}

/** Answers GET of one and of many. */
export const answerMetrics = (call: KindCall): Promise<ApiResponse> =>
  call.info.verb === 'list' ? list(call) : get(call)

async function get(call: KindCall): Promise<ApiResponse> {
  const { core, kind, info } = call
  const { of, plural } = measuredBy(kind)
  const object = objectOf(core.registries.of(of).get(info.namespace, info.name))
  const [found] = await measureAll(call, [object])
  if (found) return objectAnswer(call, 200, found)
  const name = kind.namespaced ? `${info.namespace}/${info.name}` : info.name
  throw notFound({ ...kind, plural, resource: `${plural}.${kind.group}` }, name)
}

async function list(call: KindCall): Promise<ApiResponse> {
  const { core, kind, info, registry, request } = call
  const query = listQuery(request.query, false)
  const selection: Selection = selectionOf(kind, { ...query, namespace: kind.namespaced ? info.namespace : '' })
  const objects = core.registries.of(measuredBy(kind).of).select(selection).map(objectOf)
  const items = await measureAll(call, objects)
  const page = { items, resourceVersion: '', continue: '', remaining: undefined }
  if (request.raw) return { status: 200, headers: {}, body: { type: 'list', ...page } }
  const encoding = encodingFor(registry, request, core.clock.now())
  return bytesAnswer(call, 200, encoding.contentType, encoding.list(page))
}
