import { ageColumn, nameColumn, none, withMore } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { int32, list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { ObjectReference } from './reference.ts'
import { validateSubsets } from './validate-endpoints.ts'

export const EndpointAddress = message('core/v1.EndpointAddress', 'DOC:core/v1.EndpointAddress', {
  ip: req(string).at(1, 'DOC:core/v1.EndpointAddress.ip'),
  hostname: string.at(3, 'DOC:core/v1.EndpointAddress.hostname'),
  nodeName: opt(string).at(4, 'DOC:core/v1.EndpointAddress.nodeName'),
  targetRef: opt(ObjectReference).at(2, 'DOC:core/v1.EndpointAddress.targetRef'),
}).atomic()
export type EndpointAddress = TypeOf<typeof EndpointAddress>

export const EndpointPort = message('core/v1.EndpointPort', 'DOC:core/v1.EndpointPort', {
  name: string.at(1, 'DOC:core/v1.EndpointPort.name'),
  port: req(int32).at(2, 'DOC:core/v1.EndpointPort.port'),
  protocol: string.oneOf('SCTP', 'TCP', 'UDP').default('TCP').at(3, 'DOC:core/v1.EndpointPort.protocol'),
  appProtocol: opt(string).at(4, 'DOC:core/v1.EndpointPort.appProtocol'),
}).atomic()
export type EndpointPort = TypeOf<typeof EndpointPort>

export const EndpointSubset = message('core/v1.EndpointSubset', 'DOC:core/v1.EndpointSubset', {
  addresses: list(EndpointAddress).owned('atomic').at(1, 'DOC:core/v1.EndpointSubset.addresses'),
  notReadyAddresses: list(EndpointAddress).owned('atomic').at(2, 'DOC:core/v1.EndpointSubset.notReadyAddresses'),
  ports: list(EndpointPort).owned('atomic').at(3, 'DOC:core/v1.EndpointSubset.ports'),
})
export type EndpointSubset = TypeOf<typeof EndpointSubset>

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
  doc: 'DOC:core/v1.Endpoints',
  fields: {
    subsets: list(EndpointSubset).owned('atomic').at(2, 'DOC:core/v1.Endpoints.subsets'),
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
  createOnUpdate: true,
})
export type Endpoints = ObjectOf<typeof Endpoints>
