// Files that change together: readers see either all of the old or all of the new. As upstream's AtomicWriter,
// and with the same names on disk: each version in a folder of its own, `..data` a link to the newest, and one
// link per visible name through `..data`; a version is swapped in by renaming over `..data`.

import { join } from 'node:path'
import { formatMicroTime } from '#lib/clock.ts'
import { nameSuffix, type Random } from '#lib/random.ts'
import type { Files } from '../files.ts'

export interface PayloadFile {
  readonly bytes: Uint8Array
  readonly mode: number
  /** Owner; root unless given. */
  readonly uid?: number | undefined
}

/** By path under the volume, as in `a/b.txt`. */
export type Payload = ReadonlyMap<string, PayloadFile>

export interface AtomicWriteOptions {
  readonly files: Files
  readonly directory: string
  readonly payload: Payload
  /** The group that gets the files, as fsGroup has it. */
  readonly gid?: number | undefined
  readonly nowMs: number
  readonly random: Random
}

const dataLink = '..data'

/** Returns whether anything has changed. */
export async function writeAtomically(options: AtomicWriteOptions): Promise<boolean> {
  const { files, directory, payload, nowMs, random } = options
  for (const path of payload.keys()) checkPath(path)
  const current = await files.readLink(join(directory, dataLink))
  if (current !== undefined && (await holds(files, join(directory, current), payload))) return false
  const time = formatMicroTime(nowMs).slice(0, 19).replace(/[-:T]/g, '_')
  let version = current
  while (version === current || version === undefined) version = `..${time}.${nameSuffix(random, 10)}`
  await writeVersion(options, join(directory, version))
  await files.remove(join(directory, '..data_tmp'))
  await files.symlink(version, join(directory, '..data_tmp'))
  await files.rename(join(directory, '..data_tmp'), join(directory, dataLink))
  await linkNames(files, directory, payload)
  if (current !== undefined) await files.remove(join(directory, current))
  return true
}

function checkPath(path: string): void {
  const steps = path.split('/')
  if (path === '' || path.startsWith('/') || steps.includes('..') || steps[0]!.startsWith('..'))
    throw new Error(`invalid path ${JSON.stringify(path)}: must be relative, and must not contain or start with '..'`)
}

async function holds(files: Files, directory: string, payload: Payload): Promise<boolean> {
  const there = await filesUnder(files, directory, '')
  if (there.length !== payload.size) return false
  for (const path of there) {
    const wanted = payload.get(path)
    if (!wanted) return false
    const bytes = await files.read(join(directory, path))
    if (!bytes || Buffer.compare(bytes, wanted.bytes) !== 0) return false
  }
  return true
}

async function filesUnder(files: Files, root: string, at: string): Promise<string[]> {
  const out: string[] = []
  for (const name of await files.list(join(root, at))) {
    const path = at === '' ? name : `${at}/${name}`
    if ((await files.linkStat(join(root, path)))?.type === 'directory')
      out.push(...(await filesUnder(files, root, path)))
    else out.push(path)
  }
  return out
}

async function writeVersion({ files, payload, gid }: AtomicWriteOptions, directory: string): Promise<void> {
  await makeShared(files, directory, gid)
  for (const [path, { bytes, mode, uid }] of payload) {
    const steps = path.split('/').slice(0, -1)
    for (let i = 1; i <= steps.length; i++) await makeShared(files, join(directory, ...steps.slice(0, i)), gid)
    const file = join(directory, path)
    // The group may read what the volume's owner may.
    await files.write(file, bytes, gid === undefined ? mode : mode | 0o440)
    if (uid !== undefined || gid !== undefined) await files.setOwner(file, uid ?? -1, gid ?? -1)
  }
}

async function makeShared(files: Files, directory: string, gid: number | undefined): Promise<void> {
  await files.makeDirectory(directory, gid === undefined ? 0o755 : 0o2775)
  if (gid !== undefined) await files.setOwner(directory, -1, gid)
}

async function linkNames(files: Files, directory: string, payload: Payload): Promise<void> {
  const names = new Set([...payload.keys()].map((path) => path.split('/')[0]!))
  for (const name of await files.list(directory))
    if (!name.startsWith('..') && !names.has(name)) await files.remove(join(directory, name))
  for (const name of names)
    if ((await files.readLink(join(directory, name))) === undefined)
      await files.symlink(`${dataLink}/${name}`, join(directory, name))
}
