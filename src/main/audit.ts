// The record of requests, from the flags: a policy file says what is recorded, a path where to.

import { readFileSync } from 'node:fs'
import { parseDuration } from '#api/duration.ts'
import { UsageError } from '#cli/command.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Audit } from '#server/audit/entry.ts'
import { type LogFile, openLogFile } from '#server/audit/log-file.ts'
import { openLogStream } from '#server/audit/log-stream.ts'
import { type AuditPolicy, parseAuditPolicy } from '#server/audit/policy.ts'
import { openAuditWebhook } from '#server/audit/webhook.ts'
import { jsonPoster } from '#server/authz/post-json.ts'
import type { Gauge } from '#server/metrics.ts'

export interface AuditOptions {
  readonly auditPolicyFile?: string
  readonly auditLogPath?: string
  /** Megabytes. */
  readonly auditLogMaxsize: string
  readonly auditLogMaxbackup: string
  /** Days. */
  readonly auditLogMaxage: string
  readonly auditWebhookConfigFile?: string
  readonly auditWebhookBatchMaxSize: string
  readonly auditWebhookBatchMaxWait: string
}

export interface OpenAudit {
  readonly audit: Audit
  readonly file: LogFile
}

function count(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`--${flag}: "${text}" is no whole number`)
}

function usable<T>(flag: string, what: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new UsageError(`--${flag}: "${what}" cannot be used: ${(error as Error).message}`)
  }
}

const policyIn = (path: string): AuditPolicy =>
  usable('audit-policy-file', path, () => parseAuditPolicy(readFileSync(path, 'utf8')))

interface AuditParts {
  readonly clock: Clock
  readonly log: Log
  readonly stdout: (text: string) => void
}

/** Undefined: nothing is recorded. */
export function openAudit(options: AuditOptions, { clock, log, stdout }: AuditParts): OpenAudit | undefined {
  const { auditPolicyFile, auditLogPath, auditWebhookConfigFile } = options
  const maxSizeBytes = count('audit-log-maxsize', options.auditLogMaxsize) * 1024 * 1024
  const maxBackups = count('audit-log-maxbackup', options.auditLogMaxbackup)
  const maxAgeMs = count('audit-log-maxage', options.auditLogMaxage) * 86_400_000
  const isKept = auditLogPath !== undefined || auditWebhookConfigFile !== undefined
  if (auditPolicyFile === undefined && !isKept) return undefined
  if (auditPolicyFile === undefined)
    throw new UsageError('--audit-log-path and --audit-webhook-config-file need --audit-policy-file')
  if (!isKept) throw new UsageError('--audit-policy-file needs --audit-log-path or --audit-webhook-config-file')
  const policy = policyIn(auditPolicyFile)
  const files: LogFile[] = []
  if (auditWebhookConfigFile !== undefined) files.push(webhookOf(auditWebhookConfigFile, options, { clock, log }))
  if (auditLogPath === '-') files.push(openLogStream(stdout))
  else if (auditLogPath !== undefined)
    files.push(openLogFile({ path: auditLogPath, maxSizeBytes, maxBackups, maxAgeMs, clock, log }))
  const file = together(files)
  return { audit: { policy, sink: file }, file }
}

/** All tries of one batch together. */
const postTimeoutMs = 30_000

function webhookOf(path: string, options: AuditOptions, { clock, log }: Omit<AuditParts, 'stdout'>): LogFile {
  const { auditWebhookBatchMaxWait: maxWait } = options
  const maxBatch = count('audit-webhook-batch-max-size', options.auditWebhookBatchMaxSize)
  if (maxBatch === 0) throw new UsageError('--audit-webhook-batch-max-size: at least one')
  const maxWaitMs = usable('audit-webhook-batch-max-wait', maxWait, () => parseDuration(maxWait))
  const { server: url, credentials } = usable('audit-webhook-config-file', path, () =>
    resolveContext(readFileSync(path, 'utf8'), (file) => readFileSync(file, 'utf8')),
  )
  const post = jsonPoster({ url, ...credentials }, { clock, timeoutMs: postTimeoutMs, expects: 'acknowledgement' })
  return openAuditWebhook({ post, maxBatch, maxWaitMs, clock, log })
}

/** A record is made once, and goes to all of them. */
function together(files: readonly LogFile[]): LogFile {
  const [only] = files
  if (only && files.length === 1) return only
  const sum = (of: (file: LogFile) => number): number => files.reduce((all, file) => all + of(file), 0)
  return {
    get written() {
      return sum((file) => file.written)
    },
    get dropped() {
      return sum((file) => file.dropped)
    },
    offer: (make) => {
      let made: object | undefined
      const once = (): object => {
        made ??= make()
        return made
      }
      return files.map((file) => file.offer(once)).every((taken) => taken)
    },
    close: async () => {
      await Promise.all(files.map((file) => file.close()))
    },
  }
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
