// One line of a container's log as the CRI lays it down: `<time> <stream> <F|P> <text>`, where P marks a part of
// a line that was too long and goes on in the next. Pure; works on bytes, since a log need not be UTF-8.

export interface LogRecord {
  readonly timeMs: number
  /** As it stands there, in nanoseconds. */
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  readonly partial: boolean
  /** Without the line's end. */
  readonly text: Uint8Array
}

export const formatLogLine = (nowMs: number, stream: 'stdout' | 'stderr', text: string): Uint8Array =>
  Buffer.from(`${new Date(nowMs).toISOString().replace('Z', '000000Z')} ${stream} F ${text}\n`)

const blank = 0x20

/** Undefined where the line is not in this form. */
export function parseLogLine(line: Uint8Array): LogRecord | undefined {
  const afterTime = line.indexOf(blank)
  const afterStream = line.indexOf(blank, afterTime + 1)
  if (afterTime < 0 || afterStream < 0) return undefined
  const endOfTag = line.indexOf(blank, afterStream + 1)
  const afterTag = endOfTag < 0 ? line.length : endOfTag
  const time = Buffer.from(line.subarray(0, afterTime)).toString('latin1')
  const stream = Buffer.from(line.subarray(afterTime + 1, afterStream)).toString('latin1')
  const tag = Buffer.from(line.subarray(afterStream + 1, afterTag)).toString('latin1')
  const timeMs = Date.parse(time)
  if (Number.isNaN(timeMs) || (stream !== 'stdout' && stream !== 'stderr')) return undefined
  return { timeMs, time, stream, partial: tag.split(':')[0] === 'P', text: line.subarray(afterTag + 1) }
}
