// `pinnace up`: a cluster on this machine. What is there is kept, what is missing is started.

import { findFree, LocalCluster, strangersOf } from '../cluster/cluster.ts'
import { addContext, contextName, kubeconfigPath } from '../cluster/kubeconfig-file.ts'
import { withLock } from '../cluster/lock.ts'
import type { Missing } from '../cluster/machine.ts'
import { planState } from '../cluster/plan.ts'
import { heartbeats, waitForNodes } from '../cluster/ready.ts'
import type { ClusterState, NodeState } from '../cluster/state.ts'
import { type CommandFile, checkCount, examples, type Outside, progressOf, UsageError } from '../command.ts'
import { type Progress, paint } from '../output/progress.ts'
import { checkOwner, commandLine, type LocalOptions, localFlags, type Place, placeOf } from './local.ts'

interface UpOptions extends LocalOptions {
  readonly nodes?: string
  readonly simulated?: boolean
  readonly serverFlag?: readonly string[]
}

const collect = (flag: string, all: readonly string[] = []): readonly string[] => [...all, flag]

const listed = (missing: readonly Missing[]): string => missing.map(({ what, fix }) => `${what} (${fix})`).join(', ')

/** Nodes stay what they were made as; new ones are real where they can be, unless asked otherwise. */
function areSimulated(place: Place, options: UpOptions, outside: Outside, progress: Progress): boolean {
  const { state, name } = place
  const { missing } = place.tools.machine
  if (state?.simulated) return true
  if (state) {
    if (options.simulated)
      throw new UsageError(
        `The cluster "${name}" has real nodes. For simulated ones take it down first: ${commandLine('down', place, outside)}`,
      )
    if (missing.length > 0) throw new UsageError(`The cluster "${name}" has real nodes; they need ${listed(missing)}`)
    return false
  }
  if (options.simulated) return true
  if (missing.length > 0) progress.warn(`Nodes will be simulated; real ones need ${listed(missing)}`)
  return missing.length > 0
}

async function stateFor(place: Place, options: UpOptions, simulated: boolean, kubeconfig: string) {
  const { name, state } = place
  const strangers = state || simulated ? [] : strangersOf(name)
  if (strangers.length > 0)
    throw new UsageError(
      `Another cluster "${name}" runs already, kept in another folder (processes ${strangers.slice(0, 5).join(', ')}${strangers.length > 5 ? ', ...' : ''}). Take another --name, or its --data-dir`,
    )
  const nodes = options.nodes === undefined ? undefined : checkCount(options.nodes, 1, 50)
  const wanted = { name, nodes, simulated, kubeconfig, serverFlags: options.serverFlag }
  return planState(state, wanted, state ? undefined : await findFree(simulated, place.tools.run))
}

/** Starts what does not run yet and waits until all nodes are ready; whether there was anything to start. */
async function start(cluster: LocalCluster, place: Place, progress: Progress): Promise<boolean> {
  const { clock, paths } = place.tools
  const { nodes, simulated } = cluster.state
  const names = nodes.map(({ name }) => name)
  await progress.step('Preparing the machine', () => cluster.prepare())
  let isNewServer = false
  await progress.step('Starting the server', async () => {
    isNewServer = await cluster.startServer(place.state === undefined)
    return cluster.serverUrl
  })
  const client = cluster.client()
  try {
    const before = await heartbeats(client)
    const started = new Set<string>()
    await progress.step(
      `Starting ${nodes.length} ${simulated ? 'simulated ' : ''}${nodes.length === 1 ? 'node' : 'nodes'}`,
      async (update) => {
        const startOne = async (node: NodeState) => {
          if (await cluster.startNode(node)) started.add(node.name)
        }
        await Promise.all(nodes.map(startOne))
        update('waiting for their reports')
      },
    )
    await progress.step('Waiting until all are ready', async (update) => {
      const late = await waitForNodes({ client, clock, names, started, before, update })
      if (late.length === 0) return `${names.length} of ${names.length}`
      const logs = late.map((name) => paths.node(name).log('agent')).join(', ')
      throw new Error(`Not ready in time: ${late.join(', ')} (see ${logs})`)
    })
    return isNewServer || started.size > 0
  } finally {
    await client.close()
  }
}

function addToKubeconfig(state: ClusterState, place: Place, outside: Outside): void {
  try {
    addContext(state.kubeconfig, state.name, place.tools.paths.adminKubeconfig)
  } catch (error) {
    throw new UsageError(
      `The cluster runs, but "${state.kubeconfig}" cannot be changed: ${error instanceof Error ? error.message : error}. Use: KUBECONFIG=$(${commandLine('kubeconfig', place, outside)} --path)`,
    )
  }
}

async function up(options: UpOptions, outside: Outside): Promise<void> {
  const { env, home, cwd, stdout, clock, colour } = outside
  const startedMs = clock.monotonic()
  const progress = progressOf(outside, options.output)
  const first = placeOf(options, outside)
  checkOwner(first, outside)
  const simulated = areSimulated(first, options, outside, progress)
  const kubeconfig = kubeconfigPath(env, home, cwd)
  const { cluster, isNew } = await withLock(first.tools.paths, async () => {
    // Read again: the command that held the lock may have made it.
    const place = placeOf(options, outside)
    const state = await stateFor(place, options, simulated, kubeconfig)
    const cluster = new LocalCluster(place.tools, state)
    const isNew = await start(cluster, place, progress)
    addToKubeconfig(cluster.state, place, outside)
    return { cluster, isNew }
  })
  const { state } = cluster
  const seconds = (clock.monotonic() - startedMs) / 1000
  const context = contextName(state.name)
  if (options.output === 'json') {
    const nodes = state.nodes.map((node) => ({ name: node.name, address: cluster.nodeAddress(node) }))
    const server = cluster.serverUrl
    stdout(`${JSON.stringify({ name: state.name, server, simulated, nodes, kubeconfig, context, seconds })}\n`)
    return
  }
  if (options.nodes !== undefined && state.nodes.length > Number(options.nodes))
    progress.warn(`The cluster keeps its ${state.nodes.length} nodes: up only adds nodes`)
  const place = { ...first, name: state.name }
  const next = [
    ['kubectl get nodes -o wide', 'its nodes'],
    [commandLine('status', place, outside), 'how it is'],
    [commandLine('down', place, outside), 'takes it away without a trace'],
  ] as const
  const width = Math.max(...next.map(([command]) => command.length))
  const lines = next.map(([command, why]) => `  ${paint(colour.stderr, 'bold', command.padEnd(width))}   ${why}`)
  const what = isNew ? `runs after ${seconds.toFixed(1)} s` : 'runs already'
  progress.note(
    `\nThe cluster "${state.name}" ${what}. kubectl's context is "${context}", in ${kubeconfig}\n\n${lines.join('\n')}`,
  )
}

export const upCommand: CommandFile = {
  register: (program, outside) =>
    localFlags(
      program
        .command('up')
        .summary('start a cluster on this machine')
        .description(
          "Start a cluster on this machine, or what is missing of it, and make it kubectl's current context.",
        )
        .option('--nodes <count>', 'how many nodes, at least: 3 in a new cluster, and no fewer than there are')
        .option('--simulated', 'nodes that run no containers: they need no root and no Linux')
        .option('--server-flag <flag>', 'passed on to the server, as in --server-flag=--log-level=debug', collect),
    )
      .addHelpText(
        'after',
        examples(
          ['Three nodes', 'pinnace up'],
          ['A second cluster with one node', 'pinnace up --name test --nodes 1'],
          ['Without root, on any system', 'pinnace up --simulated'],
        ),
      )
      .action((options: UpOptions) => up(options, outside)),
}
