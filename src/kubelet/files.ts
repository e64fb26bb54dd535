// The door to the file system: everything that the kubelet writes or reads on a node goes through Files, so that
// a simulated node keeps its files in memory and the same code runs on both.
//
// Guarantees, for both: what is not there reads as undefined or empty, and removing it succeeds; `write` replaces
// a file's content; `watch` calls may come without a change, and stop when the returned function is called.

import { constants, type FSWatcher, type Stats, watch as watchPath } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'

export type FileType = 'file' | 'directory' | 'symlink' | 'socket' | 'charDevice' | 'blockDevice' | 'other'

export interface FileStat {
  readonly type: FileType
  readonly sizeBytes: number
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Tells a file from the one that has taken its place. */
  readonly inode: number
}

/** An open file keeps its content when another takes its name, as log rotation needs. */
export interface OpenFile {
  stat(): Promise<FileStat>
  read(offset: number, lengthBytes: number): Promise<Uint8Array>
  close(): Promise<void>
}

export interface Files {
  /** With its parents. The mode is set whatever the umask, also if it was there. */
  makeDirectory(path: string, mode?: number): Promise<void>
  write(path: string, bytes: Uint8Array, mode?: number): Promise<void>
  append(path: string, bytes: Uint8Array): Promise<void>
  read(path: string): Promise<Uint8Array | undefined>
  open(path: string): Promise<OpenFile | undefined>
  /** Follows symbolic links. */
  stat(path: string): Promise<FileStat | undefined>
  linkStat(path: string): Promise<FileStat | undefined>
  list(path: string): Promise<readonly string[]>
  rename(from: string, to: string): Promise<void>
  symlink(target: string, path: string): Promise<void>
  readLink(path: string): Promise<string | undefined>
  /** Every link on the way resolved; undefined where the path leads nowhere. */
  realPath(path: string): Promise<string | undefined>
  /** With everything in it. */
  remove(path: string): Promise<void>
  setMode(path: string, mode: number): Promise<void>
  /** -1 leaves one of the two as it is. A link itself is changed, not what it leads to. */
  setOwner(path: string, uid: number, gid: number): Promise<void>
  watch(path: string, onChange: () => void): () => void
}

const typeOf = (s: Stats): FileType =>
  s.isFile()
    ? 'file'
    : s.isDirectory()
      ? 'directory'
      : s.isSymbolicLink()
        ? 'symlink'
        : s.isSocket()
          ? 'socket'
          : s.isCharacterDevice()
            ? 'charDevice'
            : s.isBlockDevice()
              ? 'blockDevice'
              : 'other'

const toStat = (s: Stats): FileStat => ({
  type: typeOf(s),
  sizeBytes: Number(s.size),
  mode: Number(s.mode) & 0o7777,
  uid: Number(s.uid),
  gid: Number(s.gid),
  inode: Number(s.ino),
})

const isAbsent = (error: unknown): boolean => {
  const code = (error as { code?: string }).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}

async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

/** The machine's own file system. */
export const nodeFiles: Files = {
  async makeDirectory(path, mode) {
    await fs.mkdir(path, { recursive: true })
    if (mode !== undefined) await fs.chmod(path, mode)
  },
  async write(path, bytes, mode) {
    await fs.writeFile(path, bytes)
    if (mode !== undefined) await fs.chmod(path, mode)
  },
  append: (path, bytes) => fs.appendFile(path, bytes),
  read: (path) => ifThere(fs.readFile(path)),
  async open(path) {
    const handle = await ifThere(fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW))
    if (!handle) return undefined
    return {
      stat: async () => toStat(await handle.stat()),
      read: async (offset, lengthBytes) => {
        const buffer = Buffer.allocUnsafe(lengthBytes)
        const { bytesRead } = await handle.read(buffer, 0, lengthBytes, offset)
        return buffer.subarray(0, bytesRead)
      },
      close: () => handle.close(),
    }
  },
  stat: async (path) => {
    const s = await ifThere(fs.stat(path))
    return s && toStat(s)
  },
  linkStat: async (path) => {
    const s = await ifThere(fs.lstat(path))
    return s && toStat(s)
  },
  list: async (path) => (await ifThere(fs.readdir(path))) ?? [],
  rename: (from, to) => fs.rename(from, to),
  symlink: (target, path) => fs.symlink(target, path),
  readLink: (path) => ifThere(fs.readlink(path)),
  realPath: (path) => ifThere(fs.realpath(path)),
  remove: (path) => fs.rm(path, { recursive: true, force: true }),
  setMode: (path, mode) => fs.chmod(path, mode),
  setOwner: (path, uid, gid) => fs.lchown(path, uid, gid),
  watch(path, onChange) {
    let watcher: FSWatcher | undefined
    try {
      // A watched file that is renamed away takes its watch along: its folder tells of the one that follows.
      watcher = watchPath(dirname(path), { persistent: false }, onChange)
      const file = watchPath(path, { persistent: false }, onChange)
      file.on('error', onChange)
      watcher.on('close', () => file.close())
      watcher.on('error', onChange)
    } catch {
      // Nothing to watch yet: the caller looks again when it is told of something else.
    }
    return () => watcher?.close()
  },
}
