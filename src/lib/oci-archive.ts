// Writes a container image as an OCI archive (image-spec v1.1): one layer of files, a configuration and an index,
// in a tar that containerd and other tools import. No daemon and no registry takes part, and the same input
// always gives the same bytes, so the image's digest tells whether anything has changed.

import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'

export interface ArchiveFile {
  /** Without a leading slash. */
  readonly path: string
  /** Octal permission bits; 0o644, or 0o755 for folders, unless given. */
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  /** A file's bytes; a link's target; undefined makes a folder. */
  readonly content?: Uint8Array | { readonly linkTo: string }
}

export interface ImageConfig {
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: readonly string[]
  readonly workingDir?: string
  readonly user?: string
  readonly exposedPorts?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
}

export interface ImageSource {
  /** As in `docker.io/library/hello:v1`: the name under which it is imported. */
  readonly tag: string
  /** As in `amd64`, `arm64`. */
  readonly architecture: string
  readonly files: readonly ArchiveFile[]
  readonly config: ImageConfig
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const epoch = new Date(0)

type EntryHeader = Omit<Partial<Header>, 'mtime'> & { readonly name: string }

function tar(entries: readonly { readonly header: EntryHeader; readonly body?: Uint8Array }[]): Promise<Buffer> {
  const archive = pack()
  for (const { header, body } of entries) {
    if (body) archive.entry({ ...header, mtime: epoch }, Buffer.from(body))
    else archive.entry({ ...header, mtime: epoch })
  }
  archive.finalize()
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    archive.on('data', (chunk) => chunks.push(chunk as Buffer))
    archive.once('end', () => resolve(Buffer.concat(chunks)))
    archive.once('error', reject)
  })
}

/** Every folder above the files, once, in an order in which each stands behind its parent. */
function parentFolders(files: readonly ArchiveFile[]): ArchiveFile[] {
  const named = new Set(files.map((file) => file.path))
  const folders = new Set<string>()
  for (const { path } of files) {
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join('/'))
  }
  return [...folders]
    .filter((path) => !named.has(path))
    .sort()
    .map((path) => ({ path }))
}

function layerEntry({ path, mode, uid = 0, gid = 0, content }: ArchiveFile): {
  header: EntryHeader
  body?: Uint8Array
} {
  const owner = { uid, gid }
  if (content === undefined) return { header: { name: `${path}/`, type: 'directory', mode: mode ?? 0o755, ...owner } }
  if ('linkTo' in content) {
    return { header: { name: path, type: 'symlink', linkname: content.linkTo, mode: 0o777, ...owner } }
  }
  return { header: { name: path, mode: mode ?? 0o644, size: content.length, ...owner }, body: content }
}

/** The archive's bytes and the image's id (the digest of its configuration). */
export async function ociArchive(image: ImageSource): Promise<{ readonly bytes: Buffer; readonly id: string }> {
  const files = [...parentFolders(image.files), ...image.files]
  const layer = await tar(files.map(layerEntry))
  const zipped = gzipSync(layer, { level: 6 })
  const { entrypoint, cmd, env, workingDir, user, exposedPorts, labels } = image.config
  const blobs = new Map<string, Buffer>()
  const blob = (bytes: Buffer, mediaType: string) => {
    const digest = sha256(bytes)
    blobs.set(digest, bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value))
  const layerBlob = blob(zipped, 'application/vnd.oci.image.layer.v1.tar+gzip')
  const config = blob(
    json({
      created: epoch.toISOString(),
      architecture: image.architecture,
      os: 'linux',
      config: {
        ...(user ? { User: user } : {}),
        ...(exposedPorts ? { ExposedPorts: Object.fromEntries(exposedPorts.map((port) => [port, {}])) } : {}),
        Env: env ?? ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        ...(entrypoint ? { Entrypoint: entrypoint } : {}),
        ...(cmd ? { Cmd: cmd } : {}),
        ...(workingDir ? { WorkingDir: workingDir } : {}),
        ...(labels ? { Labels: labels } : {}),
      },
      rootfs: { type: 'layers', diff_ids: [sha256(layer)] },
      history: [{ created: epoch.toISOString() }],
    }),
    'application/vnd.oci.image.config.v1+json',
  )
  const manifest = blob(
    json({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: [layerBlob] }),
    'application/vnd.oci.image.manifest.v1+json',
  )
  const platform = { architecture: image.architecture, os: 'linux' }
  const annotations = {
    'io.containerd.image.name': image.tag,
    'org.opencontainers.image.ref.name': image.tag.slice(image.tag.lastIndexOf(':') + 1),
  }
  const index = json({ schemaVersion: 2, manifests: [{ ...manifest, platform, annotations }] })
  const bytes = await tar([
    { header: { name: 'oci-layout' }, body: json({ imageLayoutVersion: '1.0.0' }) },
    { header: { name: 'index.json' }, body: index },
    { header: { name: 'blobs/', type: 'directory' } },
    { header: { name: 'blobs/sha256/', type: 'directory' } },
    ...[...blobs].map(([digest, body]) => ({ header: { name: `blobs/${digest.replace(':', '/')}` }, body })),
  ])
  return { bytes, id: config.digest }
}
