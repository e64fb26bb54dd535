// What ConfigMaps, Secrets and fields of the pod look like as files. Pure; a missing object or key is an error
// with upstream's words unless it is optional.

import type { ConfigMap } from '#api/core/config-map.ts'
import type { Secret } from '#api/core/secret.ts'
import type { DownwardAPIVolumeFile, KeyToPath } from '#api/core/volume.ts'
import { fieldValue, resourceValue } from '../downward.ts'
import type { PayloadFile } from './atomic-writer.ts'
import type { VolumeContext } from './volume.ts'

export const defaultFileMode = 0o644

interface Choice {
  readonly items?: readonly KeyToPath[] | undefined
  readonly optional?: boolean | undefined
}

export function configMapFiles(
  object: ConfigMap | undefined,
  name: string,
  { items, optional }: Choice,
  mode: number,
): Map<string, PayloadFile> {
  if (!object && !optional) throw new Error(`configmap ${JSON.stringify(name)} not found`)
  const data = new Map<string, Uint8Array>()
  for (const [key, text] of Object.entries(object?.data ?? {})) data.set(key, Buffer.from(text))
  for (const [key, base64] of Object.entries(object?.binaryData ?? {})) data.set(key, Buffer.from(base64, 'base64'))
  return chosen(data, items, optional, mode, 'configmap references non-existent config key')
}

export function secretFiles(
  object: Secret | undefined,
  name: string,
  { items, optional }: Choice,
  mode: number,
): Map<string, PayloadFile> {
  if (!object && !optional) throw new Error(`secret ${JSON.stringify(name)} not found`)
  const data = new Map<string, Uint8Array>()
  for (const [key, base64] of Object.entries(object?.data ?? {})) data.set(key, Buffer.from(base64, 'base64'))
  return chosen(data, items, optional, mode, 'references non-existent secret key')
}

function chosen(
  data: ReadonlyMap<string, Uint8Array>,
  items: readonly KeyToPath[] | undefined,
  optional: boolean | undefined,
  mode: number,
  missing: string,
): Map<string, PayloadFile> {
  const out = new Map<string, PayloadFile>()
  if (!items || items.length === 0) {
    for (const [key, bytes] of data) out.set(key, { bytes, mode })
    return out
  }
  for (const item of items) {
    const bytes = data.get(item.key)
    if (bytes) out.set(item.path, { bytes, mode: item.mode ?? mode })
    else if (!optional) throw new Error(`${missing}: ${item.key}`)
  }
  return out
}

export function downwardFiles(
  items: readonly DownwardAPIVolumeFile[],
  { pod, addresses, allocatable }: VolumeContext,
  mode: number,
): Map<string, PayloadFile> {
  const out = new Map<string, PayloadFile>()
  for (const item of items) {
    const text = item.fieldRef
      ? fieldValue(pod, item.fieldRef, addresses())
      : item.resourceFieldRef
        ? resourceValue(pod, pod.spec.containers[0]!, item.resourceFieldRef, allocatable())
        : ''
    out.set(item.path, { bytes: Buffer.from(text), mode: item.mode ?? mode })
  }
  return out
}
