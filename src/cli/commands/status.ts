// `pinnace status`: whether a cluster of this machine runs, and how its nodes are.

import { Node } from '#api/core/node.ts'
import type { CommandFile, Outside } from '../command.ts'
import { examples } from '../command.ts'
import { table } from '../output/table.ts'
import { defaultName, existingCluster, type LocalOptions } from './local.ts'

interface NodeReport {
  readonly name: string
  readonly address: string
  readonly agent: 'running' | 'stopped'
  readonly ready: 'True' | 'False' | 'Unknown'
}

async function readiness(cluster: ReturnType<typeof existingCluster>): Promise<Map<string, NodeReport['ready']>> {
  const client = cluster.client()
  try {
    const { items } = await client.list(Node)
    return new Map(
      items.map((node) => {
        const status = node.status.conditions?.find((c) => c.type === 'Ready')?.status
        return [node.metadata.name ?? '', status === 'True' || status === 'False' ? status : 'Unknown']
      }),
    )
  } finally {
    await client.close()
  }
}

async function status(options: LocalOptions, outside: Outside): Promise<void> {
  const cluster = existingCluster(options, outside)
  const { state } = cluster
  const running = cluster.processes()
  const ready = running.server
    ? await readiness(cluster).catch(() => new Map<string, NodeReport['ready']>())
    : new Map()
  const nodes = state.nodes.map(
    (node): NodeReport => ({
      name: node.name,
      address: cluster.nodeAddress(node),
      agent: running.nodes[node.name] ? 'running' : 'stopped',
      ready: ready.get(node.name) ?? 'Unknown',
    }),
  )
  const isWell = running.server && nodes.every((node) => node.ready === 'True')
  if (options.output === 'json') {
    const server = { url: cluster.serverUrl, state: running.server ? 'running' : 'stopped' }
    outside.stdout(
      `${JSON.stringify({ name: state.name, simulated: state.simulated, server, nodes, ready: isWell })}\n`,
    )
  } else {
    outside.stdout(
      `Cluster "${state.name}": the server ${running.server ? `answers at ${cluster.serverUrl}` : 'does not run'}\n\n`,
    )
    outside.stdout(
      table(
        ['NODE', 'ADDRESS', 'AGENT', 'READY'],
        nodes.map((n) => [n.name, n.address, n.agent, n.ready]),
      ),
    )
  }
  if (!isWell) process.exitCode = 1
}

export const statusCommand: CommandFile = {
  register: (program, outside) =>
    program
      .command('status')
      .summary('show a cluster of this machine')
      .description('Show whether a cluster of this machine runs. Exits with 1 when it is not all well.')
      .option('--name <name>', 'of the cluster', defaultName)
      .option('--data-dir <dir>', 'where the cluster keeps what it has')
      .option('-o, --output <format>', 'json')
      .addHelpText(
        'after',
        examples(outside.isTty, ['The default cluster', 'pinnace status'], ['For a script', 'pinnace status -o json']),
      )
      .action((options: LocalOptions) => status(options, outside)),
}
