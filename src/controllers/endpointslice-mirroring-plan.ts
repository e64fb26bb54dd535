// Which EndpointSlices say the same as an Endpoints object that somebody looks after by hand, and the smallest change
// that leads there from those it has. Pure. As upstream, one slice for each set of ports and kind of address, with the
// labels and annotations of the Endpoints.

import { isIP } from 'node:net'
import { type Endpoints, Endpoints as EndpointsKind } from '#api/core/endpoints.ts'
import type { EndpointAddress, EndpointPort } from '#api/core/endpoints-types.ts'
import type { EndpointSlice, EndpointSlice as EndpointSliceKind } from '#api/discovery/endpoint-slice.ts'
import type { Endpoint } from '#api/discovery/endpoint-slice-types.ts'
import type { Draft } from '#client/client.ts'
import { managedByLabel, serviceNameLabel } from './endpointslice-plan.ts'
import { canonical, isEqual } from './equal.ts'
import { controllerReference } from './owners.ts'
import { byName } from './pods.ts'
import { triggerTimeAnnotation } from './service-pods.ts'
import { repack, unpack } from './subsets.ts'

export const mirroredBy = 'endpointslicemirroring-controller.k8s.io'
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror'
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'
const mostAddresses = 1000

export interface MirrorPlan {
  readonly create: readonly Draft<typeof EndpointSliceKind>[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
  /** What of it cannot be shown, and why: reason and sentence of an event. */
  readonly complaints: readonly (readonly [reason: string, text: string])[]
}

/** Unless they say that they are not to be, or are an old kind of lock. */
export const isToBeMirrored = ({ metadata: { labels, annotations } }: Endpoints): boolean =>
  labels?.[skipLabel] !== 'true' && annotations?.[leaderAnnotation] === undefined

type AddressType = 'IPv4' | 'IPv6'

interface Wanted {
  readonly addressType: AddressType
  readonly ports: EndpointSlice['ports']
  readonly endpoints: Endpoint[]
}

export function plan(endpoints: Endpoints, slices: readonly EndpointSlice[]): MirrorPlan {
  const { wanted, complaints } = wantedOf(endpoints)
  const existing = Map.groupBy([...slices].sort(byName), keyOf)
  const { labels, annotations } = metadataOf(endpoints)
  const unused = new Set(slices)
  const lacking: Wanted[] = []
  const update: EndpointSlice[] = []
  const next = (slice: EndpointSlice, { ports, endpoints: all }: Wanted): EndpointSlice => ({
    ...slice,
    metadata: {
      ...slice.metadata,
      labels,
      annotations,
      ownerReferences: [controllerReference(EndpointsKind, endpoints)],
    },
    ports,
    endpoints: all,
  })
  for (const each of wanted) {
    const [slice] = existing.get(keyOf(each)) ?? []
    if (!slice) lacking.push(each)
    else {
      unused.delete(slice)
      if (!isShownBy(slice, each, labels, annotations)) update.push(next(slice, each))
    }
  }
  const create: Draft<typeof EndpointSliceKind>[] = []
  for (const each of lacking) {
    // What would be deleted is used again: one write instead of two. Its kind of address is for ever.
    const spare = [...unused].find(({ addressType }) => addressType === each.addressType)
    if (spare) {
      unused.delete(spare)
      update.push(next(spare, each))
    } else create.push(draftOf(endpoints, each, labels, annotations))
  }
  return { create, update, remove: [...unused], complaints }
}

const keyOf = ({ addressType, ports }: Pick<EndpointSlice, 'ports'> & { readonly addressType: string }): string =>
  `${addressType} ${canonical(ports ?? [])}`

function wantedOf(endpoints: Endpoints): { readonly wanted: Wanted[]; readonly complaints: MirrorPlan['complaints'] } {
  const wanted: Wanted[] = []
  let invalid = 0
  let skipped = 0
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of repack(unpack(endpoints.subsets ?? []))) {
    const all = [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ]
    const valid = all.filter(({ address }) => isIP(address.ip) !== 0)
    const taken = valid.slice(0, mostAddresses)
    invalid += all.length - valid.length
    skipped += all.length - taken.length
    const byType = Map.groupBy(taken, ({ address }): AddressType => (isIP(address.ip) === 4 ? 'IPv4' : 'IPv6'))
    for (const [addressType, entries] of byType)
      wanted.push({
        addressType,
        ports: ports.map(portOf),
        endpoints: entries.map(({ address, ready }) => endpointOf(address, ready)),
      })
  }
  const complaints: (readonly [string, string])[] = []
  if (invalid > 0)
    complaints.push(['InvalidIPAddress', `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`])
  if (skipped > invalid)
    complaints.push([
      'TooManyAddressesToMirror',
      `A max of ${mostAddresses} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`,
    ])
  return { wanted, complaints }
}

const portOf = ({ name = '', port, protocol = 'TCP', appProtocol }: EndpointPort) => ({
  name,
  protocol,
  port,
  ...(appProtocol === undefined ? {} : { appProtocol }),
})

const endpointOf = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname ? { hostname } : {}),
  ...(targetRef ? { targetRef } : {}),
  ...(nodeName === undefined ? {} : { nodeName }),
})

type Texts = Readonly<Record<string, string>>

function metadataOf({ metadata }: Endpoints): { readonly labels: Texts; readonly annotations: Texts } {
  const { [triggerTimeAnnotation]: _, [lastAppliedAnnotation]: __, ...annotations } = metadata.annotations ?? {}
  const own = { [serviceNameLabel]: metadata.name ?? '', [managedByLabel]: mirroredBy }
  return { labels: { ...metadata.labels, ...own }, annotations }
}

/** In whatever order it has them. */
const sorted = (endpoints: readonly Endpoint[]): readonly string[] => endpoints.map((each) => canonical(each)).sort()

const isShownBy = (slice: EndpointSlice, { endpoints }: Wanted, labels: Texts, annotations: Texts): boolean =>
  isEqual(sorted(slice.endpoints), sorted(endpoints)) &&
  isEqual(slice.metadata.labels ?? {}, labels) &&
  isEqual(slice.metadata.annotations ?? {}, annotations)

const draftOf = (
  endpoints: Endpoints,
  { addressType, ports, endpoints: all }: Wanted,
  labels: Texts,
  annotations: Texts,
): Draft<typeof EndpointSliceKind> => ({
  metadata: {
    generateName: `${endpoints.metadata.name}-`,
    namespace: endpoints.metadata.namespace,
    labels,
    annotations,
    ownerReferences: [controllerReference(EndpointsKind, endpoints)],
  },
  addressType,
  ports,
  endpoints: all,
})
