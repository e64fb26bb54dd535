// What the long-running roles share: their log, when they stop, and how a signal ends them in order.

import { flushCompileCache } from 'node:module'
import type { Outside } from '#cli/command.ts'
import { UsageError } from '#cli/command.ts'
import { keepProcessAlive } from '#lib/clock.ts'
import { giveBackIdleMemory } from '#lib/idle-memory.ts'
import type { LogLevel } from '#lib/log.ts'
import { jsonLog, type Log, logLevels, terminalLog } from '#lib/log.ts'
import { Stop } from '#lib/stop.ts'

export interface RoleOptions {
  readonly logLevel: string
}

export interface Role {
  readonly log: Log
  readonly stop: Stop
  /** When it fails, what has been started by then is stopped again: the process ends, and says why. */
  starting<T>(start: () => Promise<T>): Promise<T>
  /** Resolves when the role has been told to stop and all its parts have ended. */
  run(): Promise<void>
}

/** Every part has this long to end. */
const stopWithinMs = 10_000

export function startRole(name: string, options: RoleOptions, outside: Outside): Role {
  const level = options.logLevel as LogLevel
  if (!logLevels.includes(level))
    throw new UsageError(`"${options.logLevel}" is no log level; levels are ${logLevels.join(', ')}`)
  const { clock, stderr, isTty, colour } = outside
  const log = (
    isTty ? terminalLog(stderr, clock, level, { color: colour.stderr }) : jsonLog(stderr, clock, level)
  ).child({
    component: name,
  })
  const stop = new Stop(clock)
  const idleMemory = giveBackIdleMemory(clock)
  stop.onStop('idle memory', () => idleMemory.stop())
  return {
    log,
    stop,
    async starting(start) {
      try {
        return await start()
      } catch (error) {
        await stop.stop(stopWithinMs)
        throw error
      }
    },
    async run() {
      const alive = keepProcessAlive()
      // What this start has compiled helps the next one, also if this process is killed one day.
      flushCompileCache()
      const signal = await new Promise<string>((resolve) => {
        process.once('SIGTERM', () => resolve('SIGTERM'))
        process.once('SIGINT', () => resolve('SIGINT'))
        stop.signal.addEventListener('abort', () => resolve('stop'), { once: true })
      })
      log.info('Stopping', { signal })
      for (const failure of await stop.stop(stopWithinMs)) log.warn('A part did not stop', { ...failure })
      alive.cancel()
    },
  }
}
