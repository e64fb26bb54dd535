// Runs the benches that are named, or all, and puts what they measure beside the goals. `--json` prints the same
// for a program. It never fails because something is slow: a busy machine is no fault of the program's. It fails
// where a bench does not come to its end, as when a server does not start.

import { keepProcessAlive } from '#lib/clock.ts'
import type { Figure } from './figure.ts'
import { type Goal, goals, isReached } from './goals.ts'
import { benches } from './index.ts'

const args = process.argv.slice(2)
const isJson = args.includes('--json')
const names = args.filter((arg) => !arg.startsWith('-'))
const known = benches.map(({ name }) => name)
const unknown = [
  ...names.filter((name) => !known.includes(name)),
  ...args.filter((arg) => arg.startsWith('-') && arg !== '--json'),
]
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; benches are:`)
  for (const { name, summary } of benches) console.error(`  ${name.padEnd(12)}${summary}`)
  process.exit(2)
}

const say = (text: string): void => {
  if (!isJson) console.log(text)
}

const rounded = (value: number): string => {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3
  return value.toFixed(digits)
}

const goalText = ({ atMost, atLeast }: Goal, unit: string): string =>
  atMost !== undefined ? `<= ${atMost} ${unit}` : atLeast !== undefined ? `>= ${atLeast} ${unit}` : ''

const widths = [74, 12, 14, 15]

/** Figures stand flush right, so that they can be compared. */
const line = ([name = '', value = '', ...others]: readonly string[]): string =>
  [
    name.padEnd(widths[0]!),
    value.padStart(widths[1]!),
    '  ',
    ...others.map((cell, i) => cell.padEnd(widths[i + 2] ?? 0)),
  ]
    .join('')
    .trimEnd()

const measured: (Figure & { readonly bench: string; readonly goal: Goal | undefined; readonly ok: boolean | null })[] =
  []
const skipped: { readonly bench: string; readonly why: string }[] = []
const failed: { readonly bench: string; readonly why: string }[] = []

const alive = keepProcessAlive()
for (const { name: bench, summary, missing, run } of benches) {
  if (names.length > 0 && !names.includes(bench)) continue
  const why = missing?.()
  if (why !== undefined) {
    skipped.push({ bench, why })
    say(`\n${bench}: skipped, ${why}`)
    continue
  }
  say(`\n${bench}: ${summary}`)
  say(line(['', 'measured', 'goal', 'Kubernetes', 'reached']))
  let variant: string | undefined
  const report = (figure: Figure) => {
    const goal = goals[figure.name]
    const ok = (goal && isReached(goal, figure.value)) ?? null
    measured.push({ ...figure, bench, goal, ok })
    if (figure.variant !== variant) say(`[${figure.variant}]`)
    variant = figure.variant
    say(
      line([
        figure.name,
        `${rounded(figure.value)} ${figure.unit}`,
        goal ? goalText(goal, figure.unit) : '',
        goal?.peer ?? '',
        ok === null ? '' : ok ? 'yes' : 'NO',
      ]),
    )
  }
  // The others are still worth measuring.
  try {
    await run(report)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    failed.push({ bench, why })
    process.exitCode = 1
    console.error(`\n${bench}: failed: ${why}`)
  }
}
alive.cancel()
if (isJson) console.log(JSON.stringify({ measured, skipped, failed }, undefined, 2))
