// Records of requests that somebody else keeps: sent to a server in batches, as soon as one is full and at the latest some
// time after its first record (upstream: the webhook backend in its mode `batch`). What somebody waits for is sent at once,
// with everything that came while others were on their way.

import type { Clock, Timer } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { LogFile } from './log-file.ts'
import { type MakeRecord, RecordQueue } from './record-queue.ts'

export interface AuditWebhookOptions {
  /** Throws when the server has not taken it, whatever was tried. */
  readonly post: (body: object) => Promise<unknown>
  readonly maxBatch: number
  readonly maxWaitMs: number
  readonly clock: Clock
  readonly log: Log
}

export function openAuditWebhook({ post, maxBatch, maxWaitMs, clock, log }: AuditWebhookOptions): LogFile {
  const queue = new RecordQueue()
  let sending: Promise<void> | undefined
  let timer: Timer | undefined

  const send = (items: readonly object[]) =>
    post({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items })
  /** Somebody waits for what is in the queue. */
  let isUrgent = false
  const drain = async (least: number): Promise<void> => {
    while (queue.length >= (isUrgent ? 1 : least))
      await queue.pass(maxBatch, send, (error) => log.error('Cannot send records of requests', { error }))
    isUrgent = false
    sending = undefined
    if (queue.length > 0) waitForMore()
  }
  /** Everything that waits now, and beyond that full batches only. */
  const flush = (): void => {
    timer?.cancel()
    timer = undefined
    sending ??= Promise.resolve().then(() => drain(Math.min(maxBatch, Math.max(1, queue.length))))
  }
  const waitForMore = (): void => {
    timer ??= clock.after(maxWaitMs, flush)
  }
  return {
    get dropped() {
      return queue.dropped
    },
    get written() {
      return queue.written
    },
    offer: (make) => {
      if (!queue.offer(make)) return false
      if (sending) return true
      if (queue.length >= maxBatch) flush()
      else waitForMore()
      return true
    },
    keep: (make: MakeRecord) =>
      new Promise((resolve) => {
        if (!queue.offer(make, resolve)) return
        isUrgent = true
        flush()
      }),
    close: async () => {
      queue.close()
      timer?.cancel()
      await sending
      timer?.cancel()
      await drain(1)
    },
  }
}
