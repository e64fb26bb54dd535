import { bool, int64, list, message, opt, string, type TypeOf } from '../schema.ts'

export const Preconditions = message(
  'meta/v1.Preconditions',
  'What must be true of an object for an operation to be carried out.',
  {
    uid: opt(string).at(1, 'The UID that the object must have.'),
    resourceVersion: opt(string).at(2, 'The version that the object must have.'),
  },
)
export type Preconditions = TypeOf<typeof Preconditions>

export const DeleteOptions = message('meta/v1.DeleteOptions', 'How an object is to be deleted.', {
  gracePeriodSeconds: opt(int64).at(
    1,
    'How many seconds the object has to end; 0 means at once. The kind has a default.',
  ),
  preconditions: opt(Preconditions).at(2, 'What must be true of the object for it to be deleted.'),
  orphanDependents: opt(bool).at(3, 'Whether dependents stay; superseded by propagationPolicy.'),
  propagationPolicy: opt(string).at(
    4,
    'What becomes of dependents: Orphan keeps them, Background deletes them afterwards, Foreground before.',
  ),
  dryRun: list(string).owned('atomic').at(5, 'All does everything but the deletion itself.'),
  ignoreStoreReadErrorWithClusterBreakingPotential: opt(bool).at(
    6,
    'Deletes an object even if it cannot be read from the store; meant for repairs.',
  ),
})
export type DeleteOptions = TypeOf<typeof DeleteOptions>
