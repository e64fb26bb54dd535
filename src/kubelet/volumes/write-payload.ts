// The common end of all plugins that show data as files. What may be secret is kept in memory, never on a disk.

import { type Payload, writeAtomically } from './atomic-writer.ts'
import { fsGroupOf, type LaidOut, type VolumeContext, type VolumePlugin } from './volume.ts'

type TearDown = NonNullable<VolumePlugin['tearDown']>

/** `make` is called first, so that nothing is made of a volume whose data is not there. */
export async function writePayload(
  { pod, path, files, mounter, clock, random }: VolumeContext,
  make: () => Payload | Promise<Payload>,
  place: 'disk' | 'memory',
): Promise<LaidOut> {
  const payload = await make()
  const gid = fsGroupOf(pod)
  let isNew = !(await files.stat(path))
  if (isNew) await files.makeDirectory(path)
  if (place === 'memory') isNew = (await mounter.mountMemory(path)) || isNew
  if (isNew) {
    await files.setMode(path, gid === undefined ? 0o777 : 0o2777)
    if (gid !== undefined) await files.setOwner(path, -1, gid)
  }
  await writeAtomically({ files, directory: path, payload, gid, nowMs: clock.now(), random })
  return { hostPath: path }
}

export async function tearDownMemory({ path, files, mounter }: Parameters<TearDown>[0]): Promise<void> {
  await mounter.unmount(path)
  await files.remove(path)
}
