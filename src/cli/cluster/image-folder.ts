// A folder from which an image is made: `rootfs/` holds its files, `image.yaml` its settings:
//
//   copy: { /bin/busybox: bin/busybox }      files of this machine, by where they go
//   links: { bin/sh: busybox }               symbolic links, by where they are
//   entrypoint: [/bin/sh], cmd: [...], env: { A: b }, workingDir: /, user: "1000", ports: [8000]

import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { normalizeImageName } from '#lib/image-name.ts'
import type { ArchiveFile, ImageSource } from '#lib/oci-archive.ts'

interface Settings {
  readonly copy?: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: Readonly<Record<string, string | number | boolean>>
  readonly workingDir?: string
  readonly user?: string | number
  readonly ports?: readonly (string | number)[]
}

const known = new Set(['copy', 'links', 'entrypoint', 'cmd', 'env', 'workingDir', 'user', 'ports'])

function readSettings(file: string): Settings {
  if (!existsSync(file))
    throw new Error(`"${file}" is missing: it holds the image's settings, at least its cmd or entrypoint`)
  const settings: unknown = parse(readFileSync(file, 'utf8')) ?? {}
  if (typeof settings !== 'object' || settings === null) throw new Error(`"${file}" does not hold settings`)
  const unknown = Object.keys(settings).find((name) => !known.has(name))
  if (unknown) throw new Error(`"${file}": unknown setting "${unknown}"; known are ${[...known].join(', ')}`)
  return settings as Settings
}

function* filesBelow(dir: string, prefix = ''): Generator<ArchiveFile> {
  for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${prefix}${entry.name}`
    const from = join(dir, entry.name)
    if (entry.isSymbolicLink()) yield { path, content: { linkTo: readlinkSync(from) } }
    else if (entry.isDirectory()) {
      yield { path, mode: statSync(from).mode & 0o7777 }
      yield* filesBelow(from, `${path}/`)
    } else yield { path, mode: statSync(from).mode & 0o7777, content: readFileSync(from) }
  }
}

const relative = (path: string): string => path.replace(/^\/+/, '')

/** A file that is taken from this machine; a path that is not absolute counts from the image's folder. */
function copied(dir: string, from: string, to: string): ArchiveFile {
  const path = resolve(dir, from)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat?.isFile()) throw new Error(`"${join(dir, 'image.yaml')}" copies "${path}", which is not a file here`)
  return { path: relative(to), mode: stat.mode & 0o7777, content: readFileSync(path) }
}

export function readImageFolder(dir: string, tag: string, architecture: string): ImageSource {
  const settings = readSettings(join(dir, 'image.yaml'))
  const rootfs = join(dir, 'rootfs')
  const { copy = {}, links = {}, entrypoint, cmd, env, workingDir, user, ports } = settings
  const files: ArchiveFile[] = [
    ...(existsSync(rootfs) ? filesBelow(rootfs) : []),
    ...Object.entries(copy).map(([from, to]) => copied(dir, from, to)),
    ...Object.entries(links).map(([path, linkTo]) => ({ path: relative(path), content: { linkTo } })),
  ]
  return {
    tag: normalizeImageName(tag),
    architecture,
    files,
    config: {
      ...(entrypoint ? { entrypoint } : {}),
      ...(cmd ? { cmd } : {}),
      ...(env ? { env: Object.entries(env).map(([name, value]) => `${name}=${value}`) } : {}),
      ...(workingDir ? { workingDir } : {}),
      ...(user === undefined ? {} : { user: String(user) }),
      ...(ports
        ? { exposedPorts: ports.map((port) => (String(port).includes('/') ? String(port) : `${port}/tcp`)) }
        : {}),
    },
  }
}
