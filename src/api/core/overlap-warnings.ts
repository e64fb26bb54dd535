// Files of one volume that hide each other: two with the same path, or one where another needs a folder.

import type { KeyToPath, Volume, VolumeProjection } from './volume.ts'

/** A file, and in a projected volume where it comes from. */
interface File {
  readonly path: string
  readonly source?: () => string
}

const quoted = (text: string | undefined): string => JSON.stringify(text ?? '')
const told = ({ path, source }: File): string => (source ? `${quoted(path)} (${source()})` : quoted(path))

const filesOf = (items: readonly Pick<KeyToPath, 'path'>[] = [], source?: () => string): File[] =>
  items.map(({ path }) => (source ? { path, source } : { path }))

const isWithin = (inner: string, outer: string): boolean => `${inner}/`.startsWith(`${outer}/`)

function overlaps(files: readonly File[]): string[] {
  // Most volumes have one or none.
  if (files.length < 2) return []
  const plain = files
    .map((file) => ({ ...file, path: file.path.replace(/\/+$/, '') }))
    .filter(({ path }) => path !== '')
  const found: string[] = []
  plain.forEach((file, i) => {
    for (let b = 0; b < i; b++) {
      const before = plain[b] as File
      if (isWithin(file.path, before.path) || isWithin(before.path, file.path))
        found.push(`${told(file)} with ${told(before)}`)
    }
  })
  return found
}

function projectedFiles(projection: VolumeProjection): File[] | undefined {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = projection
  if (configMap) return filesOf(configMap.items, () => `ConfigMap ${quoted(configMap.name)}`)
  if (secret) return filesOf(secret.items, () => `Secret ${quoted(secret.name)}`)
  if (downwardAPI) return filesOf(downwardAPI.items, () => 'DownwardAPI')
  if (serviceAccountToken) return filesOf([serviceAccountToken], () => 'ServiceAccountToken')
  if (clusterTrustBundle) {
    const { name, signerName } = clusterTrustBundle
    return filesOf([clusterTrustBundle], () => `ClusterTrustBundle ${quoted(name ?? signerName)}`)
  }
  if (!podCertificate) return undefined
  const files: readonly (readonly [string | undefined, string])[] = [
    [podCertificate.certificateChainPath, 'PodCertificate chain'],
    [podCertificate.keyPath, 'PodCertificate key'],
    [podCertificate.credentialBundlePath, 'PodCertificate credential bundle'],
  ]
  return files.flatMap(([path, source]) => (path ? [{ path, source: () => source }] : []))
}

export function overlapWarnings({ name, configMap, secret, downwardAPI, projected }: Volume): string[] {
  const warnings: string[] = []
  const tell = (what: () => string, files: readonly File[]) => {
    for (const one of overlaps(files)) warnings.push(`volume ${quoted(name)} (${what()}): overlapping paths: ${one}`)
  }
  if (configMap) tell(() => `ConfigMap ${quoted(configMap.name)}`, filesOf(configMap.items))
  if (secret) tell(() => `Secret ${quoted(secret.secretName)}`, filesOf(secret.items))
  if (downwardAPI) tell(() => 'DownwardAPI', filesOf(downwardAPI.items))
  if (!projected) return warnings
  const sources = (projected.sources ?? []).map(projectedFiles)
  for (const files of sources) {
    if (files === undefined) warnings.push(`volume ${quoted(name)} (Projected) has no sources provided`)
  }
  tell(
    () => 'Projected',
    sources.flatMap((files) => files ?? []),
  )
  return warnings
}
