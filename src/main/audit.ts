// The record of requests, from the flags: a policy file says what is recorded, a path where to.

import { readFileSync } from 'node:fs'
import { parseDuration } from '#api/duration.ts'
import { UsageError } from '#cli/command.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Audit, AuditSink } from '#server/audit/entry.ts'
import { type LogFile, openLogFile } from '#server/audit/log-file.ts'
import { openLogStream } from '#server/audit/log-stream.ts'
import { type AuditMode, auditModes, isAuditMode, sinkOf, together } from '#server/audit/mode.ts'
import { type AuditPolicy, parseAuditPolicy } from '#server/audit/policy.ts'
import { openAuditWebhook } from '#server/audit/webhook.ts'
import { jsonPoster } from '#server/authz/post-json.ts'
import type { Family } from '#server/metric-families.ts'

export interface AuditOptions {
  readonly auditPolicyFile?: string
  readonly auditLogPath?: string
  readonly auditLogMode: string
  /** Megabytes. */
  readonly auditLogMaxsize: string
  readonly auditLogMaxbackup: string
  /** Days. */
  readonly auditLogMaxage: string
  readonly auditWebhookConfigFile?: string
  readonly auditWebhookMode: string
  readonly auditWebhookBatchMaxSize: string
  readonly auditWebhookBatchMaxWait: string
}

export interface OpenAudit {
  readonly audit: Audit
  /** Each place where records are kept. */
  readonly files: readonly LogFile[]
}

function count(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`--${flag}: "${text}" is no whole number`)
}

function modeOf(flag: string, text: string): AuditMode {
  if (isAuditMode(text)) return text
  throw new UsageError(`--${flag}: "${text}" is none of ${auditModes.join(', ')}`)
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
  const logMode = modeOf('audit-log-mode', options.auditLogMode)
  const webhookMode = modeOf('audit-webhook-mode', options.auditWebhookMode)
  const isKept = auditLogPath !== undefined || auditWebhookConfigFile !== undefined
  if (auditPolicyFile === undefined && !isKept) return undefined
  if (auditPolicyFile === undefined)
    throw new UsageError('--audit-log-path and --audit-webhook-config-file need --audit-policy-file')
  if (!isKept) throw new UsageError('--audit-policy-file needs --audit-log-path or --audit-webhook-config-file')
  const policy = policyIn(auditPolicyFile)
  const files: LogFile[] = []
  const sinks: AuditSink[] = []
  const add = (file: LogFile, mode: AuditMode): void => {
    files.push(file)
    sinks.push(sinkOf(file, mode))
  }
  if (auditWebhookConfigFile !== undefined) add(webhookOf(auditWebhookConfigFile, options, { clock, log }), webhookMode)
  if (auditLogPath === '-') add(openLogStream(stdout), logMode)
  else if (auditLogPath !== undefined)
    add(openLogFile({ path: auditLogPath, maxSizeBytes, maxBackups, maxAgeMs, clock, log }), logMode)
  return { audit: { policy, sink: together(sinks) }, files }
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

/** How many requests have been recorded, and how many records nobody could write. */
export const auditEvents = (files: readonly LogFile[]): Family => ({
  name: 'pinnace_audit_events',
  help: 'Records of requests by what became of them.',
  values: () => [
    { labels: { outcome: 'written' }, value: files.reduce((sum, file) => sum + file.written, 0) },
    { labels: { outcome: 'dropped' }, value: files.reduce((sum, file) => sum + file.dropped, 0) },
  ],
})
