// The common end of all plugins that show data as files.

import { type Payload, writeAtomically } from './atomic-writer.ts'
import { fsGroupOf, type LaidOut, type VolumeContext } from './volume.ts'

/** `make` is called first, so that nothing is made of a volume whose data is not there. */
export async function writePayload(
  { pod, path, files, clock, random }: VolumeContext,
  make: () => Payload | Promise<Payload>,
): Promise<LaidOut> {
  const payload = await make()
  const gid = fsGroupOf(pod)
  if (!(await files.stat(path))) {
    await files.makeDirectory(path, gid === undefined ? 0o777 : 0o2777)
    if (gid !== undefined) await files.setOwner(path, -1, gid)
  }
  await writeAtomically({ files, directory: path, payload, gid, nowMs: clock.now(), random })
  return { hostPath: path }
}
