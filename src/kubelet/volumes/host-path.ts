// hostPath: a file or folder of the node itself; its type is checked, and made where it may be.

import { dirname } from 'node:path'
import type { FileType } from '../files.ts'
import type { VolumePlugin } from './volume.ts'

const checked: Readonly<Record<string, { readonly type: FileType; readonly words: string }>> = {
  Directory: { type: 'directory', words: 'a directory' },
  DirectoryOrCreate: { type: 'directory', words: 'a directory' },
  File: { type: 'file', words: 'a file' },
  FileOrCreate: { type: 'file', words: 'a file' },
  Socket: { type: 'socket', words: 'a socket file' },
  CharDevice: { type: 'charDevice', words: 'a character device' },
  BlockDevice: { type: 'blockDevice', words: 'a block device' },
}

export const hostPath: VolumePlugin = {
  name: 'host-path',
  matches: (volume) => volume.hostPath !== undefined,
  async setUp({ volume, files }) {
    const { path, type = '' } = volume.hostPath!
    if (type === '') return { hostPath: path }
    if (!(await files.stat(path))) {
      if (type === 'DirectoryOrCreate') await files.makeDirectory(path, 0o755)
      if (type === 'FileOrCreate') {
        if (!(await files.stat(dirname(path)))) throw new Error(`hostPath type check failed: ${path} is not a file`)
        await files.write(path, new Uint8Array(), 0o644)
      }
    }
    const wanted = checked[type]
    if (!wanted) throw new Error(`${type} is an invalid volume type`)
    if ((await files.stat(path))?.type !== wanted.type)
      throw new Error(`hostPath type check failed: ${path} is not ${wanted.words}`)
    return { hostPath: path }
  },
}
