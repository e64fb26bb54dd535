import { ageColumn, nameColumn, none, withMore } from '../columns.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { addressWarnings } from '../networking/address-warnings.ts'
import { list } from '../schema.ts'
import { EndpointSubset } from './endpoints-types.ts'
import { validateSubsets } from './validate-endpoints.ts'

const subsetsPath = Path.of('subsets')

const joined = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)

function targets({ addresses = [], ports = [] }: EndpointSubset): string[] {
  if (ports.length === 0) return addresses.map(({ ip }) => ip)
  return ports.flatMap(({ port }) => addresses.map(({ ip }) => joined(ip, port)))
}

export const Endpoints = kind({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  scope: 'Namespaced',
  doc: 'The addresses behind a service. EndpointSlices have taken their place.',
  fields: {
    subsets: list(EndpointSubset).owned('atomic').at(2, 'The addresses, grouped by their ports.'),
  },
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'Endpoints',
      description: 'The first addresses that traffic is sent to.',
      value: ({ subsets = [] }) => withMore(subsets.flatMap(targets), 3, none),
    },
    ageColumn,
  ],
  validate: ({ subsets = [] }, errors) => validateSubsets(subsets, errors),
  warnings: ({ subsets = [] }) =>
    subsets.flatMap(({ addresses, notReadyAddresses }, i) =>
      Object.entries({ addresses, notReadyAddresses }).flatMap(([field, all = []]) =>
        all.flatMap(({ ip }, a) => addressWarnings(ip, subsetsPath.index(i).child(field).index(a).child('ip'))),
      ),
    ),
  createOnUpdate: true,
})
export type Endpoints = ObjectOf<typeof Endpoints>
