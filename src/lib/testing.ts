// What tests and measurements of every area share that knows nothing of Kubernetes.

import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
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

export interface Followed {
  /** Its log has said so. */
  readonly ready: Promise<void>
  /** Rejects when it ends, with the last that it has said. */
  readonly ended: Promise<never>
}

/** A process of this program, by the log that it writes to its standard error. */
export function follow(child: ChildProcess, name: string): Followed {
  let said = ''
  const ended = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(new Error(`${name} cannot be started`, { cause })))
    child.once('exit', (code, signal) =>
      reject(new Error(`${name} ended with ${code ?? signal}; it said:\n${said.trim() || '(nothing)'}`)),
    )
  })
  const saysReady = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-10_000)
      if (said.includes('"Ready"')) resolve()
    })
  })
  const ready = Promise.race([saysReady, ended])
  // Nobody has to wait for both.
  for (const each of [ready, ended]) each.catch(() => {})
  return { ready, ended }
}
