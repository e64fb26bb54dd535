import { ageColumn, nameColumn, none, withMore } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { IngressSpec, IngressStatus } from './ingress-types.ts'
import { ingressWarnings, validateIngress, validateIngressStatus, validateNewIngress } from './validate-ingress.ts'

const shownHosts = 3

export const Ingress = kind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  scope: 'Namespaced',
  doc: 'Leads HTTP requests from outside to services, by host and path.',
  fields: {
    spec: IngressSpec.at(2, 'Which requests go where.'),
    status: IngressStatus.at(3, 'The ways from outside.'),
  },
  status: true,
  columns: [
    nameColumn,
    {
      name: 'Class',
      description: 'The class, which says who looks after it.',
      value: ({ spec }) => spec.ingressClassName ?? none,
    },
    {
      name: 'Hosts',
      description: 'The hosts that it has rules for.',
      value: ({ spec }) => {
        const hosts = (spec.rules ?? []).flatMap(({ host }) => (host ? [host] : []))
        return withMore(hosts, shownHosts, '*')
      },
    },
    {
      name: 'Address',
      description: 'Where it can be reached.',
      value: ({ status }) => {
        const ways = status.loadBalancer?.ingress ?? []
        return ways.flatMap(({ ip, hostname }) => ip || hostname || []).join(',')
      },
    },
    {
      name: 'Ports',
      description: 'The ports on which it answers.',
      value: ({ spec }) => (spec.tls?.length ? '80, 443' : '80'),
    },
    ageColumn,
  ],
  validate: validateIngress,
  validateCreate: validateNewIngress,
  validateStatusUpdate: validateIngressStatus,
  warnings: ingressWarnings,
})
export type Ingress = ObjectOf<typeof Ingress>
