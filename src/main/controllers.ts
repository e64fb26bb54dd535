// Puts the controllers together with what they need, in the server's process or alone.

import type { KindRegistry } from '#api/kind-registry.ts'
import type { Client } from '#client/client.ts'
import type { SharedInformers } from '#client/informers.ts'
import { createRecorder } from '#client/recorder.ts'
import { type RunningControllers, runControllers } from '#client/runner.ts'
import { csrSigning } from '#controllers/csr-signing.ts'
import { controllers } from '#controllers/index.ts'
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
  readonly clusterCidr: string
  /** What only the server's own process has: the authority's key, and the key that tokens are signed with. */
  readonly keys?: { readonly authority: KeyPair; readonly tokens: ServiceAccountTokens }
}

export function startControllers(options: ControllersOptions): RunningControllers {
  const { client, clock, random, log, signal, kinds, keys, clusterCidr } = options
  const events = (component: string) => createRecorder({ client, component, clock, random, log, signal })
  const all = [
    ...controllers({
      kinds,
      nodeIpam: { clusterCidr },
      caPem: keys?.authority.certPem,
      signToken: keys?.tokens.signForSecret,
    }),
    ...(keys ? [csrSigning(keys.authority)] : []),
  ]
  return runControllers(all, { ...options, events })
}
