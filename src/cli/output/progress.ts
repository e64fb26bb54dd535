// Progress of a command that takes a while: on a terminal one line per step that turns from working to done, with
// the time that it takes; elsewhere one plain line when a step is done. Quiet, nothing at all, for `-o json`.

import type { Clock, Timer } from '#lib/clock.ts'

export interface Terminal {
  /** Whether a line can be written anew. */
  readonly isTty: boolean
  readonly colour: boolean
  readonly write: (text: string) => void
}

export interface Progress {
  /** Runs `work` under this title; the answer of `work`, if a text, is shown behind it. */
  step<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>
  note(text: string): void
  /** A note that asks for attention. */
  warn(text: string): void
}

const codes = { green: 32, red: 31, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const

export type Colour = keyof typeof codes

export const paint = (isColoured: boolean, colour: Colour, text: string): string =>
  isColoured ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text

const clearLine = '\r\x1b[K'
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 80

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** The line of a step at work, drawn again and again until it is stopped. */
function spin({ colour, write }: Terminal, clock: Clock, title: string) {
  const startedMs = clock.monotonic()
  let detail = ''
  let timer: Timer
  const draw = (turn: number) => {
    const elapsedMs = clock.monotonic() - startedMs
    const text = [detail, elapsedMs >= 1000 ? seconds(elapsedMs) : ''].filter(Boolean).join('  ')
    const mark = paint(colour, 'cyan', frames[turn % frames.length]!)
    write(`${clearLine}${mark} ${title}${text && `  ${paint(colour, 'dim', text)}`}`)
    timer = clock.after(frameMs, () => draw(turn + 1))
  }
  draw(0)
  return {
    update: (text: string) => {
      detail = text
    },
    stop: () => {
      timer.cancel()
      write(clearLine)
    },
  }
}

export function terminalProgress(terminal: Terminal, clock: Clock): Progress {
  const { isTty, colour, write } = terminal
  return {
    async step(title, work) {
      const startedMs = clock.monotonic()
      const spinner = isTty ? spin(terminal, clock, title) : undefined
      const finish = (mark: string, detail = '') => {
        spinner?.stop()
        const took = seconds(clock.monotonic() - startedMs)
        write(`${mark} ${title}${detail && `  ${detail}`}  ${paint(colour, 'dim', took)}\n`)
      }
      try {
        const result = await work((detail) => spinner?.update(detail))
        finish(paint(colour, 'green', '✓'), typeof result === 'string' ? result : '')
        return result
      } catch (error) {
        finish(paint(colour, 'red', '✗'))
        throw error
      }
    },
    note: (text) => write(`${text}\n`),
    warn: (text) => write(`${paint(colour, 'yellow', '!')} ${text}\n`),
  }
}

export const quietProgress: Progress = {
  step: (_title, work) => work(() => undefined),
  note: () => undefined,
  warn: () => undefined,
}
