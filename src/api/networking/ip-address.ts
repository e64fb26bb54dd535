import { ageColumn, nameColumn, none } from '../columns.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { dns1123Subdomain, pathSegment } from '../names.ts'
import { message, opt, string, type TypeOf } from '../schema.ts'
import { strictAddress } from './validate-address.ts'

export const ParentReference = message('networking/v1.ParentReference', 'The object that an address belongs to.', {
  group: string.at(1, 'The API group of the object.'),
  resource: string.at(2, 'The plural name of its kind, as services.'),
  namespace: string.at(3, 'The namespace of the object.'),
  name: string.at(4, 'The name of the object.'),
})
export type ParentReference = TypeOf<typeof ParentReference>

export const IPAddressSpec = message('networking/v1.IPAddressSpec', 'Whose address it is.', {
  parentRef: opt(ParentReference).at(1, 'The object that it belongs to. It never changes.'),
})
export type IPAddressSpec = TypeOf<typeof IPAddressSpec>

const path = Path.of('spec').child('parentRef')

function validateParent(parent: ParentReference | undefined, errors: FieldErrors): void {
  if (!parent) {
    errors.required(path)
    return
  }
  if (parent.group) errors.invalidEach(path.child('group'), parent.group, dns1123Subdomain(parent.group))
  for (const field of ['resource', 'name', 'namespace'] as const) {
    const value = parent[field]
    if (value) errors.invalidEach(path.child(field), value, pathSegment(value))
    else if (field !== 'namespace') errors.required(path.child(field))
  }
}

export const IPAddress = kind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  scope: 'Cluster',
  doc: 'An address of a service that is in use; its name is the address.',
  fields: {
    spec: IPAddressSpec.at(2, 'Whose it is.'),
  },
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'ParentRef',
      description: 'The object that it belongs to.',
      value: ({ spec: { parentRef } }) => {
        if (!parentRef) return none
        const { group, resource = '', namespace, name = '' } = parentRef
        return [group ? `${resource}.${group}` : resource, ...(namespace ? [namespace] : []), name].join('/')
      },
    },
    ageColumn,
  ],
  nameRule: strictAddress,
  validateCreate: ({ spec }, errors) => validateParent(spec.parentRef, errors),
  validateUpdate: ({ spec: next }, { spec: old }, errors) => {
    if (!sameValue(next.parentRef, old.parentRef)) errors.invalid(path, next.parentRef, 'field is immutable')
  },
})
export type IPAddress = ObjectOf<typeof IPAddress>
