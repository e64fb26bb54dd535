import { ageColumn, nameColumn } from '../columns.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { Condition } from '../meta/condition.ts'
import { list, message, string, type TypeOf } from '../schema.ts'
import { parseRange } from './address.ts'
import { strictRange } from './validate-address.ts'

export const ServiceCIDRSpec = message(
  'networking/v1.ServiceCIDRSpec',
  'From which ranges services get their addresses.',
  {
    cidrs: list(string).owned('atomic').at(1, 'The ranges, at most one of each IP family.'),
  },
)
export type ServiceCIDRSpec = TypeOf<typeof ServiceCIDRSpec>

export const ServiceCIDRStatus = message('networking/v1.ServiceCIDRStatus', 'Whether a range is in use.', {
  conditions: list(Condition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(1, 'The latest findings, one of each type.'),
})
export type ServiceCIDRStatus = TypeOf<typeof ServiceCIDRStatus>

const path = Path.of('spec').child('cidrs')

function validateRanges(spec: ServiceCIDRSpec, errors: FieldErrors): void {
  const { cidrs = [] } = spec
  if (cidrs.length === 0) {
    errors.required(path, 'at least one CIDR required')
    return
  }
  if (cidrs.length > 2) {
    errors.invalid(path, spec, 'may only hold up to 2 values')
    return
  }
  cidrs.forEach((one, i) => {
    errors.invalidEach(path.index(i), one, strictRange(one))
  })
  const [first, second] = cidrs.map((one) => parseRange(one)?.version)
  if (cidrs.length < 2 || first === undefined || first !== second) return
  const one = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
  errors.invalid(path, cidrs, one)
}

/** A second family may come later; nothing else changes. */
function validateKept(next: ServiceCIDRSpec, old: ServiceCIDRSpec, errors: FieldErrors): void {
  const [now, before] = [next.cidrs ?? [], old.cidrs ?? []]
  const grows = before.length === 1 && now.length === 2
  if (now.length !== before.length && !grows) {
    errors.invalid(path, now, 'field is immutable')
    return
  }
  before.forEach((one, i) => {
    if (one !== now[i]) errors.invalid(path.index(i), now[i], 'field is immutable')
  })
  if (grows) validateRanges(next, errors)
}

export const ServiceCIDR = kind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  scope: 'Cluster',
  doc: 'A range from which services get their addresses.',
  fields: {
    spec: ServiceCIDRSpec.at(2, 'The range.'),
    status: ServiceCIDRStatus.at(3, 'Whether it is in use.'),
  },
  status: true,
  generation: false,
  columns: [
    nameColumn,
    { name: 'CIDRs', description: 'The ranges.', value: ({ spec }) => (spec.cidrs ?? []).join(',') },
    ageColumn,
  ],
  validateCreate: ({ spec }, errors) => validateRanges(spec, errors),
  validateUpdate: ({ spec: next }, { spec: old }, errors) => validateKept(next, old, errors),
})
export type ServiceCIDR = ObjectOf<typeof ServiceCIDR>
