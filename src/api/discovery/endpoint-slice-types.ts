// The messages that a endpoint slice is made of; the kind itself, with its rules, is in endpoint-slice.ts.

import { ObjectReference } from '../core/reference.ts'
import { bool, int32, list, map, message, opt, req, string, type TypeOf } from '../schema.ts'

export const EndpointConditions = message(
  'discovery/v1.EndpointConditions',
  'Whether an endpoint is ready for traffic.',
  {
    ready: opt(bool).at(1, 'Whether it takes new connections; not while it is going away.'),
    serving: opt(bool).at(2, 'Whether it answers, even if it is going away.'),
    terminating: opt(bool).at(3, 'Whether it is going away.'),
  },
)
export type EndpointConditions = TypeOf<typeof EndpointConditions>

export const ForNode = message('discovery/v1.ForNode', 'A node that should use an endpoint.', {
  name: req(string).at(1, 'The name of the node.'),
})
export type ForNode = TypeOf<typeof ForNode>

export const ForZone = message('discovery/v1.ForZone', 'A zone that should use an endpoint.', {
  name: req(string).at(1, 'The name of the zone.'),
})
export type ForZone = TypeOf<typeof ForZone>

export const EndpointHints = message('discovery/v1.EndpointHints', 'For whom an endpoint is meant.', {
  forZones: list(ForZone).owned('atomic').at(1, 'The zones that should use the endpoint.'),
  forNodes: list(ForNode).owned('atomic').at(2, 'The nodes that should use the endpoint.'),
})
export type EndpointHints = TypeOf<typeof EndpointHints>

export const Endpoint = message(
  'discovery/v1.Endpoint',
  'One place, or several equal ones, that traffic can be sent to.',
  {
    addresses: req(list(string)).owned('set').at(1, 'The addresses of the endpoint; the first one is used.'),
    conditions: EndpointConditions.at(2, 'Whether it is ready for traffic.'),
    hostname: opt(string).at(3, 'The name under which DNS knows the endpoint.'),
    targetRef: opt(ObjectReference).at(4, 'The object behind the endpoint, usually a pod.'),
    deprecatedTopology: map(string).at(5, 'Where the endpoint is, in the form of older versions.'),
    nodeName: opt(string).at(6, 'The node that the endpoint is on.'),
    zone: opt(string).at(7, 'The zone that the endpoint is in.'),
    hints: opt(EndpointHints).at(8, 'For whom the endpoint is meant.'),
  },
)
export type Endpoint = TypeOf<typeof Endpoint>

export const EndpointPort = message('discovery/v1.EndpointPort', 'A port of all endpoints of a slice.', {
  name: opt(string).default('').at(1, 'The name of the port, as the service calls it; unique in the slice.'),
  protocol: opt(string.oneOf('SCTP', 'TCP', 'UDP'))
    .default('TCP')
    .at(2, 'TCP, UDP or SCTP; TCP unless given.'),
  port: opt(int32).at(3, 'The number of the port; absent means all ports.'),
  appProtocol: opt(string).at(4, 'The protocol spoken above the transport, as http or kubernetes.io/h2c.'),
}).atomic()
export type EndpointPort = TypeOf<typeof EndpointPort>
