// `npm run conformance`: runs the behaviours against any Kubernetes API server and says of each how it went.

import { parseArgs } from 'node:util'
import { keepProcessAlive } from '#lib/clock.ts'
import { connectTo } from './cluster.ts'
import { loadBehaviours } from './load.ts'
import { runBehaviours } from './runner.ts'
import { tableOf } from './table.ts'

const usage = `Usage: npm run conformance -- --kubeconfig FILE [options]

  --kubeconfig FILE   the cluster, and who we are in it: an administrator
  --focus WORDS       only behaviours whose group and name have all of these words; may be given several times
  --parallel N        so many at a time (default: 8)
  --address HOST      of this machine, as the API server reaches it (default: 127.0.0.1)
  --image NAME        of a shell with the tools of busybox, for containers that really run (default: busybox:1.37)
  -o json             records instead of lines
  --table             prints the table of docs/conformance.md and runs nothing
`

const fail = (text: string): never => {
  process.stderr.write(`${text}\n`)
  process.exit(2)
}

function options() {
  try {
    return parseArgs({
      options: {
        kubeconfig: { type: 'string' },
        focus: { type: 'string', multiple: true, default: [] },
        parallel: { type: 'string', default: '8' },
        address: { type: 'string', default: '127.0.0.1' },
        image: { type: 'string', default: 'busybox:1.37' },
        output: { type: 'string', short: 'o', default: 'lines' },
        table: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}

const { kubeconfig, focus, parallel, address, image, output, table, help } = options()
if (help) {
  process.stdout.write(usage)
  process.exit(0)
}
if (table) {
  process.stdout.write(tableOf(await loadBehaviours()))
  process.exit(0)
}
if (!(Number(parallel) >= 1)) fail('--parallel takes a number of at least 1')
if (output !== 'lines' && output !== 'json') fail('-o takes json')
const file = kubeconfig ?? fail(usage)

const alive = keepProcessAlive()
const cluster = await connectTo(file, { address, image })
const behaviours = await loadBehaviours()
const words = focus.flatMap((text) => text.toLowerCase().split(/\s+/))
const chosen = behaviours.filter(({ group, name }) => {
  const text = `${group} ${name}`.toLowerCase()
  return words.every((word) => text.includes(word))
})
if (chosen.length === 0) fail(`No behaviour has the words ${words.join(' ')}`)

const sum = { ok: 0, failed: 0, skipped: 0 }
const records: object[] = []
const labels = { ok: 'ok     ', failed: 'FAILED ', skipped: 'skipped' }

await runBehaviours(chosen, cluster, {
  parallel: Number(parallel),
  onOutcome({ group, name, since }, { result, why, durationMs }) {
    sum[result]++
    records.push({ group, name, since, result, ...(why === '' ? {} : { why }), durationMs })
    if (output === 'json') return
    const ending = why === '' ? ` (${durationMs} ms)` : `: ${why}`
    process.stdout.write(`${labels[result]} ${group} ${name}${ending}\n`)
  },
})
if (output === 'json') process.stdout.write(`${JSON.stringify(records, null, 2)}\n`)
else process.stdout.write(`${chosen.length} behaviours: ${sum.ok} ok, ${sum.failed} failed, ${sum.skipped} skipped\n`)
alive.cancel()
process.exitCode = sum.failed > 0 ? 1 : 0
