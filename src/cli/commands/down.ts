// `pinnace down`: takes a cluster away without a trace, in whatever state it is.

import { LocalCluster } from '../cluster/cluster.ts'
import { removeContext } from '../cluster/kubeconfig-file.ts'
import { withLock } from '../cluster/lock.ts'
import { type CommandFile, examples, type Outside, progressOf } from '../command.ts'
import { checkOwner, type LocalOptions, localFlags, placeOf } from './local.ts'

async function down(options: LocalOptions, outside: Outside): Promise<void> {
  const progress = progressOf(outside, options.output)
  const place = placeOf(options, outside)
  const { state, tools, name } = place
  if (state) {
    checkOwner(place, outside)
    const cluster = new LocalCluster(tools, state)
    await progress.step(`Taking down the cluster "${name}"`, () => withLock(tools.paths, () => cluster.remove()))
    removeContext(state.kubeconfig, state.name)
  } else {
    progress.note(`There is no cluster "${name}" here.`)
  }
  if (options.output === 'json') outside.stdout(`${JSON.stringify({ name, removed: state !== undefined })}\n`)
}

export const downCommand: CommandFile = {
  register: (program, outside) =>
    localFlags(
      program
        .command('down')
        .summary('take a cluster of this machine away')
        .description('End a cluster of this machine and remove every trace of it, its containers and data included.'),
    )
      .addHelpText(
        'after',
        examples(['Take down the default cluster', 'pinnace down'], ['Another one', 'pinnace down --name test']),
      )
      .action((options: LocalOptions) => down(options, outside)),
}
