// What the workers of all pods of a node share.

import type { Service } from '#api/core/service.ts'
import type { Images } from './images.ts'
import type { ReferenceWatches } from './references.ts'
import type { KubeletOptions } from './settings.ts'
import type { StatusWriter } from './status-writer.ts'

export interface WorkerContext extends KubeletOptions {
  readonly runtimeName: string
  readonly images: Images
  readonly statuses: StatusWriter
  readonly references: ReferenceWatches
  readonly services: () => readonly Service[]
  readonly allocatable: () => Readonly<Record<string, string>>
  /** Nothing of the pod is left. */
  readonly onFinished: (uid: string) => void
}
