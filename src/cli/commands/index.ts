// The commands of this program that work on local clusters, in the order in which help lists them.

import type { CommandFile } from '../command.ts'
import { downCommand } from './down.ts'
import { imageCommand } from './image.ts'
import { kubeconfigCommand } from './kubeconfig.ts'
import { nodeCommand } from './node.ts'
import { secretsCommand } from './secrets.ts'
import { statusCommand } from './status.ts'
import { upCommand } from './up.ts'

export const localCommands: readonly CommandFile[] = [
  upCommand,
  downCommand,
  statusCommand,
  kubeconfigCommand,
  imageCommand,
  nodeCommand,
  secretsCommand,
]
