// Keeps an APIService for every version that this server answers for itself: for those that are built in from the
// start, so that a user may take one away or hand it to another server until the next start, and for those of custom
// kinds always. Whoever removes the label from one keeps it as it is.

import type { APIService } from '#api/apiregistration/api-service.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import { StatusError } from '#api/status-error.ts'
import type { Clock } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'
import { Loop } from '#lib/loop.ts'
import type { Random } from '#lib/random.ts'
import { virtualKinds } from '../subresources/virtual.ts'
import type { Send } from './own-requests.ts'
import { hasPriority, localPriority, registrationGroup } from './priorities.ts'

const managedLabel = 'kube-aggregator.kubernetes.io/automanaged'

export type Managed = 'onstart' | 'true'

export interface Wanted {
  readonly group: string
  readonly version: string
  readonly managed: Managed
}

export const nameOf = ({ group, version }: Pick<Wanted, 'group' | 'version'>): string => `${version}.${group}`

const specOf = ({ group, version }: Wanted) => {
  const priority = localPriority(group, version)
  return { group, version, groupPriorityMinimum: priority.group, versionPriority: priority.version }
}

const isAsWanted = ({ spec }: APIService, wanted: Wanted): boolean =>
  spec.service === undefined &&
  !spec.caBundle &&
  !spec.insecureSkipTLSVerify &&
  Object.entries(specOf(wanted)).every(([field, value]) => spec[field as keyof typeof spec] === value)

export interface Situation {
  readonly current: APIService | undefined
  readonly wanted: Wanted | undefined
  /** It was there when the server started. */
  readonly atStart: boolean
  /** It has been brought up to date once since then. */
  readonly synced: boolean
}

export type Step = 'create' | 'update' | 'delete' | 'nothing'

/** Upstream's table of what to do with one. */
export function nextStep({ current, wanted, atStart, synced }: Situation): Step {
  if (wanted?.managed === 'onstart' && synced) return 'nothing'
  if (!current) return wanted ? 'create' : 'nothing'
  const managed = current.metadata.labels?.[managedLabel]
  if (managed !== 'onstart' && managed !== 'true') return 'nothing'
  if (managed === 'onstart' && (!atStart || synced)) return 'nothing'
  if (!wanted) return 'delete'
  return isAsWanted(current, wanted) ? 'nothing' : 'update'
}

export interface RegistrationOptions {
  readonly core: { readonly kinds: KindRegistry; readonly clock: Clock; readonly random: Random; readonly log: Log }
  readonly send: Send
  /** As they are now. */
  readonly services: () => ReadonlyMap<string, APIService>
}

export class Registration {
  readonly #options: RegistrationOptions
  readonly #loop: Loop
  readonly #atStart: ReadonlySet<string>
  readonly #synced = new Set<string>()
  readonly #unsubscribe: () => void

  constructor(options: RegistrationOptions) {
    this.#options = options
    const { clock, random, log, kinds } = options.core
    this.#atStart = new Set(options.services().keys())
    this.#loop = new Loop({
      work: () => this.#work(),
      failed: (error) => log.warn('APIServices could not be brought up to date', { error: errorText(error) }),
      clock,
      random,
    })
    this.#unsubscribe = kinds.subscribe(() => this.#loop.wake())
    this.#loop.wake()
  }

  /** An APIService has changed. */
  wake(): void {
    this.#loop.wake()
  }

  /** Of what is built in, what has not been registered yet. */
  get missing(): readonly string[] {
    const wanted = [...this.#wanted()].filter(([, { managed }]) => managed === 'onstart')
    return wanted.map(([name]) => name).filter((name) => !this.#synced.has(name))
  }

  settled(): Promise<void> {
    return this.#loop.settled()
  }

  stop(): Promise<void> {
    this.#unsubscribe()
    return this.#loop.stop()
  }

  #wanted(): ReadonlyMap<string, Wanted> {
    const found = new Map<string, Wanted>()
    for (const { group, version, custom } of [...this.#options.core.kinds.all, ...virtualKinds]) {
      if (group === registrationGroup) continue
      const wanted: Wanted = { group, version, managed: custom ? 'true' : 'onstart' }
      // A version that nobody knows the place of is not registered, as upstream; there is a test that none is missing.
      if (custom || hasPriority(group, version)) found.set(nameOf(wanted), wanted)
    }
    return found
  }

  async #work(): Promise<void> {
    const current = this.#options.services()
    const wanted = this.#wanted()
    // Together, so that they share a commit.
    const results = await Promise.allSettled(
      [...new Set([...current.keys(), ...wanted.keys()])].map((name) =>
        this.#bring(name, current.get(name), wanted.get(name)),
      ),
    )
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  async #bring(name: string, current: APIService | undefined, wanted: Wanted | undefined): Promise<void> {
    const { send } = this.#options
    const step = nextStep({ current, wanted, atStart: this.#atStart.has(name), synced: this.#synced.has(name) })
    try {
      if (step === 'create' && wanted) {
        const metadata = { name, labels: { [managedLabel]: wanted.managed } }
        await send('POST', '', { metadata, spec: specOf(wanted) })
      } else if (step === 'update' && wanted && current) {
        const labels = { ...current.metadata.labels, [managedLabel]: wanted.managed }
        await send('PUT', `/${name}`, {
          ...current,
          metadata: { ...current.metadata, labels },
          spec: specOf(wanted),
        })
      } else if (step === 'delete' && current) {
        await send('DELETE', `/${name}`, { preconditions: { uid: current.metadata.uid } })
      }
    } catch (error) {
      // Somebody was faster; what they did is heard of, and looked at again.
      if (!(error instanceof StatusError) || (error.code !== 404 && error.code !== 409)) throw error
      return
    }
    this.#synced.add(name)
  }
}
