// Puts the controllers together with what they need, in the server's process or alone.

import { parseDuration } from '#api/duration.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import { UsageError } from '#cli/command.ts'
import type { Client } from '#client/client.ts'
import type { SharedInformers } from '#client/informers.ts'
import { createRecorder } from '#client/recorder.ts'
import { type RunningControllers, runControllers } from '#client/runner.ts'
import { csrSigning, type Reserved } from '#controllers/csr-signing.ts'
import { controllers } from '#controllers/index.ts'
import type { KindsElsewhere } from '#controllers/stored-kinds.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { KeyPair } from '#lib/pki.ts'
import type { Random } from '#lib/random.ts'
import type { ServiceAccountTokens } from '#server/authn/service-account.ts'

export interface ControllersOptions {
  readonly client: Client
  /** The client that acts as a service account of kube-system; without it all controllers act as `client` does. */
  readonly clientOf?: (account: string) => Client
  readonly informers: SharedInformers
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
  readonly kinds: KindRegistry
  /** What other servers answer for: known to the server's own process. */
  readonly elsewhere?: KindsElsewhere
  readonly clusterCidr: string
  /** As upstream's flag of this name, in Go's notation. */
  readonly nodeMonitorGracePeriod: string
  /** What only the server's own process has: the authority's key, and the key that tokens are signed with. */
  readonly keys?: {
    readonly authority: KeyPair
    readonly tokens: ServiceAccountTokens
    readonly reserved: Reserved
  }
}

function graceOf(text: string): number {
  let ms = 0
  try {
    ms = parseDuration(text)
  } catch {
    // Said below, together with what is no time at all.
  }
  if (ms > 0) return ms
  throw new UsageError(`"${text}" is no time to wait for a node; 40s or 1m30s is`)
}

export function startControllers(options: ControllersOptions): RunningControllers {
  const { clock, random, log, signal, kinds, keys, clusterCidr } = options
  const graceMs = graceOf(options.nodeMonitorGracePeriod)
  const events = (component: string, client: Client) =>
    createRecorder({ client, component, clock, random, log, signal })
  const all = [
    ...controllers({
      kinds,
      elsewhere: options.elsewhere,
      nodeIpam: { clusterCidr },
      nodeLifecycle: { graceMs, startupGraceMs: Math.max(graceMs, 60_000) },
      caPem: keys?.authority.certPem,
      signToken: keys?.tokens.signForSecret,
    }),
    ...(keys ? [csrSigning(keys.authority, keys.reserved)] : []),
  ]
  return runControllers(all, { ...options, events })
}
