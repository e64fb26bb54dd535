// Logging: one line of JSON each, or readable text on a terminal. Components get a Log that carries their name.
// Whoever makes the Log says where lines go; a line below the level costs nothing but the call.

import { type Logger, pino } from 'pino'
import type { Clock } from './clock.ts'

export interface Log {
  debug(text: string, fields?: object): void
  info(text: string, fields?: object): void
  warn(text: string, fields?: object): void
  error(text: string, fields?: object): void
  child(fields: object): Log
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Drops everything. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
}

/** One JSON object per line: `level`, `time` (RFC 3339), the fields, `msg`. Errors show their stack. */
export function jsonLog(write: (line: string) => void, clock: Clock, level: LogLevel = 'info'): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    { write },
  )
  return fromPino(logger)
}

function fromPino(logger: Logger): Log {
  return {
    debug: (text, fields) => logger.debug(fields ?? {}, text),
    info: (text, fields) => logger.info(fields ?? {}, text),
    warn: (text, fields) => logger.warn(fields ?? {}, text),
    error: (text, fields) => logger.error(fields ?? {}, text),
    child: (fields) => fromPino(logger.child(fields)),
  }
}

/** `10:15:02 warn  kubelet: Cannot mount volume pod=a/b`: for people. A field `component` stands before the text. */
export function terminalLog(
  write: (line: string) => void,
  clock: Clock,
  level: LogLevel = 'info',
  options: { readonly color?: boolean } = {},
): Log {
  const lowest = logLevels.indexOf(level)
  const make = (inherited: Readonly<Record<string, unknown>>): Log => {
    const at = (own: LogLevel) => (text: string, fields?: object) => {
      if (logLevels.indexOf(own) < lowest) return
      write(terminalLine(clock.now(), own, text, { ...inherited, ...fields }, options.color ?? false))
    }
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => make({ ...inherited, ...fields }),
    }
  }
  return make({})
}

const colorOf: Readonly<Record<LogLevel, number>> = { debug: 90, info: 36, warn: 33, error: 31 }

function terminalLine(
  nowMs: number,
  level: LogLevel,
  text: string,
  fields: Readonly<Record<string, unknown>>,
  color: boolean,
): string {
  const time = new Date(nowMs).toISOString().slice(11, 19)
  const { component, ...rest } = fields
  const shownLevel = color ? `\u001b[${colorOf[level]}m${level.padEnd(5)}\u001b[0m` : level.padEnd(5)
  const shownFields = Object.entries(rest).map(([name, value]) => ` ${name}=${fieldText(value)}`)
  return `${time} ${shownLevel} ${component ? `${component}: ` : ''}${text}${shownFields.join('')}\n`
}

function fieldText(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(errorText(value))
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return String(value)
}

/** The message of an error and of everything that caused it. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}: ${errorText(error.cause)}`
}
