// downwardAPI: fields of the pod and resources of its containers as files, following labels and annotations.

import { defaultFileMode, downwardFiles } from './payload.ts'
import type { VolumePlugin } from './volume.ts'
import { tearDownMemory, writePayload } from './write-payload.ts'

export const downwardApi: VolumePlugin = {
  name: 'downward-api',
  isLive: true,
  matches: (volume) => volume.downwardAPI !== undefined,
  setUp(context) {
    const { items = [], defaultMode = defaultFileMode } = context.volume.downwardAPI!
    return writePayload(context, () => downwardFiles(items, context, defaultMode), 'memory')
  },
  tearDown: tearDownMemory,
}
