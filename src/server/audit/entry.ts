// What the server is given to record requests with, and what it keeps of each until it is recorded.

import type { UserInfo } from '../request.ts'
import type { AuditPolicy, Verdict } from './policy.ts'

export interface AuditSink {
  /** A promise is to be waited for. False: the record is lost, and what it records must not happen unrecorded. */
  take(make: () => object): boolean | Promise<boolean>
}

export interface Audit {
  readonly policy: AuditPolicy
  readonly sink: AuditSink
}

/** What is known of a request that is recorded; filled on its way. */
export interface AuditEntry {
  readonly verdict: Verdict
  readonly user: UserInfo
  readonly receivedMs: number
  readonly annotations: Record<string, string>
  impersonatedUser: UserInfo | undefined
}
