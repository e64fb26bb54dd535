import { ageColumn, nameColumn, withMore } from '../columns.ts'
import { ObjectReference } from '../core/reference.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { bool, int32, list, map, message, opt, req, string, type TypeOf } from '../schema.ts'
import { addressTypes, validateSlice } from './validate-endpoint-slice.ts'

export const EndpointConditions = message('discovery/v1.EndpointConditions', 'DOC:discovery/v1.EndpointConditions', {
  ready: opt(bool).at(1, 'DOC:discovery/v1.EndpointConditions.ready'),
  serving: opt(bool).at(2, 'DOC:discovery/v1.EndpointConditions.serving'),
  terminating: opt(bool).at(3, 'DOC:discovery/v1.EndpointConditions.terminating'),
})
export type EndpointConditions = TypeOf<typeof EndpointConditions>

export const ForNode = message('discovery/v1.ForNode', 'DOC:discovery/v1.ForNode', {
  name: req(string).at(1, 'DOC:discovery/v1.ForNode.name'),
})
export type ForNode = TypeOf<typeof ForNode>

export const ForZone = message('discovery/v1.ForZone', 'DOC:discovery/v1.ForZone', {
  name: req(string).at(1, 'DOC:discovery/v1.ForZone.name'),
})
export type ForZone = TypeOf<typeof ForZone>

export const EndpointHints = message('discovery/v1.EndpointHints', 'DOC:discovery/v1.EndpointHints', {
  forZones: list(ForZone).owned('atomic').at(1, 'DOC:discovery/v1.EndpointHints.forZones'),
  forNodes: list(ForNode).owned('atomic').at(2, 'DOC:discovery/v1.EndpointHints.forNodes'),
})
export type EndpointHints = TypeOf<typeof EndpointHints>

export const Endpoint = message('discovery/v1.Endpoint', 'DOC:discovery/v1.Endpoint', {
  addresses: req(list(string)).owned('set').at(1, 'DOC:discovery/v1.Endpoint.addresses'),
  conditions: EndpointConditions.at(2, 'DOC:discovery/v1.Endpoint.conditions'),
  hostname: opt(string).at(3, 'DOC:discovery/v1.Endpoint.hostname'),
  targetRef: opt(ObjectReference).at(4, 'DOC:discovery/v1.Endpoint.targetRef'),
  deprecatedTopology: map(string).at(5, 'DOC:discovery/v1.Endpoint.deprecatedTopology'),
  nodeName: opt(string).at(6, 'DOC:discovery/v1.Endpoint.nodeName'),
  zone: opt(string).at(7, 'DOC:discovery/v1.Endpoint.zone'),
  hints: opt(EndpointHints).at(8, 'DOC:discovery/v1.Endpoint.hints'),
})
export type Endpoint = TypeOf<typeof Endpoint>

export const EndpointPort = message('discovery/v1.EndpointPort', 'DOC:discovery/v1.EndpointPort', {
  name: opt(string).default('').at(1, 'DOC:discovery/v1.EndpointPort.name'),
  protocol: opt(string.oneOf('SCTP', 'TCP', 'UDP'))
    .default('TCP')
    .at(2, 'DOC:discovery/v1.EndpointPort.protocol'),
  port: opt(int32).at(3, 'DOC:discovery/v1.EndpointPort.port'),
  appProtocol: opt(string).at(4, 'DOC:discovery/v1.EndpointPort.appProtocol'),
}).atomic()
export type EndpointPort = TypeOf<typeof EndpointPort>

export const EndpointSlice = kind({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  scope: 'Namespaced',
  columns: [
    nameColumn,
    { name: 'AddressType', description: 'What its addresses are.', value: ({ addressType }) => addressType ?? '' },
    {
      name: 'Ports',
      description: 'The first ports that traffic is sent to.',
      value: ({ ports }) =>
        withMore(
          (ports ?? []).map(({ port, name }) => String(port ?? (name || '*'))),
          3,
          '<unset>',
        ),
    },
    {
      name: 'Endpoints',
      description: 'The first addresses that traffic is sent to.',
      value: ({ endpoints }) =>
        withMore(
          (endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
          3,
          '<unset>',
        ),
    },
    ageColumn,
  ],
  validate: validateSlice,
  validateCreate: ({ addressType }, errors) => {
    if (addressType && !addressTypes.includes(addressType)) {
      errors.notSupported('addressType', addressType, addressTypes)
    }
  },
  validateUpdate: (next, old, errors) => {
    if (next.addressType !== old.addressType) errors.invalid('addressType', next.addressType, 'field is immutable')
  },
  doc: 'DOC:discovery/v1.EndpointSlice',
  fields: {
    addressType: req(string).at(4, 'DOC:discovery/v1.EndpointSlice.addressType'),
    endpoints: req(list(Endpoint)).owned('atomic').at(2, 'DOC:discovery/v1.EndpointSlice.endpoints'),
    ports: req(list(EndpointPort)).owned('atomic').at(3, 'DOC:discovery/v1.EndpointSlice.ports'),
  },
})
export type EndpointSlice = ObjectOf<typeof EndpointSlice>
