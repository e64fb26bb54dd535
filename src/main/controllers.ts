// Puts the controllers together with what they need, in the server's process or alone.
import type { KindRegistry } from '#api/kind-registry.ts'
import type { Client } from '#client/client.ts'
import type { SharedInformers } from '#client/informers.ts'
import { createRecorder } from '#client/recorder.ts'
import { type RunningControllers, runControllers } from '#client/runner.ts'
import { csrSigning } from '#controllers/csr-signing.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { KeyPair } from '#lib/pki.ts'
import type { Random } from '#lib/random.ts'
import type { ServiceAccountTokens } from '#server/authn/service-account.ts'

export interface ControllersOptions {
  readonly client: Client
  readonly informers: SharedInformers
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
  readonly kinds: KindRegistry
  /** The cluster's authority, where its key is at hand: then node certificates are signed here. */
  readonly authority?: KeyPair
  readonly tokens?: ServiceAccountTokens
  readonly clusterCidr: string
}

export function startControllers(options: ControllersOptions): RunningControllers {
  const { client, clock, random, log, signal } = options
  const controllers = options.authority ? [csrSigning(options.authority)] : []
  const events = (component: string) => createRecorder({ client, component, clock, random, log, signal })
  return runControllers(controllers, { ...options, events })
}
