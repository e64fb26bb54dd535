// A cluster for each tour of a client that others have written: started before its tests, taken down after them.
// Nodes are simulated unless containers have to run; then they are real, and so is what they need of the machine.

import { existsSync } from 'node:fs'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findProgram } from '#cli/cluster/machine.ts'
import { run } from '#lib/exec.ts'
import { keepLogs, remove, TestCluster, whyNot } from '../node/cluster.ts'

/** Where a program is, also if it is one of those that only administrators have on their path. */
export const programAt = (name: string): string | undefined =>
  findProgram(name, `${process.env.PATH ?? ''}:/usr/sbin:/sbin`)

const installs = '`npm run test:clients` as root on Debian installs it'

/** What a tour is skipped with when one of these programs is not there. */
export function missing(...programs: readonly string[]): string | false {
  const absent = programs.find((program) => !programAt(program))
  return absent !== undefined && `${absent} not found${absent === 'kubectl' || absent === 'npm' ? '' : `: ${installs}`}`
}

/** Debian's own Python, for which its packages are. */
export const python = '/usr/bin/python3'

export async function missingPython(module: string): Promise<string | false> {
  if (!existsSync(python)) return `${python} not found`
  const { code } = await run(python, ['-c', `import ${module}`])
  return code !== 0 && `${python} has no module "${module}": ${installs}`
}

/** Whether containers can run here. */
export const isReal = whyNot() === undefined

/** For the tests of the surrounding describe(). `containers` asks for real nodes, if there can be any. */
export function clusterFor(topic: string, { containers = false, nodes = 2 } = {}): TestCluster {
  const cluster = new TestCluster(`${topic}${process.pid}`)
  const real = containers && isReal
  before(async () => {
    await cluster.pinnace('up', '--nodes', String(real ? 1 : nodes), ...(real ? [] : ['--simulated']))
    if (real) {
      const tools = fileURLToPath(new URL('../node/tools', import.meta.url))
      await cluster.pinnace('image', 'build', tools, '--tag', 'tools:v1')
    }
  })
  after(async () => {
    keepLogs(cluster)
    await cluster.down()
    remove(cluster)
  })
  return cluster
}
