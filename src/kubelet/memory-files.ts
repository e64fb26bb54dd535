// Files of a simulated node: the same guarantees as a disk's, in this process's memory, gone with it. Enough of
// a file system for what the kubelet does with one: directories, files, links, owners and modes, watches.

import { dirname, normalize, resolve } from 'node:path'
import type { FileStat, Files, FileType, OpenFile } from './files.ts'

interface Entry {
  type: FileType
  bytes: Uint8Array
  target: string
  mode: number
  uid: number
  gid: number
  readonly inode: number
}

const empty = new Uint8Array()

export class MemoryFiles implements Files {
  readonly #entries = new Map<string, Entry>()
  readonly #watchers = new Map<string, Set<() => void>>()
  #inode = 1

  constructor() {
    this.#put('/', this.#entry('directory', 0o755))
  }

  /** Number of files, directories and links: what a stopped pod leaves behind shows here. */
  get size(): number {
    return this.#entries.size
  }

  /** Every path, in order. */
  paths(): readonly string[] {
    return [...this.#entries.keys()].sort()
  }

  async makeDirectory(path: string, mode?: number): Promise<void> {
    const at = this.#resolve(path)
    const there = this.#entries.get(at)
    if (there) {
      if (there.type !== 'directory') throw fault('EEXIST', path)
    } else {
      if (at !== '/') await this.makeDirectory(dirname(at))
      this.#put(at, this.#entry('directory', 0o755))
    }
    if (mode !== undefined) this.#need(at).mode = mode
  }

  async write(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
    const at = this.#resolve(path)
    if (!this.#entries.has(dirname(at))) throw fault('ENOENT', path)
    const entry = this.#entries.get(at)
    if (entry && entry.type !== 'file') throw fault('EISDIR', path)
    if (entry) entry.bytes = bytes
    else this.#put(at, { ...this.#entry('file', 0o644), bytes })
    if (mode !== undefined) this.#need(at).mode = mode
    this.#tell(at)
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    const entry = this.#entries.get(this.#resolve(path))
    await this.write(path, entry ? Buffer.concat([entry.bytes, bytes]) : bytes)
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const entry = this.#entries.get(this.#resolve(path))
    if (entry?.type === 'directory') throw fault('EISDIR', path)
    return entry?.bytes
  }

  async open(path: string): Promise<OpenFile | undefined> {
    const entry = this.#entries.get(this.#resolve(path))
    if (!entry) return undefined
    return {
      stat: async () => toStat(entry),
      read: async (offset, lengthBytes) => entry.bytes.subarray(offset, offset + lengthBytes),
      close: async () => {},
    }
  }

  async stat(path: string): Promise<FileStat | undefined> {
    const entry = this.#entries.get(this.#resolve(path))
    return entry && toStat(entry)
  }

  async linkStat(path: string): Promise<FileStat | undefined> {
    const entry = this.#entries.get(this.#resolveParent(path))
    return entry && toStat(entry)
  }

  async list(path: string): Promise<readonly string[]> {
    const at = this.#resolve(path)
    const prefix = at === '/' ? '/' : `${at}/`
    const names = new Set<string>()
    for (const each of this.#entries.keys())
      if (each.startsWith(prefix) && each !== at) names.add(each.slice(prefix.length).split('/')[0]!)
    return [...names].sort()
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#resolveParent(from)
    const target = this.#resolveParent(to)
    if (!this.#entries.has(source)) throw fault('ENOENT', from)
    await this.remove(target)
    for (const [path, entry] of [...this.#entries]) {
      if (path !== source && !path.startsWith(`${source}/`)) continue
      this.#entries.delete(path)
      this.#entries.set(target + path.slice(source.length), entry)
    }
    this.#tell(source)
    this.#tell(target)
  }

  async symlink(target: string, path: string): Promise<void> {
    const at = this.#resolveParent(path)
    if (this.#entries.has(at)) throw fault('EEXIST', path)
    this.#put(at, { ...this.#entry('symlink', 0o777), target })
  }

  async readLink(path: string): Promise<string | undefined> {
    return this.#entries.get(this.#resolveParent(path))?.target
  }

  async realPath(path: string): Promise<string | undefined> {
    const at = this.#resolve(path)
    return this.#entries.has(at) ? at : undefined
  }

  async remove(path: string): Promise<void> {
    const at = this.#resolveParent(path)
    for (const each of [...this.#entries.keys()])
      if (each === at || each.startsWith(`${at}/`)) {
        this.#entries.delete(each)
        this.#tell(each)
      }
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#need(this.#resolve(path)).mode = mode
  }

  async setOwner(path: string, uid: number, gid: number): Promise<void> {
    const entry = this.#need(this.#resolveParent(path))
    if (uid >= 0) entry.uid = uid
    if (gid >= 0) entry.gid = gid
  }

  watch(path: string, onChange: () => void): () => void {
    const at = normalize(path)
    const watchers = this.#watchers.get(at) ?? new Set()
    this.#watchers.set(at, watchers.add(onChange))
    return () => {
      watchers.delete(onChange)
      if (watchers.size === 0) this.#watchers.delete(at)
    }
  }

  #entry(type: FileType, mode: number): Entry {
    return { type, bytes: empty, target: '', mode, uid: 0, gid: 0, inode: this.#inode++ }
  }

  #put(path: string, entry: Entry): void {
    this.#entries.set(path, entry)
    this.#tell(path)
  }

  #need(path: string): Entry {
    const entry = this.#entries.get(path)
    if (!entry) throw fault('ENOENT', path)
    return entry
  }

  #tell(path: string): void {
    for (const onChange of [...(this.#watchers.get(path) ?? [])]) onChange()
  }

  /** The path with every link in it followed. */
  #resolve(path: string): string {
    let at = this.#resolveParent(path)
    for (let hops = 0; this.#entries.get(at)?.type === 'symlink'; hops++) {
      if (hops === 40) throw fault('ELOOP', path)
      at = this.#resolveParent(resolve(dirname(at), this.#entries.get(at)!.target))
    }
    return at
  }

  /** The path with every link but a last one followed. */
  #resolveParent(path: string): string {
    const steps = normalize(path).split('/').filter(Boolean)
    const last = steps.pop()
    if (last === undefined) return '/'
    let at = ''
    for (const step of steps) {
      at = `${at}/${step}`
      if (this.#entries.get(at)?.type === 'symlink') at = this.#resolve(at)
    }
    return `${at}/${last}`
  }
}

const toStat = ({ type, bytes, mode, uid, gid, inode }: Entry): FileStat => ({
  type,
  sizeBytes: bytes.length,
  mode,
  uid,
  gid,
  inode,
})

const fault = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code })
