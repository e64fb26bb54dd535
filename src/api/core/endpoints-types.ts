// The messages that a endpoints is made of; the kind itself, with its rules, is in endpoints.ts.

import { int32, list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { ObjectReference } from './reference.ts'

export const EndpointAddress = message('core/v1.EndpointAddress', 'An address that traffic can be sent to.', {
  ip: req(string).at(1, 'The address.'),
  hostname: string.at(3, 'The name under which DNS knows the endpoint.'),
  nodeName: opt(string).at(4, 'The node that the endpoint is on.'),
  targetRef: opt(ObjectReference).at(2, 'The object behind the address, usually a pod.'),
}).atomic()
export type EndpointAddress = TypeOf<typeof EndpointAddress>

export const EndpointPort = message('core/v1.EndpointPort', 'A port of the addresses beside it.', {
  name: string.at(1, 'The name of the port, as the service calls it; needed if there are several.'),
  port: req(int32).at(2, 'The number of the port.'),
  protocol: string.oneOf('SCTP', 'TCP', 'UDP').default('TCP').at(3, 'TCP, UDP or SCTP; TCP unless given.'),
  appProtocol: opt(string).at(4, 'The protocol spoken above the transport.'),
}).atomic()
export type EndpointPort = TypeOf<typeof EndpointPort>

export const EndpointSubset = message('core/v1.EndpointSubset', 'Addresses that have the same ports.', {
  addresses: list(EndpointAddress).owned('atomic').at(1, 'The addresses that are ready for traffic.'),
  notReadyAddresses: list(EndpointAddress).owned('atomic').at(2, 'The addresses that are not.'),
  ports: list(EndpointPort).owned('atomic').at(3, 'The ports of all these addresses.'),
})
export type EndpointSubset = TypeOf<typeof EndpointSubset>
