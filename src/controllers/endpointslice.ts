// Writes the EndpointSlices of Services with a selector: who is behind them, at which ports, in which state.
//
// Guarantees: at most 100 endpoints a slice; slices that show the truth already are not touched, changes go into as
// few slices as possible, and slices of others (by the label managed-by) are left alone.

import { Node as NodeKind } from '#api/core/node.ts'
import { Pod as PodKind } from '#api/core/pod.ts'
import { type Service, Service as ServiceKind } from '#api/core/service.ts'
import { type EndpointSlice, EndpointSlice as EndpointSliceKind } from '#api/discovery/endpoint-slice.ts'
import { isNotFound } from '#api/status-error.ts'
import { type ControllerContext, controller, trigger } from '#client/controller.ts'
import { managedBy, managedByLabel, plan, serviceNameLabel } from './endpointslice-plan.ts'
import { refTo } from './owners.ts'
import { podsOnNode } from './pods.ts'
import { hasOwnEndpoints, podsBehind, servicesOf } from './service-pods.ts'

const zoneLabel = 'topology.kubernetes.io/zone'

function slicesOf({ metadata }: Service, { informers }: ControllerContext): readonly EndpointSlice[] {
  const slices = informers.of(EndpointSliceKind)
  slices.addIndex('service', ({ metadata: { namespace, labels } }) =>
    labels?.[managedByLabel] === managedBy ? [`${namespace}/${labels[serviceNameLabel]}`] : [],
  )
  return slices
    .byIndex('service', `${metadata.namespace}/${metadata.name}`)
    .filter((slice) => slice.metadata.deletionTimestamp === undefined)
}

const serviceOf = (slice: EndpointSlice | undefined) => {
  const { namespace, labels } = slice?.metadata ?? {}
  const name = labels?.[managedByLabel] === managedBy ? labels[serviceNameLabel] : undefined
  return name ? [{ namespace, name }] : []
}

export const endpointSlice = controller({
  name: 'endpoint-slice-controller',
  account: 'endpointslice-controller',
  reconciles: ServiceKind,
  triggers: [
    trigger(PodKind, servicesOf),
    trigger(EndpointSliceKind, (next, old) => [...serviceOf(next), ...serviceOf(old)]),
    trigger(NodeKind, (next, old, context) => {
      if (next?.metadata.labels?.[zoneLabel] === old?.metadata.labels?.[zoneLabel]) return []
      return podsOnNode(context.informers, (next ?? old)?.metadata.name ?? '').flatMap((pod) =>
        servicesOf(pod, undefined, context),
      )
    }),
  ],
  async reconcile({ namespace, name }, context) {
    const { client, informers } = context
    const service = informers.of(ServiceKind).get(namespace, name)
    // Slices of a Service that has gone are taken away by the garbage collector.
    if (!service || !hasOwnEndpoints(service) || service.metadata.deletionTimestamp !== undefined) return
    const nodes = informers.of(NodeKind)
    const zoneOf = (node: string) => nodes.get(undefined, node)?.metadata.labels?.[zoneLabel]
    const { create, update, remove } = plan(service, podsBehind(service, informers), slicesOf(service, context), zoneOf)
    for (const slice of update) await client.update(EndpointSliceKind, slice)
    for (const slice of create) await client.create(EndpointSliceKind, slice)
    for (const slice of remove)
      await client.delete(EndpointSliceKind, refTo(slice), { uid: slice.metadata.uid }).catch((error) => {
        if (!isNotFound(error)) throw error
      })
  },
})
