import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { qualifiedName } from '../names.ts'
import { int32, message, microTime, opt, string, type TypeOf } from '../schema.ts'

export const LeaseSpec = message('coordination/v1.LeaseSpec', 'Who holds a lease and for how long.', {
  holderIdentity: opt(string).at(1, 'Who holds the lease; empty if nobody does.'),
  leaseDurationSeconds: opt(int32).at(2, 'How many seconds after the last renewal others may take the lease.'),
  acquireTime: opt(microTime).at(3, 'When the present holder got the lease.'),
  renewTime: opt(microTime).at(4, 'When the holder last renewed the lease.'),
  leaseTransitions: opt(int32).at(5, 'How often the lease went from one holder to another.'),
  strategy: opt(string).at(6, 'How a leader is chosen where the choice is coordinated.'),
  preferredHolder: opt(string).at(7, 'Who should hold the lease instead; the present holder is to let go of it.'),
})
export type LeaseSpec = TypeOf<typeof LeaseSpec>

export const Lease = kind({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  doc: 'A claim that its holder renews from time to time: for electing a leader, and as a sign of life.',
  fields: {
    spec: LeaseSpec.at(2, 'Who holds the lease and for how long.'),
  },
  generation: false,
  columns: [
    nameColumn,
    { name: 'Holder', description: 'Who holds the lease.', value: ({ spec }) => spec.holderIdentity ?? '' },
    ageColumn,
  ],
  validate: ({ spec }, errors) => {
    const { leaseDurationSeconds: seconds, leaseTransitions: transitions, strategy, preferredHolder } = spec
    if (seconds !== undefined && seconds <= 0) {
      errors.invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')
    }
    if (transitions !== undefined && transitions < 0) {
      errors.invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')
    }
    if (strategy?.includes('/')) errors.invalidEach('spec.strategy.strategy', strategy, qualifiedName(strategy))
    else if (strategy !== undefined && strategy !== 'OldestEmulationVersion') {
      errors.notSupported('spec.strategy.strategy', strategy, ['OldestEmulationVersion'])
    }
    if (preferredHolder && !strategy) {
      errors.forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined')
    }
  },
  createOnUpdate: true,
  unconditionalUpdate: false,
})
export type Lease = ObjectOf<typeof Lease>
