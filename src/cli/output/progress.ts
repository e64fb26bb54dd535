// Progress of a command that takes a while: on a terminal one line per step that turns from working to done, with
// colour; elsewhere one plain line when a step is done. With `quiet` nothing at all, for `-o json`.

import type { Clock } from '#lib/clock.ts'

export interface Terminal {
  readonly isTty: boolean
  readonly write: (text: string) => void
}

export interface Progress {
  /** Runs `work` under this title; the answer of `work`, if a text, is shown behind it. */
  step<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>
  note(text: string): void
}

const codes = { green: 32, red: 31, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const

export type Colour = keyof typeof codes

export const paint = (isTty: boolean, colour: Colour, text: string): string =>
  isTty ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)}s`

export function terminalProgress({ isTty, write }: Terminal, clock: Clock): Progress {
  return {
    async step(title, work) {
      const startedMs = clock.monotonic()
      const show = (detail: string) =>
        isTty && write(`\r\x1b[K${paint(isTty, 'cyan', '•')} ${title} ${paint(isTty, 'dim', detail)}`)
      const finish = (mark: string, detail: string) => write(`${isTty ? '\r\x1b[K' : ''}${mark} ${title}${detail}\n`)
      show('')
      try {
        const result = await work(show)
        const detail = typeof result === 'string' ? `  ${result}` : ''
        finish(paint(isTty, 'green', '✓'), `${detail}  ${paint(isTty, 'dim', seconds(clock.monotonic() - startedMs))}`)
        return result
      } catch (error) {
        finish(paint(isTty, 'red', '✗'), '')
        throw error
      }
    },
    note: (text) => write(`${text}\n`),
  }
}

export const quietProgress: Progress = {
  step: (_title, work) => work(() => undefined),
  note: () => undefined,
}
