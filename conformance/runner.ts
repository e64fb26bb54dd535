// Runs behaviours against a cluster: many at a time, then one by one those that disturb others.

import { realClock } from '#lib/clock.ts'
import type { Behaviour } from './behaviour.ts'
import type { Cluster } from './cluster.ts'
import { Skipped, withContext } from './context.ts'

export interface Outcome {
  readonly result: 'ok' | 'failed' | 'skipped'
  readonly why: string
  readonly durationMs: number
  readonly error?: unknown
}

const timeoutMs = 120_000

/** Why it cannot be shown on these nodes. */
export const missingFor = ({ needs = [] }: Behaviour, nodes: Cluster['nodes']): string | undefined =>
  needs.includes('pods') && nodes === 'simulated' ? 'it needs containers that really run' : undefined

/** `patienceMs` is how long it waits for what a controller does, where it is not to wait the usual time. */
export async function runBehaviour(behaviour: Behaviour, cluster: Cluster, patienceMs?: number): Promise<Outcome> {
  const missing = missingFor(behaviour, cluster.nodes)
  if (missing !== undefined) return { result: 'skipped', why: missing, durationMs: 0 }
  const clock = realClock
  const startedMs = clock.monotonic()
  const limitMs = behaviour.timeoutMs ?? timeoutMs
  const controller = new AbortController()
  const timer = clock.after(limitMs, () => controller.abort(new Error(`It has not ended within ${limitMs / 1000} s`)))
  const { signal } = controller
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  aborted.catch(() => {})
  const ended = (result: Outcome['result'], error?: unknown): Outcome => ({
    result,
    why: error === undefined ? '' : error instanceof Error ? error.message : String(error),
    durationMs: Math.round(clock.monotonic() - startedMs),
    ...(error === undefined ? {} : { error }),
  })
  try {
    await withContext(behaviour, cluster, { signal, patienceMs }, (t) => Promise.race([behaviour.run(t), aborted]))
    return ended('ok')
  } catch (error) {
    return ended(error instanceof Skipped ? 'skipped' : 'failed', error)
  } finally {
    timer.cancel()
  }
}

export interface RunOptions<B extends Behaviour> {
  readonly parallel: number
  readonly onOutcome: (behaviour: B, outcome: Outcome) => void
}

export async function runBehaviours<B extends Behaviour>(
  behaviours: readonly B[],
  cluster: Cluster,
  { parallel, onOutcome }: RunOptions<B>,
): Promise<void> {
  const work = async (queue: B[]): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) onOutcome(next, await runBehaviour(next, cluster))
  }
  const together = behaviours.filter(({ serial }) => !serial)
  await Promise.all(Array.from({ length: parallel }, () => work(together)))
  await work(behaviours.filter(({ serial }) => serial))
}
