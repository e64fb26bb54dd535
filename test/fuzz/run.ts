// Fuzzing for as long as one likes: every law in turn, with fresh seeds, until the time is over. What fails is printed
// with the seed that shows it again, and the other laws go on.
//   npm run fuzz                         ten minutes
//   npm run fuzz -- --minutes 60 --law patch
//   npm run fuzz -- --law "..." --seed 1 --path 0:3
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { areas } from './areas.ts'
import { failureOf, type Law } from './law.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    law: { type: 'string', default: '' },
    seed: { type: 'string' },
    path: { type: 'string' },
  },
})

/** A single input that takes this much of the processor is a hang to whoever waits behind it. */
const slowMs = 3000
const sliceMs = 5000

let failures = 0
let runs = 0
const broken = new Set<string>()
const end = Date.now() + Number(values.minutes) * 60_000

async function once(law: Law, seed: number, path: string | undefined): Promise<void> {
  const slow: unknown[] = []
  const { property } = law
  const inner = property.run.bind(property)
  let started = process.cpuUsage()
  const timed: typeof property = Object.create(property, {
    run: {
      value: (given: unknown, ...rest: []) => {
        started = process.cpuUsage()
        const noteSlow = <T>(result: T): T => {
          const { user, system } = process.cpuUsage(started)
          if ((user + system) / 1000 > slowMs) slow.push(given)
          return result
        }
        const result = inner(given, ...rest)
        return result instanceof Promise ? result.then(noteSlow) : noteSlow(result)
      },
    },
  })
  const details = await fc.check(timed, {
    seed,
    ...(path === undefined ? {} : { path }),
    numRuns: path === undefined ? 1_000_000 : 1,
    interruptAfterTimeLimit: Math.min(sliceMs, Math.max(1, end - Date.now())),
    markInterruptAsFailure: false,
  })
  runs += details.numRuns
  if (details.failed) {
    failures++
    broken.add(law.name)
    console.log(`FAILED ${law.name}\n${failureOf(law, details)}\n`)
  }
  for (const given of slow) {
    failures++
    console.log(`SLOW ${law.name} (seed ${seed}): ${fc.stringify(given).slice(0, 3000)}\n`)
  }
}

let seed = values.seed === undefined ? Date.now() & 0x7fffffff : Number(values.seed)
console.log(`Seeds from ${seed} on`)
const made = await Promise.all(areas.map((make) => make()))
const laws = made.flatMap(({ laws }) => laws).filter(({ name }) => name.includes(values.law))
while (laws.length > 0 && Date.now() < end) {
  for (const law of laws) {
    if (Date.now() >= end) break
    await once(law, seed++, values.path)
  }
  if (values.path !== undefined || values.seed !== undefined) break
}
for (const each of made) await each.stop()
console.log(`${runs} runs of ${laws.length} laws, ${failures} failures in ${broken.size} laws`)
process.exitCode = failures === 0 ? 0 : 1
