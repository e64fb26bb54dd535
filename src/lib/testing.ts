// What tests and measurements of every area share that knows nothing of Kubernetes.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { realClock, settle } from './clock.ts'

/** A port of this machine that nobody listens on now; that it is so later nobody promises. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

/** Waits for what comes by sockets and threads, whose ways take turns of the event loop and no time that counts. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 10_000; i++) {
    if (holds()) return
    await settle()
    await realClock.sleep(0)
  }
  assert.fail(`${what} has not come`)
}
