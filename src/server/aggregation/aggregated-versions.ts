// What the server's requests ask about versions of groups that other servers answer for.

import type { BackendDocuments } from './documents.ts'
import type { Priority } from './priorities.ts'
import type { Remote } from './remote.ts'

export interface AggregatedVersions {
  readonly documents: BackendDocuments
  readonly remotes: Iterable<Remote>
  /** Goes up when somebody else answers for a version, or serves something else, or in another order. */
  readonly generation: number
  /** Undefined: this server answers itself. */
  remoteFor(group: string, version: string): Remote | undefined
  priorityOf(group: string, version: string): Priority
}
