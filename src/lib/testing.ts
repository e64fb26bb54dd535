// What tests and measurements of every area share that knows nothing of Kubernetes.

import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port of this machine that nobody listens on now; that it is so later nobody promises. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}
