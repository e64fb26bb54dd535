// What the table of services shows.

import { ageColumn, formatLabels, nameColumn, none } from '../columns.ts'
import type { Column } from '../kind.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import type { ServicePort, ServiceSpec, ServiceStatus } from './service-types.ts'

interface Parts {
  readonly metadata: ObjectMeta
  readonly spec: ServiceSpec
  readonly status: ServiceStatus
}

function externalAddress({ spec, status }: Parts): string {
  const { type, externalIPs = [], externalName = '' } = spec
  if (type === 'ExternalName') return externalName
  const balancer = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  const all = type === 'LoadBalancer' ? [...balancer, ...externalIPs] : externalIPs
  if (all.length > 0) return all.join(',')
  return type === 'LoadBalancer' ? '<pending>' : none
}

const formatPort = ({ port, nodePort, protocol }: ServicePort): string =>
  nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`

export const serviceColumns: readonly Column<Parts>[] = [
  nameColumn,
  { name: 'Type', description: 'How the service is reached.', value: ({ spec }) => spec.type ?? '' },
  {
    name: 'Cluster-IP',
    description: 'Its address inside the cluster.',
    value: ({ spec }) => spec.clusterIPs?.[0] || spec.clusterIP || none,
  },
  { name: 'External-IP', description: 'Its addresses outside the cluster.', value: externalAddress },
  {
    name: 'Port(s)',
    description: 'Its ports, each with that on the nodes if there is one.',
    value: ({ spec }) => spec.ports?.map(formatPort).join(',') || none,
  },
  ageColumn,
  {
    name: 'Selector',
    priority: 1,
    description: 'The labels of the pods behind it.',
    value: ({ spec }) => formatLabels(spec.selector),
  },
]
