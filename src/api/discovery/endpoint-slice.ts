import { ageColumn, nameColumn, withMore } from '../columns.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { addressWarnings } from '../networking/address-warnings.ts'
import { list, req, string } from '../schema.ts'
import { Endpoint, EndpointPort } from './endpoint-slice-types.ts'
import { addressTypes, validateSlice } from './validate-endpoint-slice.ts'

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
  warnings: ({ addressType, endpoints = [] }) =>
    addressType === 'FQDN'
      ? ['spec.addressType: FQDN endpoints are deprecated']
      : endpoints.flatMap(({ addresses = [] }, i) =>
          addresses.flatMap((ip, a) => addressWarnings(ip, Path.of('endpoints').index(i).child('addresses').index(a))),
        ),
  doc: 'Some of the endpoints of a service.',
  fields: {
    addressType: req(string).at(4, 'What the addresses are: IPv4, IPv6 or FQDN. It never changes.'),
    endpoints: req(list(Endpoint)).owned('atomic').at(2, 'The endpoints; at most 1000.'),
    ports: req(list(EndpointPort)).owned('atomic').at(3, 'The ports that every endpoint of the slice has.'),
  },
})
export type EndpointSlice = ObjectOf<typeof EndpointSlice>
