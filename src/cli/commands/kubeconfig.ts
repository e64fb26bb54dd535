// `pinnace kubeconfig`: the administrator's kubeconfig of a cluster of this machine.

import { readFileSync } from 'node:fs'
import { type CommandFile, examples, UsageError } from '../command.ts'
import { existingCluster, type LocalOptions, localFlags } from './local.ts'

interface KubeconfigOptions extends LocalOptions {
  readonly path?: boolean
}

export const kubeconfigCommand: CommandFile = {
  register: (program, outside) =>
    localFlags(
      program
        .command('kubeconfig')
        .summary("print a cluster's kubeconfig")
        .description("Print the administrator's kubeconfig of a cluster of this machine, or where it is.")
        .option('--path', 'print the path of the file instead'),
      { hasOutput: false },
    )
      .addHelpText('after', examples(['For one command', 'KUBECONFIG=$(pinnace kubeconfig --path) kubectl get nodes']))
      .action((options: KubeconfigOptions) => {
        const { adminKubeconfig } = existingCluster(options, outside).place.tools.paths
        if (options.path) return outside.stdout(`${adminKubeconfig}\n`)
        try {
          outside.stdout(readFileSync(adminKubeconfig, 'utf8'))
        } catch (error) {
          throw new UsageError(`"${adminKubeconfig}" cannot be read: ${error instanceof Error ? error.message : error}`)
        }
      }),
}
