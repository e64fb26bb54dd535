// emptyDir: a folder that lives as long as the pod, on the node's disk or in its memory.

import { quantityValue } from '#api/quantity.ts'
import { fsGroupOf, type VolumePlugin } from './volume.ts'

export const emptyDir: VolumePlugin = {
  name: 'empty-dir',
  matches: (volume) => volume.emptyDir !== undefined,
  async setUp({ pod, volume, path, files, mounter }) {
    const { medium, sizeLimit, mode } = volume.emptyDir!
    const gid = fsGroupOf(pod)
    let isNew = !(await files.stat(path))
    if (isNew) await files.makeDirectory(path)
    if (medium === 'Memory') {
      const sizeBytes = sizeLimit === undefined ? undefined : quantityValue(sizeLimit)
      isNew = (await mounter.mountMemory(path, sizeBytes || undefined)) || isNew
    }
    // What the pod has done with its folder since stays.
    if (isNew) {
      await files.setMode(path, (mode ?? 0o777) | (gid === undefined ? 0 : 0o2000))
      if (gid !== undefined) await files.setOwner(path, -1, gid)
    }
    return { hostPath: path }
  },
  async tearDown({ path, files, mounter }) {
    await mounter.unmount(path)
    await files.remove(path)
  },
}
