// A little of every law of test/fuzz, the same on each run; `npm run fuzz` runs them for long, with other seeds.

import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { areas } from './fuzz/areas.ts'
import { failureOf } from './fuzz/law.ts'

const seed = 20

describe(`whatever comes in (seed ${seed})`, async () => {
  const made = await Promise.all(areas.map((make) => make()))
  after(async () => {
    for (const each of made) await each.stop()
  })
  for (const { laws } of made) {
    for (const law of laws) {
      test(law.name, async () => {
        const details = await fc.check(law.property, { seed, numRuns: law.runs })
        if (details.failed) throw new Error(failureOf(law, details))
      })
    }
  }
})
