// Waiting in tests for what nobody announces: the world outside the cluster, and what a user would look at again
// and again.

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Resolves with the first answer that does not throw; when that takes too long, throws what the last one threw. */
export async function eventually<T>(look: () => T | Promise<T>, timeoutMs = 30_000, everyMs = 200): Promise<T> {
  const untilMs = performance.now() + timeoutMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > untilMs) throw error
    }
    await sleep(everyMs)
  }
}
