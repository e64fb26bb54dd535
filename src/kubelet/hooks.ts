// Lifecycle hooks: a command in the container, a request to it, or a pause. A hook that fails says so in
// upstream's words; what follows from it is the pod worker's part.

import type { Container } from '#api/core/container.ts'
import type { LifecycleHandler } from '#api/core/probe.ts'
import type { Clock } from '#lib/clock.ts'
import { errorText } from '#lib/log.ts'
import { hostPort, isAnswer, type Prober } from './prober.ts'
import { portNumber } from './probes.ts'
import type { Runtime } from './runtime/runtime.ts'

export interface HookContext {
  readonly runtime: Runtime
  readonly prober: Prober
  readonly clock: Clock
  readonly containerId: string
  readonly spec: Container
  readonly podIP: string
  readonly signal: AbortSignal
}

/** Without a grace of its own a hook may take as long as the pod lives; this bounds it all the same. */
const longestHookMs = 24 * 3600 * 1000

/** Throws with what went wrong. */
export async function runHook(
  handler: LifecycleHandler,
  context: HookContext,
  timeoutMs = longestHookMs,
): Promise<void> {
  const { runtime, clock, containerId, signal, podIP, spec } = context
  const { exec, httpGet, tcpSocket, sleep } = handler
  if (exec) {
    const command = exec.command ?? []
    const { exitCode, stdout, stderr } = await runtime.execSync(containerId, command, timeoutMs)
    if (exitCode === 0) return
    const output = Buffer.concat([stdout, stderr]).toString().slice(0, 1024)
    throw new Error(
      `Exec lifecycle hook (${JSON.stringify(command)}) for Container "${spec.name}" failed - error: command '${command.join(' ')}' exited with ${exitCode}: , message: ${JSON.stringify(output)}`,
    )
  }
  if (sleep) {
    await clock.sleep(Math.min(sleep.seconds * 1000, timeoutMs), signal)
    return
  }
  const action = httpGet ?? tcpSocket
  if (!action) return
  const port = portNumber(action.port, spec)
  if (port === undefined) throw new Error(`couldn't find port: "${action.port}"`)
  const host = action.host || podIP
  const target = httpGet
    ? ({
        type: 'httpGet',
        scheme: httpGet.scheme === 'HTTPS' ? 'https' : 'http',
        host,
        port,
        path: httpGet.path || '/',
        headers: httpGet.httpHeaders ?? [],
      } as const)
    : ({ type: 'tcpSocket', host, port } as const)
  const outcome = await context.prober.probe(target, { containerId, timeoutMs })
  // Whoever answers has been told, whatever they answer.
  if (outcome.result === 'success' || isAnswer(outcome)) return
  throw new Error(
    `Lifecycle hook to ${hostPort(host, port)} for Container "${spec.name}" failed - error: ${outcome.output}`,
  )
}

/** The hook's failure as text, or undefined. */
export const hookFailure = async (run: Promise<void>): Promise<string | undefined> => {
  try {
    await run
    return undefined
  } catch (error) {
    return errorText(error)
  }
}
