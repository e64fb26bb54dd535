import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { qualifiedName } from '../names.ts'
import { int32, message, microTime, opt, string, type TypeOf } from '../schema.ts'

export const LeaseSpec = message('coordination/v1.LeaseSpec', 'DOC:coordination/v1.LeaseSpec', {
  holderIdentity: opt(string).at(1, 'DOC:coordination/v1.LeaseSpec.holderIdentity'),
  leaseDurationSeconds: opt(int32).at(2, 'DOC:coordination/v1.LeaseSpec.leaseDurationSeconds'),
  acquireTime: opt(microTime).at(3, 'DOC:coordination/v1.LeaseSpec.acquireTime'),
  renewTime: opt(microTime).at(4, 'DOC:coordination/v1.LeaseSpec.renewTime'),
  leaseTransitions: opt(int32).at(5, 'DOC:coordination/v1.LeaseSpec.leaseTransitions'),
  strategy: opt(string).at(6, 'DOC:coordination/v1.LeaseSpec.strategy'),
  preferredHolder: opt(string).at(7, 'DOC:coordination/v1.LeaseSpec.preferredHolder'),
})
export type LeaseSpec = TypeOf<typeof LeaseSpec>

export const Lease = kind({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  doc: 'DOC:coordination/v1.Lease',
  fields: {
    spec: LeaseSpec.at(2, 'DOC:coordination/v1.Lease.spec'),
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
