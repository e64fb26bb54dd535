// projected: ConfigMaps, Secrets, fields of the pod, service account tokens, certificates for the pod and certificates
// that it may trust together in one folder. Tokens and certificates are asked for anew before they end.

import type { Pod } from '#api/core/pod.ts'
import type { PodCertificateProjection, Volume, VolumeProjection } from '#api/core/volume.ts'
import { errorText } from '#lib/log.ts'
import type { PayloadFile } from './atomic-writer.ts'
import { configMapFiles, defaultFileMode, downwardFiles, secretFiles } from './payload.ts'
import { trustAnchors } from './trust-bundles.ts'
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
        const problems = new Set<string>()
        for (const [index, source] of sourcesOf(context.volume).entries()) {
          try {
            const part = await projection(context, source, index)
            for (const [path, file] of part.files) payload.set(path, file)
            if (part.refreshAtMs) refreshAtMs = Math.min(refreshAtMs ?? part.refreshAtMs, part.refreshAtMs)
          } catch (error) {
            problems.add(errorText(error))
          }
        }
        if (problems.size > 0) throw new Error(together([...problems]))
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

/** As upstream words several errors at once. */
const together = (problems: readonly string[]): string =>
  problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`

async function projection(context: VolumeContext, source: VolumeProjection, index: number): Promise<Part> {
  const { sources, volume } = context
  const mode = volume.projected?.defaultMode ?? defaultFileMode
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source
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
    return { files: new Map([[path, ownFile(context, token, serviceAccountToken.user)]]), refreshAtMs }
  }
  if (clusterTrustBundle) {
    const anchors = trustAnchors(clusterTrustBundle, context.trustBundles())
    return { files: new Map([[clusterTrustBundle.path, ownFile(context, anchors, clusterTrustBundle.user)]]) }
  }
  if (podCertificate) return credentialFiles(context, podCertificate, index)
  throw new Error(`a source of the projected volume is of a kind that is not supported: ${Object.keys(source).join()}`)
}

async function credentialFiles(context: VolumeContext, source: PodCertificateProjection, index: number): Promise<Part> {
  const { keyPem, chainPem, refreshAtMs } = await context.credentials(context.volume.name, index, source)
  const { credentialBundlePath, keyPath, certificateChainPath, user } = source
  const files = new Map<string, PayloadFile>()
  if (credentialBundlePath) files.set(credentialBundlePath, ownFile(context, keyPem + chainPem, user))
  if (keyPath) files.set(keyPath, ownFile(context, keyPem, user))
  if (certificateChainPath) files.set(certificateChainPath, ownFile(context, chainPem, user))
  return { files, refreshAtMs }
}

/** Nobody but the one user, or the group, has business with it. */
function ownFile({ pod, volume }: VolumeContext, text: string, user: number | undefined): PayloadFile {
  const { defaultMode = defaultFileMode, defaultUser } = volume.projected ?? {}
  const uid = user ?? defaultUser ?? commonUser(pod)
  const mode = uid !== undefined || fsGroupOf(pod) !== undefined ? 0o600 : defaultMode
  return { bytes: Buffer.from(text), mode, uid }
}

/** The user that all containers run as, where they are of one mind. */
function commonUser(pod: Pod): number | undefined {
  const users = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(
    (c) => c.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser,
  )
  return users.every((user) => user === users[0]) ? users[0] : undefined
}
