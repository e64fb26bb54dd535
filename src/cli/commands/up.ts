// `pinnace up`: a cluster on this machine. What is there is kept, what is missing is started.

import { LocalCluster, planState } from '../cluster/cluster.ts'
import { beforeClusters } from '../cluster/host-network.ts'
import { addContext, contextName, kubeconfigPath } from '../cluster/kubeconfig-file.ts'
import { type CommandFile, checkCount, examples, type Outside, progressOf } from '../command.ts'
import { paint } from '../output/progress.ts'
import { defaultName, type LocalOptions, toolsFor } from './local.ts'

interface UpOptions extends LocalOptions {
  readonly nodes?: string
  readonly simulated?: boolean
  readonly serverFlag?: readonly string[]
}

const collect = (flag: string, all: readonly string[] = []): readonly string[] => [...all, flag]

async function up(options: UpOptions, outside: Outside): Promise<void> {
  const { env, home, stdout, isTty, clock } = outside
  const startedMs = clock.monotonic()
  const progress = progressOf(outside, options.output)
  const tools = toolsFor(options, outside)
  const { missing } = tools.machine
  const simulated = options.simulated === true || missing.length > 0
  if (!options.simulated && missing.length > 0) {
    const what = missing.map(({ what, fix }) => `${what} (${fix})`).join(', ')
    progress.note(`${paint(isTty, 'yellow', '!')} Nodes will be simulated: real ones need ${what}`)
  }
  const kubeconfig = kubeconfigPath(env, home)
  const state = await planState(tools.paths, {
    name: options.name,
    nodes: options.nodes === undefined ? undefined : checkCount(options.nodes, 1, 50),
    simulated,
    kubeconfig,
    before: simulated ? { forwarding: false, namespaces: false } : beforeClusters(),
    serverFlags: options.serverFlag,
  })
  const cluster = new LocalCluster(tools, state)
  await progress.step('Preparing', () => cluster.prepare())
  await progress.step('Starting the server', async () => {
    await cluster.startServer()
    return cluster.serverUrl
  })
  const kind = simulated ? 'simulated nodes' : 'nodes'
  await progress.step(`Starting ${state.nodes.length} ${kind}`, async () => {
    await Promise.all(state.nodes.map((node) => cluster.startNode(node)))
  })
  const client = cluster.client()
  try {
    await progress.step('Nodes are ready', (update) => cluster.waitForNodes(client, update))
  } finally {
    await client.close()
  }
  addContext(kubeconfig, state.name, tools.paths.adminKubeconfig)
  if (options.output === 'json') {
    const nodes = state.nodes.map((node) => ({ name: node.name, address: cluster.nodeAddress(node) }))
    const seconds = (clock.monotonic() - startedMs) / 1000
    stdout(
      `${JSON.stringify({ name: state.name, server: cluster.serverUrl, simulated, nodes, kubeconfig, context: contextName(state.name), seconds })}\n`,
    )
    return
  }
  const took = ((clock.monotonic() - startedMs) / 1000).toFixed(1)
  progress.note(`\nThe cluster "${state.name}" runs after ${took} s. kubectl's context is "${contextName(state.name)}" in ${kubeconfig}. Try:
  ${paint(isTty, 'bold', 'kubectl get nodes -o wide')}
  ${paint(isTty, 'bold', `pinnace down${state.name === defaultName ? '' : ` --name ${state.name}`}`)}`)
}

export const upCommand: CommandFile = {
  register: (program, outside) =>
    program
      .command('up')
      .summary('start a cluster on this machine')
      .description("Start a cluster on this machine, or what is missing of it, and make it kubectl's current context.")
      .option('--nodes <count>', 'how many nodes; 3 unless the cluster has been made with another number')
      .option('--name <name>', 'of the cluster', defaultName)
      .option('--data-dir <dir>', 'where the cluster keeps what it has')
      .option('--server-flag <flag>', 'passed on to the server, as in --server-flag=--log-level=debug', collect)
      .option('--simulated', 'nodes that run no containers: no root and no Linux needed')
      .option('-o, --output <format>', 'json')
      .addHelpText(
        'after',
        examples(
          outside.isTty,
          ['Three nodes', 'pinnace up'],
          ['A second cluster with one node', 'pinnace up --name test --nodes 1'],
          ['Without root, on any system', 'pinnace up --simulated'],
        ),
      )
      .action((options: UpOptions) => up(options, outside)),
}
