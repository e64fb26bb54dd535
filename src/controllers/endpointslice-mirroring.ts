// Mirrors Endpoints that somebody looks after by hand, those of Services without a selector, into EndpointSlices: what
// proxies and DNS read. Slices of others (by the label managed-by) are left alone.

import { Endpoints as EndpointsKind } from '#api/core/endpoints.ts'
import { Service as ServiceKind } from '#api/core/service.ts'
import { type EndpointSlice, EndpointSlice as EndpointSliceKind } from '#api/discovery/endpoint-slice.ts'
import { isNotFound } from '#api/status-error.ts'
import type { Ref } from '#client/client.ts'
import { type ControllerContext, controller, trigger } from '#client/controller.ts'
import { isToBeMirrored, mirroredBy, plan } from './endpointslice-mirroring-plan.ts'
import { managedByLabel, serviceNameLabel } from './endpointslice-plan.ts'
import { refTo } from './owners.ts'
import { hasSelector } from './service-pods.ts'

/** Of which Endpoints it is the mirror. */
function mirrored(slice: EndpointSlice | undefined): readonly Ref[] {
  const { namespace, labels } = slice?.metadata ?? {}
  const name = labels?.[managedByLabel] === mirroredBy ? labels[serviceNameLabel] : undefined
  return name ? [{ namespace, name }] : []
}

function mirrorsOf({ namespace, name }: Ref, { informers }: ControllerContext): readonly EndpointSlice[] {
  const slices = informers.of(EndpointSliceKind)
  slices.addIndex('mirrored', (slice) => mirrored(slice).map((of) => `${of.namespace}/${of.name}`))
  return slices
    .byIndex('mirrored', `${namespace}/${name}`)
    .filter((slice) => slice.metadata.deletionTimestamp === undefined)
}

export const endpointSliceMirroring = controller({
  name: 'endpoint-slice-mirroring-controller',
  account: 'endpointslicemirroring-controller',
  reconciles: EndpointsKind,
  triggers: [
    trigger(ServiceKind, (next, old) => {
      const service = next ?? old
      if (!service || (next && old && hasSelector(next) === hasSelector(old))) return []
      return [refTo(service)]
    }),
    trigger(EndpointSliceKind, (next, old) => [...mirrored(next), ...mirrored(old)]),
  ],
  async reconcile(key, context) {
    const { client, informers, events } = context
    const slices = mirrorsOf(key, context)
    const remove = async (those: readonly EndpointSlice[]) => {
      for (const slice of those)
        await client.delete(EndpointSliceKind, refTo(slice), { uid: slice.metadata.uid }).catch((error) => {
          if (!isNotFound(error)) throw error
        })
    }
    const endpoints = informers.of(EndpointsKind).get(key.namespace, key.name)
    const service = informers.of(ServiceKind).get(key.namespace, key.name)
    if (!endpoints || !service || hasSelector(service) || !isToBeMirrored(endpoints)) return remove(slices)
    const next = plan(endpoints, slices)
    for (const [reason, text] of next.complaints) events.record(endpoints, 'Warning', reason, text)
    if (endpoints.metadata.deletionTimestamp === undefined) {
      for (const slice of next.update) await client.update(EndpointSliceKind, slice)
      for (const slice of next.create) await client.create(EndpointSliceKind, slice)
    }
    await remove(next.remove)
  },
})
