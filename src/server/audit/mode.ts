// Whether requests wait for their records (upstream: --audit-log-mode, --audit-webhook-mode).

import type { AuditSink } from './entry.ts'
import type { LogFile } from './log-file.ts'

/** `batch`: nobody waits. `blocking`: an answer waits for its records, kept or lost. `blocking-strict`: and a request
 *  whose first record is lost is refused. */
export const auditModes = ['batch', 'blocking', 'blocking-strict'] as const
export type AuditMode = (typeof auditModes)[number]

export const isAuditMode = (text: string): text is AuditMode => (auditModes as readonly string[]).includes(text)

export function sinkOf(file: LogFile, mode: AuditMode): AuditSink {
  switch (mode) {
    case 'batch':
      return {
        take: (make) => {
          file.offer(make)
          return true
        },
      }
    case 'blocking':
      return { take: (make) => file.keep(make).then(() => true) }
    case 'blocking-strict':
      return { take: (make) => file.keep(make) }
  }
}

/** A record is made once, and goes to all of them. */
export function together(sinks: readonly AuditSink[]): AuditSink {
  const [only] = sinks
  if (only && sinks.length === 1) return only
  return {
    take: (make) => {
      let made: object | undefined
      const once = (): object => {
        made ??= make()
        return made
      }
      const taken = sinks.map((sink) => sink.take(once))
      if (!taken.some((each) => each instanceof Promise)) return taken.every((each) => each)
      return Promise.all(taken).then((all) => all.every((each) => each))
    },
  }
}
