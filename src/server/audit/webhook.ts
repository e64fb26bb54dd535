// Records of requests that somebody else keeps: sent to a server in batches, as soon as one is full and at the latest some
// time after its first record. Records wait in a bounded queue; when that server does not keep up, the newest are dropped
// and counted, and nobody waits (upstream: the webhook backend in its mode `batch`).

import type { Clock, Timer } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { LogFile } from './log-file.ts'

export interface AuditWebhookOptions {
  /** Throws when the server has not taken it, whatever was tried. */
  readonly post: (body: object) => Promise<unknown>
  readonly maxBatch: number
  readonly maxWaitMs: number
  readonly clock: Clock
  readonly log: Log
}

const longestQueue = 10_000

export function openAuditWebhook({ post, maxBatch, maxWaitMs, clock, log }: AuditWebhookOptions): LogFile {
  let queue: (() => object)[] = []
  let sending: Promise<void> | undefined
  let timer: Timer | undefined
  let written = 0
  let dropped = 0
  let closed = false

  const send = async (batch: readonly (() => object)[]): Promise<void> => {
    try {
      const items = batch.map((make) => make())
      await post({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items })
      written += batch.length
    } catch (error) {
      dropped += batch.length
      log.error('Cannot send records of requests', { records: batch.length, error })
    }
  }
  const drain = async (least: number): Promise<void> => {
    while (queue.length >= least) {
      const batch = queue.slice(0, maxBatch)
      queue = queue.slice(maxBatch)
      await send(batch)
    }
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
      return dropped
    },
    get written() {
      return written
    },
    offer: (make) => {
      if (closed || queue.length >= longestQueue) {
        dropped++
        return false
      }
      queue.push(make)
      if (sending) return true
      if (queue.length >= maxBatch) flush()
      else waitForMore()
      return true
    },
    close: async () => {
      closed = true
      timer?.cancel()
      await sending
      timer?.cancel()
      await drain(1)
    },
  }
}
