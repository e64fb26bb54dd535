import { bool, int64, list, message, opt, string, type TypeOf } from '../schema.ts'

export const Preconditions = message('meta/v1.Preconditions', 'DOC:meta/v1.Preconditions', {
  uid: opt(string).at(1, 'DOC:meta/v1.Preconditions.uid'),
  resourceVersion: opt(string).at(2, 'DOC:meta/v1.Preconditions.resourceVersion'),
})
export type Preconditions = TypeOf<typeof Preconditions>

export const DeleteOptions = message('meta/v1.DeleteOptions', 'DOC:meta/v1.DeleteOptions', {
  gracePeriodSeconds: opt(int64).at(1, 'DOC:meta/v1.DeleteOptions.gracePeriodSeconds'),
  preconditions: opt(Preconditions).at(2, 'DOC:meta/v1.DeleteOptions.preconditions'),
  orphanDependents: opt(bool).at(3, 'DOC:meta/v1.DeleteOptions.orphanDependents'),
  propagationPolicy: opt(string).at(4, 'DOC:meta/v1.DeleteOptions.propagationPolicy'),
  dryRun: list(string).owned('atomic').at(5, 'DOC:meta/v1.DeleteOptions.dryRun'),
  ignoreStoreReadErrorWithClusterBreakingPotential: opt(bool).at(
    6,
    'DOC:meta/v1.DeleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential',
  ),
})
export type DeleteOptions = TypeOf<typeof DeleteOptions>
