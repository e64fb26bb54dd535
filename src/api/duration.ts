// Go's notation of durations, `1h30m`, `1.5s`, `-10ms`: what metav1.Duration reads and writes.

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

export class DurationError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'DurationError'
  }
}

/** Milliseconds, with a fraction for what is finer. Throws a DurationError with Go's sentence. */
export function parseDuration(text: string): number {
  const wrong = () => new DurationError(`time: invalid duration ${JSON.stringify(text)}`)
  let rest = text
  const negative = rest.startsWith('-')
  if (negative || rest.startsWith('+')) rest = rest.slice(1)
  if (rest === '0') return 0
  if (rest === '') throw wrong()
  let totalNs = 0
  while (rest !== '') {
    const match = /^([0-9]+\.?[0-9]*|\.[0-9]+)([^0-9.]*)/.exec(rest)
    if (!match) throw wrong()
    const [whole, number = '', unit = ''] = match
    if (unit === '') throw new DurationError(`time: missing unit in duration ${JSON.stringify(text)}`)
    const factor = Object.hasOwn(unitNs, unit) ? unitNs[unit] : undefined
    if (factor === undefined) {
      throw new DurationError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`)
    }
    totalNs += Number(number) * factor
    rest = rest.slice(whole.length)
  }
  if (totalNs > 2 ** 63) throw wrong()
  return ((negative ? -1 : 1) * Math.trunc(totalNs)) / 1e6
}

/** As Go's Duration.String: `1h0m0s`, `1.5s`, `250ms`. */
export function formatDuration(ms: number): string {
  const ns = Math.round(Math.abs(ms) * 1e6)
  if (ns === 0) return '0s'
  const sign = ms < 0 ? '-' : ''
  if (ns < 1e3) return `${sign}${ns}ns`
  if (ns < 1e6) return `${sign}${decimal(ns, 1e3)}µs`
  if (ns < 1e9) return `${sign}${decimal(ns, 1e6)}ms`
  const hours = Math.floor(ns / 3600e9)
  const minutes = Math.floor((ns % 3600e9) / 60e9)
  const seconds = `${decimal(ns % 60e9, 1e9)}s`
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : sign + seconds
}

/** Exact where a floating-point quotient need not be. */
function decimal(ns: number, unit: number): string {
  const places = Math.log10(unit)
  const fraction = String(Math.round(ns % unit))
    .padStart(Math.round(places), '0')
    .replace(/0+$/, '')
  const whole = String(Math.floor(ns / unit))
  return fraction === '' ? whole : `${whole}.${fraction}`
}
