// The record of requests, from the flags: a policy file says what is recorded, a path where to.

import { readFileSync } from 'node:fs'
import { UsageError } from '#cli/command.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Audit } from '#server/audit/entry.ts'
import { type LogFile, openLogFile } from '#server/audit/log-file.ts'
import { openLogStream } from '#server/audit/log-stream.ts'
import { type AuditPolicy, parseAuditPolicy } from '#server/audit/policy.ts'
import type { Gauge } from '#server/metrics.ts'

export interface AuditOptions {
  readonly auditPolicyFile?: string
  readonly auditLogPath?: string
  /** Megabytes. */
  readonly auditLogMaxsize: string
  readonly auditLogMaxbackup: string
  /** Days. */
  readonly auditLogMaxage: string
}

export interface OpenAudit {
  readonly audit: Audit
  readonly file: LogFile
}

function count(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`--${flag}: "${text}" is no whole number`)
}

function policyIn(path: string): AuditPolicy {
  try {
    return parseAuditPolicy(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`--audit-policy-file: "${path}" cannot be used: ${(error as Error).message}`)
  }
}

interface AuditParts {
  readonly clock: Clock
  readonly log: Log
  readonly stdout: (text: string) => void
}

/** Undefined: nothing is recorded. */
export function openAudit(options: AuditOptions, { clock, log, stdout }: AuditParts): OpenAudit | undefined {
  const { auditPolicyFile, auditLogPath } = options
  const maxSizeBytes = count('audit-log-maxsize', options.auditLogMaxsize) * 1024 * 1024
  const maxBackups = count('audit-log-maxbackup', options.auditLogMaxbackup)
  const maxAgeMs = count('audit-log-maxage', options.auditLogMaxage) * 86_400_000
  if (auditPolicyFile === undefined && auditLogPath === undefined) return undefined
  if (auditPolicyFile === undefined) throw new UsageError('--audit-log-path needs --audit-policy-file')
  if (auditLogPath === undefined) throw new UsageError('--audit-policy-file needs --audit-log-path')
  const policy = policyIn(auditPolicyFile)
  const file =
    auditLogPath === '-'
      ? openLogStream(stdout)
      : openLogFile({ path: auditLogPath, maxSizeBytes, maxBackups, maxAgeMs, clock, log })
  return { audit: { policy, sink: file }, file }
}

/** How many requests have been recorded, and how many records nobody could write. */
export const auditEvents = (file: LogFile): Gauge => ({
  name: 'pinnace_audit_events',
  help: 'Records of requests by what became of them.',
  values: () => [
    { labels: { outcome: 'written' }, value: file.written },
    { labels: { outcome: 'dropped' }, value: file.dropped },
  ],
})
