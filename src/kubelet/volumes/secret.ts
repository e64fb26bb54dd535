// secret: the keys of a Secret as files, following it as it changes.

import { defaultFileMode, secretFiles } from './payload.ts'
import type { VolumePlugin } from './volume.ts'
import { tearDownMemory, writePayload } from './write-payload.ts'

export const secret: VolumePlugin = {
  name: 'secret',
  isLive: true,
  matches: (volume) => volume.secret !== undefined,
  references: (volume) => ({ configMaps: [], secrets: [volume.secret?.secretName ?? ''] }),
  setUp(context) {
    const source = context.volume.secret!
    const name = source.secretName ?? ''
    const mode = source.defaultMode ?? defaultFileMode
    return writePayload(context, () => secretFiles(context.sources.secret(name), name, source, mode), 'memory')
  },
  tearDown: tearDownMemory,
}
