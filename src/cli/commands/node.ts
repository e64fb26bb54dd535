// `pinnace node`: one node of a cluster of this machine, ended as a power cut would end it, and started again.

import type { LocalCluster } from '../cluster/cluster.ts'
import type { NodeState } from '../cluster/state.ts'
import { type CommandFile, examples, type Outside, progressOf, UsageError } from '../command.ts'
import { defaultName, existingCluster, type LocalOptions } from './local.ts'

function nodeOf(cluster: LocalCluster, name: string): NodeState {
  const found = cluster.state.nodes.find((node) => node.name === name)
  if (found) return found
  const names = cluster.state.nodes.map((node) => node.name).join(', ')
  throw new UsageError(`The cluster "${cluster.state.name}" has no node "${name}"; it has ${names}`)
}

async function stop(name: string, options: LocalOptions, outside: Outside): Promise<void> {
  const cluster = existingCluster(options, outside)
  const node = nodeOf(cluster, name)
  await progressOf(outside, options.output).step(`Stopping ${name}`, () => cluster.killNode(node))
}

async function start(name: string, options: LocalOptions, outside: Outside): Promise<void> {
  const cluster = existingCluster(options, outside)
  const node = nodeOf(cluster, name)
  await progressOf(outside, options.output).step(`Starting ${name}`, () => cluster.startNode(node))
}

export const nodeCommand: CommandFile = {
  register: (program, outside) => {
    const node = program
      .command('node')
      .summary('stop and start single nodes')
      .description('Single nodes of a cluster of this machine.')
    const add = (use: string, description: string) =>
      node
        .command(use)
        .description(description)
        .option('--name <name>', 'of the cluster', defaultName)
        .option('--data-dir <dir>', 'where the cluster keeps what it has')
        .option('-o, --output <format>', 'json')
    add('stop <node>', 'End a node and all its containers at once, as a power cut would. Its disk stays.')
      .addHelpText('after', examples(outside.isTty, ['See pods move away', 'pinnace node stop pinnace-2']))
      .action((name: string, options: LocalOptions) => stop(name, options, outside))
    add('start <node>', 'Start a node that has been stopped.')
      .addHelpText('after', examples(outside.isTty, ['Bring it back', 'pinnace node start pinnace-2']))
      .action((name: string, options: LocalOptions) => start(name, options, outside))
  },
}
