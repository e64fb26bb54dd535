// `pinnace status`: whether a cluster of this machine runs, and how its nodes are.

import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import type { LocalCluster } from '../cluster/cluster.ts'
import { contextName } from '../cluster/kubeconfig-file.ts'
import { type CommandFile, examples, failed, type Outside } from '../command.ts'
import { paint } from '../output/progress.ts'
import { type Cell, table } from '../output/table.ts'
import { commandLine, existingCluster, type LocalOptions, localFlags } from './local.ts'

interface Seen {
  readonly ready: 'True' | 'False' | 'Unknown'
  readonly pods: number | undefined
}

interface NodeReport extends Seen {
  readonly name: string
  readonly address: string
  readonly agent: 'running' | 'stopped'
}

const unseen: Seen = { ready: 'Unknown', pods: undefined }

/** What the API says of the nodes. */
async function look(cluster: LocalCluster): Promise<ReadonlyMap<string, Seen>> {
  const client = cluster.client()
  try {
    const [nodes, pods] = await Promise.all([client.list(Node), client.list(Pod)])
    return new Map(
      nodes.items.map(({ metadata: { name = '' }, status }) => {
        const ready = status?.conditions?.find((c) => c.type === 'Ready')?.status
        const own = pods.items.filter((pod) => pod.spec?.nodeName === name)
        return [name, { ready: ready === 'True' || ready === 'False' ? ready : 'Unknown', pods: own.length }]
      }),
    )
  } finally {
    await client.close()
  }
}

const state = (isRunning: boolean): Cell =>
  isRunning ? { text: 'running', colour: 'green' } : { text: 'stopped', colour: 'red' }

const readyCell = (ready: Seen['ready']): Cell => ({
  text: ready,
  colour: ready === 'True' ? 'green' : ready === 'False' ? 'red' : 'yellow',
})

async function status(options: LocalOptions, outside: Outside): Promise<void> {
  const { stdout, stderr, colour } = outside
  const { cluster, place } = existingCluster(options, outside)
  const { name, simulated } = cluster.state
  const running = cluster.processes()
  let why: string | undefined
  const seen = running.server
    ? await look(cluster).catch((error: Error) => {
        why = error.message
        return new Map<string, Seen>()
      })
    : new Map<string, Seen>()
  const nodes = cluster.state.nodes.map(
    (node): NodeReport => ({
      name: node.name,
      address: cluster.nodeAddress(node),
      agent: running.nodes[node.name] ? 'running' : 'stopped',
      ...(seen.get(node.name) ?? unseen),
    }),
  )
  const isComplete = running.server && nodes.every((node) => node.agent === 'running')
  const isWell = isComplete && nodes.every((node) => node.ready === 'True')
  if (!isWell) process.exitCode = failed
  if (options.output === 'json') {
    const server = { url: cluster.serverUrl, state: running.server ? 'running' : 'stopped' }
    stdout(`${JSON.stringify({ name, simulated, server, nodes, ready: isWell })}\n`)
    return
  }
  const bold = (text: string) => paint(colour.stdout, 'bold', text)
  stdout(`${bold(name)}  ${simulated ? 'simulated nodes' : 'real nodes'}, kubectl's context "${contextName(name)}"\n\n`)
  const server: Cell[] = ['server', cluster.serverUrl, state(running.server), '', '']
  const rows = nodes.map((n): Cell[] => [
    n.name,
    n.address,
    state(n.agent === 'running'),
    n.pods === undefined ? '-' : String(n.pods),
    readyCell(n.ready),
  ])
  stdout(table(['PART', 'ADDRESS', 'PROCESS', 'PODS', 'READY'], [server, ...rows], colour.stdout))
  if (why) stderr(`\nThe server does not answer: ${why}\n`)
  else if (!isComplete) stderr(`\nStart what is stopped with: ${commandLine('up', place, outside)}\n`)
}

export const statusCommand: CommandFile = {
  register: (program, outside) =>
    localFlags(
      program
        .command('status')
        .summary('show a cluster of this machine')
        .description('Show whether a cluster of this machine runs. Exits with 1 unless all of it does.'),
    )
      .addHelpText(
        'after',
        examples(['The default cluster', 'pinnace status'], ['For a script', 'pinnace status -o json']),
      )
      .action((options: LocalOptions) => status(options, outside)),
}
