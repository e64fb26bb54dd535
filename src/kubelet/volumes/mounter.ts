// The door to mount(2): memory-backed volumes need it. The machine's own goes through the programs `mount` and
// `umount`; a node without them (or a simulated one) has a mounter that only remembers.

import { output, type Run } from '#lib/exec.ts'
import type { Files } from '../files.ts'

export interface Mounter {
  /** Nothing happens where it is mounted already; whether it has been mounted now. */
  mountMemory(path: string, sizeBytes?: number | undefined): Promise<boolean>
  /** What is not mounted is fine. */
  unmount(path: string): Promise<void>
}

export const memoryMounter = (): Mounter & { readonly mounted: ReadonlySet<string> } => {
  const mounted = new Set<string>()
  return {
    mounted,
    mountMemory: async (path) => {
      const isNew = !mounted.has(path)
      mounted.add(path)
      return isNew
    },
    unmount: async (path) => void mounted.delete(path),
  }
}

export function nodeMounter(run: Run, files: Files): Mounter {
  const isMounted = async (path: string): Promise<boolean> => {
    const table = Buffer.from((await files.read('/proc/self/mountinfo')) ?? '').toString()
    // Octal escapes stand for blanks in a mount point.
    return table.split('\n').some((line) => line.split(' ')[4]?.replace(/\\040/g, ' ') === path)
  }
  return {
    async mountMemory(path, sizeBytes) {
      if (await isMounted(path)) return false
      const options = sizeBytes === undefined ? [] : ['-o', `size=${sizeBytes}`]
      await output(run, 'mount', ['-t', 'tmpfs', ...options, 'tmpfs', path])
      return true
    },
    async unmount(path) {
      if (await isMounted(path)) await output(run, 'umount', [path])
    },
  }
}
