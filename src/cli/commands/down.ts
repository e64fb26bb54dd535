// `pinnace down`: takes a cluster away without a trace, in whatever state it is.

import { LocalCluster } from '../cluster/cluster.ts'
import { removeContext } from '../cluster/kubeconfig-file.ts'
import { readState } from '../cluster/state.ts'
import { type CommandFile, examples, type Outside, progressOf } from '../command.ts'
import { defaultName, type LocalOptions, toolsFor } from './local.ts'

async function down(options: LocalOptions, outside: Outside): Promise<void> {
  const progress = progressOf(outside, options.output)
  const tools = toolsFor(options, outside)
  const state = readState(tools.paths)
  if (state) {
    const cluster = new LocalCluster(tools, state)
    await progress.step(`Taking down the cluster "${state.name}"`, () => cluster.remove())
    removeContext(state.kubeconfig, state.name)
  } else {
    progress.note(`There is no cluster "${options.name}" here.`)
  }
  if (options.output === 'json')
    outside.stdout(`${JSON.stringify({ name: options.name, removed: state !== undefined })}\n`)
}

export const downCommand: CommandFile = {
  register: (program, outside) =>
    program
      .command('down')
      .summary('take a cluster of this machine away')
      .description('End a cluster of this machine and remove every trace of it.')
      .option('--name <name>', 'of the cluster', defaultName)
      .option('--data-dir <dir>', 'where the cluster keeps what it has')
      .option('-o, --output <format>', 'json')
      .addHelpText(
        'after',
        examples(
          outside.isTty,
          ['Take down the default cluster', 'pinnace down'],
          ['Another one', 'pinnace down --name test'],
        ),
      )
      .action((options: LocalOptions) => down(options, outside)),
}
