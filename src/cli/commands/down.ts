// `pinnace down`: takes a cluster away without a trace, in whatever state it is.

import { rmdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { LocalCluster } from '../cluster/cluster.ts'
import { removeContext } from '../cluster/kubeconfig-file.ts'
import { withLock } from '../cluster/lock.ts'
import { type CommandFile, examples, type Outside, progressOf } from '../command.ts'
import { checkOwner, type LocalOptions, localFlags, placeOf, usualDir } from './local.ts'

/** The folder of all clusters goes with the last of them; a folder that the user chose stays. */
function removeIfEmpty(folder: string, usual: string): void {
  if (folder !== usual) return
  try {
    rmdirSync(folder)
  } catch {
    // Other clusters are in it.
  }
}

async function down(options: LocalOptions, outside: Outside): Promise<void> {
  const progress = progressOf(outside, options.output)
  const place = placeOf(options, outside)
  const { state, tools, name } = place
  if (state) {
    checkOwner(place, outside)
    const cluster = new LocalCluster(tools, state)
    await progress.step(`Taking down the cluster "${name}"`, () => withLock(tools.paths, () => cluster.remove()))
    removeIfEmpty(dirname(tools.paths.dir), dirname(usualDir(name, outside)))
    for (const path of [state.kubeconfig, ...(state.earlierKubeconfigs ?? [])]) {
      try {
        removeContext(path, name)
      } catch (error) {
        const why = error instanceof Error ? error.message.split('\n')[0] : error
        progress.warn(`Its context could not be taken out of "${path}": ${why}`)
      }
    }
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
