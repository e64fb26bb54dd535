// For tests and measurements of what speaks to the server: the real one, over a store in memory, that takes whatever
// it is asked.

import { KindRegistry } from '#api/kind-registry.ts'
import { kinds } from '#api/kinds.ts'
import type { Clock } from '#lib/clock.ts'
import { type Log, silentLog } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import { MemoryStore } from '#store/memory.ts'
import { createServer, type Server } from './app.ts'
import type { UserInfo } from './request.ts'

export interface OpenServerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log?: Log
  /** Who asks, whatever the request says. */
  readonly user: UserInfo
}

export interface OpenServer {
  readonly server: Server
  stop(): void
}

export function openServer({ clock, random, log = silentLog, user }: OpenServerOptions): OpenServer {
  const store = new MemoryStore(clock)
  const server = createServer({
    store,
    kinds: new KindRegistry(kinds),
    clock,
    random,
    log,
    authenticate: async () => user,
    authorize: () => ({ allowed: true, reason: '' }),
    admission: [],
  })
  return {
    server,
    stop() {
      server.stop()
      store.close()
    },
  }
}
