// Sees to it that a container's image is on the node before it starts: pull policy, back-off, one pull at a
// time, credentials from the pod's secrets. Reasons, messages and events are upstream's (pkg/kubelet/images).

import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Secret } from '#api/core/secret.ts'
import type { Clock } from '#lib/clock.ts'
import { errorText } from '#lib/log.ts'
import { initialBackOffMs, longestBackOffMs } from './back-off.ts'
import type { Failure, ImageState } from './observed.ts'
import type { Image, ImageCredentials, Runtime } from './runtime/runtime.ts'

export type ContainerEvent = (type: 'Normal' | 'Warning', reason: string, text: string) => void

export interface ImagesOptions {
  readonly runtime: Runtime
  readonly clock: Clock
}

export interface ImageWish {
  readonly pod: Pod
  readonly container: Container
  readonly secrets: readonly Secret[]
  readonly event: ContainerEvent
}

interface PullBackOff {
  readonly delayMs: number
  readonly untilMs: number
  readonly error: string
}

/** A failed pull is shown as it is for this long before it is called back-off, as upstream's next sync does. */
const shownMs = 2_000
const rememberedPulls = 1_000

export class Images {
  readonly #options: ImagesOptions
  /** By pod and image. */
  readonly #backOff = new Map<string, PullBackOff>()
  #lastPull: Promise<unknown> = Promise.resolve()

  constructor(options: ImagesOptions) {
    this.#options = options
  }

  async ensure(wish: ImageWish): Promise<ImageState> {
    const { container, event } = wish
    const image = container.image ?? ''
    const problem = imageNameProblem(image)
    if (problem !== undefined) {
      const text = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${problem}`
      event('Warning', 'InspectFailed', text)
      return this.#failed(wish, 'InvalidImageName', text, initialBackOffMs)
    }
    const name = withTag(image)
    const policy = container.imagePullPolicy ?? (name.endsWith(':latest') ? 'Always' : 'IfNotPresent')
    try {
      const there = policy === 'Always' ? undefined : await this.#options.runtime.imageStatus(name)
      if (there) {
        event(
          'Normal',
          'Pulled',
          `Container image "${image}" already present on machine and can be accessed by the pod`,
        )
        return { at: 'present', image: there }
      }
    } catch (error) {
      const text = `Failed to inspect image "${image}": ${errorText(error)}`
      event('Warning', 'InspectFailed', text)
      return this.#failed(wish, 'ImageInspectError', text, initialBackOffMs)
    }
    if (policy === 'Never') {
      const text = `Container image "${image}" is not present with pull policy of Never`
      event('Warning', 'ErrImageNeverPull', text)
      return this.#failed(wish, 'ErrImageNeverPull', text, initialBackOffMs)
    }
    return this.#pullWithBackOff(wish, name)
  }

  forget(pod: Pod): void {
    for (const key of this.#backOff.keys()) if (key.startsWith(`${pod.metadata.uid} `)) this.#backOff.delete(key)
  }

  async #pullWithBackOff(wish: ImageWish, name: string): Promise<ImageState> {
    const { clock } = this.#options
    const { pod, container, event } = wish
    const key = `${pod.metadata.uid} ${name}`
    const before = this.#backOff.get(key)
    if (before && clock.now() < before.untilMs) {
      const text = `Back-off pulling image "${container.image}"`
      event('Normal', 'BackOff', text)
      return this.#failed(
        wish,
        'ImagePullBackOff',
        `${text}: ErrImagePull: ${before.error}`,
        before.untilMs - clock.now(),
      )
    }
    try {
      const image = await this.#pull(wish, name)
      this.#backOff.delete(key)
      return { at: 'present', image }
    } catch (error) {
      const text = errorText(error)
      event('Warning', 'Failed', `Failed to pull image "${container.image}": ${text}`)
      const delayMs = before ? Math.min(before.delayMs * 2, longestBackOffMs) : initialBackOffMs
      if (this.#backOff.size >= rememberedPulls) this.#backOff.clear()
      this.#backOff.set(key, { delayMs, untilMs: clock.now() + delayMs, error: text })
      return this.#failed(wish, 'ErrImagePull', text, shownMs)
    }
  }

  /** One pull at a time, as upstream's default: layers of two images would fight for the same network. */
  #pull({ container, secrets, event }: ImageWish, name: string): Promise<Image> {
    const { runtime, clock } = this.#options
    const askedMs = clock.monotonic()
    const work = async (): Promise<Image> => {
      const startedMs = clock.monotonic()
      event('Normal', 'Pulling', `Pulling image "${container.image}"`)
      const ref = await pullWith(runtime, name, credentialsFor(name, secrets))
      const [pull, all] = [clock.monotonic() - startedMs, clock.monotonic() - askedMs].map(formatSeconds)
      const image = (await runtime.imageStatus(ref)) ?? (await runtime.imageStatus(name))
      if (!image) throw new Error(`image ${JSON.stringify(name)} is not there after it has been pulled`)
      event(
        'Normal',
        'Pulled',
        `Successfully pulled image "${container.image}" in ${pull} (${all} including waiting). Image size: ${image.sizeBytes} bytes.`,
      )
      return image
    }
    const pulled = this.#lastPull.then(work)
    this.#lastPull = pulled.catch(() => {})
    return pulled
  }

  #failed({ event }: ImageWish, reason: string, message: string, retryMs: number): ImageState {
    event('Warning', 'Failed', `Error: ${reason}`)
    const atMs = this.#options.clock.now()
    const failure: Failure = { reason, message, atMs, retryAtMs: atMs + retryMs }
    return { at: 'failed', failure }
  }
}

/** Each set of credentials in turn; without any, as a stranger. The last error counts. */
async function pullWith(runtime: Runtime, name: string, all: readonly ImageCredentials[]): Promise<string> {
  if (all.length === 0) return runtime.pullImage(name)
  let last: unknown
  for (const credentials of all) {
    try {
      return await runtime.pullImage(name, credentials)
    } catch (error) {
      last = error
    }
  }
  throw last
}

const pathPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const namePattern = new RegExp(`^${pathPart}(?:/${pathPart})*$`)
const hostPattern =
  /^(?:[a-zA-Z0-9]+(?:-+[a-zA-Z0-9]+)*(?:\.[a-zA-Z0-9]+(?:-+[a-zA-Z0-9]+)*)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/
const suffixPattern =
  /(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/

/** What is wrong with an image's name, in the words of the reference grammar that all registries share. */
export function imageNameProblem(image: string): string | undefined {
  const name = image.replace(suffixPattern, '')
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost' || first !== first.toLowerCase()
  const host = hasHost ? first : ''
  const path = hasHost ? name.slice(slash + 1) : name
  if (path !== path.toLowerCase() && namePattern.test(path.toLowerCase()))
    return `invalid reference format: repository name (${hasHost || slash >= 0 ? path : `library/${path}`}) must be lowercase`
  if (!namePattern.test(path) || (hasHost && !hostPattern.test(host))) return 'invalid reference format'
  return undefined
}

/** `latest` is meant where neither tag nor digest is given. */
export const withTag = (image: string): string => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`)

/** Go's notation: 350ms, 1.234s. */
const formatSeconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)}ms` : `${(ms / 1000).toFixed(3)}s`)

/** As in `registry.example.com/team`: the registry that an image is pulled from, and the whole repository. */
function repositoryOf(image: string): { registry: string; repository: string } {
  const bare = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
  const first = bare.split('/')[0]!
  const hasRegistry = bare.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')
  const registry = hasRegistry ? first : 'docker.io'
  const path = hasRegistry ? bare.slice(first.length + 1) : bare.includes('/') ? bare : `library/${bare}`
  return { registry, repository: `${registry}/${path}` }
}

interface DockerAuth {
  readonly username?: string
  readonly password?: string
  readonly auth?: string
}

/** Which of the pod's registry credentials go with the image; the most specific first. */
export function credentialsFor(image: string, secrets: readonly Secret[]): readonly ImageCredentials[] {
  const { registry, repository } = repositoryOf(image)
  const found: { readonly key: string; readonly credentials: ImageCredentials }[] = []
  for (const secret of secrets)
    for (const [server, auth] of Object.entries(authsOf(secret))) {
      const key = server.replace(/^https?:\/\//, '').replace(/\/(v1|v2)?\/?$/, '')
      const place = key === 'index.docker.io' ? 'docker.io' : key
      if (!matches(place, registry, repository)) continue
      const [username = '', password = ''] = auth.auth
        ? splitOnce(Buffer.from(auth.auth, 'base64').toString())
        : [auth.username, auth.password]
      found.push({ key: place, credentials: { username, password, serverAddress: server } })
    }
  return found.sort((a, b) => b.key.length - a.key.length).map(({ credentials }) => credentials)
}

const splitOnce = (text: string): [string, string] => {
  const at = text.indexOf(':')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function authsOf(secret: Secret): Readonly<Record<string, DockerAuth>> {
  const data = secret.data ?? {}
  try {
    const config = data['.dockerconfigjson']
    if (config) return JSON.parse(Buffer.from(config, 'base64').toString()).auths ?? {}
    const old = data['.dockercfg']
    return old ? JSON.parse(Buffer.from(old, 'base64').toString()) : {}
  } catch {
    // A secret that cannot be read gives no credentials; the pull says what comes of it.
    return {}
  }
}

function matches(key: string, registry: string, repository: string): boolean {
  const [host = '', ...path] = key.split('/')
  const parts = host.split('.')
  const wanted = registry.split('.')
  // A star stands for one part of the host's name.
  if (parts.length !== wanted.length || !parts.every((part, i) => part === '*' || part === wanted[i])) return false
  const prefix = [registry, ...path].join('/')
  return repository === prefix || repository.startsWith(`${prefix}/`) || path.length === 0
}
