// Every kind of volume that a node can lay out. A line here is the registration.

import type { Volume } from '#api/core/volume.ts'
import { configMap } from './config-map.ts'
import { downwardApi } from './downward-api.ts'
import { emptyDir } from './empty-dir.ts'
import { hostPath } from './host-path.ts'
import { projected } from './projected.ts'
import { secret } from './secret.ts'
import type { VolumePlugin } from './volume.ts'

export const volumePlugins: readonly VolumePlugin[] = [emptyDir, hostPath, configMap, secret, downwardApi, projected]

export function pluginOf(volume: Volume): VolumePlugin {
  const plugin = volumePlugins.find((p) => p.matches(volume))
  if (!plugin) throw new Error(`no volume plugin matched name: ${volume.name}`)
  return plugin
}
