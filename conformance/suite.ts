// The behaviours as tests on a cluster of our own. What is marked as failing has to fail, so that the marks, and with
// them the table of docs/conformance.md, stay true.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Cluster } from './cluster.ts'
import type { Loaded } from './load.ts'
import { runBehaviour } from './runner.ts'

export const timeout = 300_000
const parallel = 8
/** Real containers take their time on a machine that has other things to do. */
const realPatienceMs = 90_000

/** For what is going to fail: waiting longer would not help it. */
const shortPatienceMs = 2000

/** `cluster` is asked for when the first test starts. */
export function describeBehaviours(behaviours: readonly Loaded[], cluster: () => Cluster): void {
  const check = (behaviour: Loaded) =>
    test(behaviour.name, { timeout }, async (context) => {
      const usualMs = cluster().nodes === 'real' ? realPatienceMs : undefined
      const patienceMs = behaviour.fails === undefined ? usualMs : shortPatienceMs
      const { result, why, error } = await runBehaviour(behaviour, cluster(), patienceMs)
      if (result === 'skipped') return context.skip(why)
      if (behaviour.fails !== undefined)
        return assert.equal(result, 'failed', `It passes: take \`fails\` out of conformance/${behaviour.path}`)
      if (result === 'failed') throw error
    })

  describe('together', { concurrency: parallel, timeout }, () => {
    for (const behaviour of behaviours) if (!behaviour.serial) check(behaviour)
  })
  describe('one by one', { concurrency: 1, timeout }, () => {
    for (const behaviour of behaviours) if (behaviour.serial) check(behaviour)
  })
}
