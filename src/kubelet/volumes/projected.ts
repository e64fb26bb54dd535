// projected: ConfigMaps, Secrets, fields of the pod and service account tokens together in one folder. Tokens are
// asked for anew before they end.

import type { Pod } from '#api/core/pod.ts'
import type { Volume, VolumeProjection } from '#api/core/volume.ts'
import type { PayloadFile } from './atomic-writer.ts'
import { configMapFiles, defaultFileMode, downwardFiles, secretFiles } from './payload.ts'
import { fsGroupOf, type VolumeContext, type VolumePlugin } from './volume.ts'
import { tearDownMemory, writePayload } from './write-payload.ts'

const defaultTokenSeconds = 3600

const sourcesOf = (volume: Volume): readonly VolumeProjection[] => volume.projected?.sources ?? []

export const projected: VolumePlugin = {
  name: 'projected',
  isLive: true,
  matches: (volume) => volume.projected !== undefined,
  references: (volume) => ({
    configMaps: sourcesOf(volume).flatMap((s) => (s.configMap ? [s.configMap.name ?? ''] : [])),
    secrets: sourcesOf(volume).flatMap((s) => (s.secret ? [s.secret.name ?? ''] : [])),
  }),
  async setUp(context) {
    let refreshAtMs: number | undefined
    const laidOut = await writePayload(
      context,
      async () => {
        const payload = new Map<string, PayloadFile>()
        for (const source of sourcesOf(context.volume)) {
          const part = await projection(context, source)
          for (const [path, file] of part.files) payload.set(path, file)
          if (part.refreshAtMs) refreshAtMs = Math.min(refreshAtMs ?? part.refreshAtMs, part.refreshAtMs)
        }
        return payload
      },
      'memory',
    )
    return { ...laidOut, refreshAtMs }
  },
  tearDown: tearDownMemory,
}

interface Part {
  readonly files: ReadonlyMap<string, PayloadFile>
  readonly refreshAtMs?: number
}

async function projection(context: VolumeContext, source: VolumeProjection): Promise<Part> {
  const { pod, sources, volume } = context
  const mode = volume.projected?.defaultMode ?? defaultFileMode
  const { configMap, secret, downwardAPI, serviceAccountToken } = source
  if (configMap) {
    const name = configMap.name ?? ''
    return { files: configMapFiles(sources.configMap(name), name, configMap, mode) }
  }
  if (secret) {
    const name = secret.name ?? ''
    return { files: secretFiles(sources.secret(name), name, secret, mode) }
  }
  if (downwardAPI) return { files: downwardFiles(downwardAPI.items ?? [], context, mode) }
  if (serviceAccountToken) {
    const { audience = '', expirationSeconds = defaultTokenSeconds, path } = serviceAccountToken
    const { token, refreshAtMs } = await context.token(audience, expirationSeconds)
    const uid = commonUser(pod)
    // Nobody but the one user, or the group, has business with it.
    const tokenMode = uid !== undefined || fsGroupOf(pod) !== undefined ? 0o600 : mode
    return { files: new Map([[path, { bytes: Buffer.from(token), mode: tokenMode, uid }]]), refreshAtMs }
  }
  throw new Error(`a source of the projected volume is of a kind that is not supported: ${Object.keys(source).join()}`)
}

/** The user that all containers run as, where they are of one mind. */
function commonUser(pod: Pod): number | undefined {
  const users = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(
    (c) => c.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser,
  )
  return users.every((user) => user === users[0]) ? users[0] : undefined
}
