// `pinnace node`: one node of a cluster of this machine, ended as a power cut would end it, and started again.

import type { LocalCluster } from '../cluster/cluster.ts'
import { withLock } from '../cluster/lock.ts'
import { heartbeats, waitForNodes } from '../cluster/ready.ts'
import type { NodeState } from '../cluster/state.ts'
import { type CommandFile, examples, type Outside, progressOf, UsageError } from '../command.ts'
import { checkOwner, commandLine, existingCluster, type LocalOptions, localFlags, type Place } from './local.ts'

function nodeOf(cluster: LocalCluster, name: string): NodeState {
  const found = cluster.state.nodes.find((node) => node.name === name)
  if (found) return found
  const names = cluster.state.nodes.map((node) => node.name).join(', ')
  throw new UsageError(`The cluster "${cluster.state.name}" has no node "${name}"; it has ${names}`)
}

type Work = (found: { cluster: LocalCluster; place: Place; node: NodeState }) => Promise<void>

async function change(name: string, options: LocalOptions, outside: Outside, work: Work): Promise<void> {
  const { cluster, place } = existingCluster(options, outside)
  checkOwner(place, outside)
  const node = nodeOf(cluster, name)
  await withLock(place.tools.paths, () => work({ cluster, place, node }))
  if (options.output !== 'json') return
  const running = cluster.processes().nodes[name] === true
  outside.stdout(`${JSON.stringify({ name, agent: running ? 'running' : 'stopped' })}\n`)
}

const stop = (name: string, options: LocalOptions, outside: Outside): Promise<void> =>
  change(name, options, outside, ({ cluster, node }) =>
    progressOf(outside, options.output).step(`Stopping ${name}`, () => cluster.killNode(node)),
  )

const start = (name: string, options: LocalOptions, outside: Outside): Promise<void> =>
  change(name, options, outside, async ({ cluster, place, node }) => {
    if (!cluster.processes().server)
      throw new UsageError(`The server does not run. Start everything with: ${commandLine('up', place, outside)}`)
    const client = cluster.client()
    try {
      await progressOf(outside, options.output).step(`Starting ${name}`, async (update) => {
        const before = await heartbeats(client)
        const started = new Set((await cluster.startNode(node)) ? [name] : [])
        const { clock, paths } = place.tools
        const late = await waitForNodes({ client, clock, names: [name], started, before, update })
        if (late.length > 0) throw new Error(`${name} is not ready in time (see ${paths.node(name).log('agent')})`)
      })
    } finally {
      await client.close()
    }
  })

export const nodeCommand: CommandFile = {
  register: (program, outside) => {
    const node = program
      .command('node')
      .summary('stop and start single nodes')
      .description('Single nodes of a cluster of this machine.')
    localFlags(
      node
        .command('stop <node>')
        .summary('end a node at once')
        .description('End a node and all its containers at once, as a power cut would. Its disk stays.'),
    )
      .addHelpText('after', examples(['See pods move away', 'pinnace node stop pinnace-2']))
      .action((name: string, options: LocalOptions) => stop(name, options, outside))
    localFlags(
      node
        .command('start <node>')
        .summary('start a stopped node')
        .description('Start a node that has been stopped, and wait until it is ready.'),
    )
      .addHelpText('after', examples(['Bring it back', 'pinnace node start pinnace-2']))
      .action((name: string, options: LocalOptions) => start(name, options, outside))
  },
}
