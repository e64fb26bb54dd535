// configMap: the keys of a ConfigMap as files, following it as it changes.

import { configMapFiles, defaultFileMode } from './payload.ts'
import type { VolumePlugin } from './volume.ts'
import { writePayload } from './write-payload.ts'

export const configMap: VolumePlugin = {
  name: 'configmap',
  isLive: true,
  matches: (volume) => volume.configMap !== undefined,
  references: (volume) => ({ configMaps: [volume.configMap?.name ?? ''], secrets: [] }),
  setUp(context) {
    const source = context.volume.configMap!
    const name = source.name ?? ''
    const mode = source.defaultMode ?? defaultFileMode
    return writePayload(context, () => configMapFiles(context.sources.configMap(name), name, source, mode), 'disk')
  },
  tearDown: ({ path, files }) => files.remove(path),
}
