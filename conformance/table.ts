// The table of docs/conformance.md: what the list has, what of it has a test here, and what our own server passes.
// It is counted from the files; that the marks in them are true is shown by conformance.test.ts.

import type { Behaviour } from './behaviour.ts'
import { groups, list } from './list.ts'

type Counts = readonly [listed: number, tested: number, passing: number, failing: number, realNodes: number]

const countsOf = (listed: number, behaviours: readonly Behaviour[]): Counts => {
  const onReal = behaviours.filter(({ needs }) => needs?.includes('pods'))
  const simulated = behaviours.filter((each) => !onReal.includes(each))
  const failing = simulated.filter(({ fails }) => fails !== undefined).length
  return [listed, behaviours.length, simulated.length - failing, failing, onReal.length]
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |\n`

export function tableOf(behaviours: readonly Behaviour[]): string {
  const rows = groups.map((group) => {
    const listed = list.filter((each) => each.group === group).length
    const own = behaviours.filter((each) => each.group === group)
    return row([group, ...countsOf(listed, own)])
  })
  const all = countsOf(list.length, behaviours).map((count) => `**${count}**`)
  return [
    row(['group', 'in the list', 'with a test', 'pass', 'fail', 'only on real nodes']),
    row(['---', '---:', '---:', '---:', '---:', '---:']),
    ...rows,
    row(['**all**', ...all]),
  ].join('')
}
