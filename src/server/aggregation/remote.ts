// A version of a group that another server answers for: its APIService, the way there, and what it was last heard to
// serve.

import type { APIService } from '#api/apiregistration/api-service.ts'
import { isConditionTrue } from '#api/conditions.ts'
import type { ServicePort } from '../connect/service-dial.ts'
import type { Backend } from './backend.ts'
import { type Priority, registrationGroup } from './priorities.ts'
import type { Resource } from './resources.ts'

/** Undefined: this server answers itself, as it always does for its oldest group and for APIServices. */
export function serviceOf({ spec }: APIService): ServicePort | undefined {
  const { group = '', service } = spec
  if (!service || group === '' || group === registrationGroup) return undefined
  return { namespace: service.namespace ?? '', name: service.name ?? '', port: service.port ?? 443 }
}

export const priorityOf = ({ spec }: APIService): Priority => ({
  group: spec.groupPriorityMinimum,
  version: spec.versionPriority,
})

export const isAvailable = ({ status }: APIService): boolean => isConditionTrue(status.conditions, 'Available')

/** What a change of needs another connection. */
export const connectionKey = ({ spec }: APIService): string =>
  JSON.stringify([spec.service, spec.caBundle, spec.insecureSkipTLSVerify])

export class Remote {
  readonly backend: Backend
  readonly key: string
  #service: APIService
  #resources: readonly Resource[] = []
  #isFresh = false

  constructor(service: APIService, backend: Backend) {
    this.#service = service
    this.backend = backend
    this.key = connectionKey(service)
  }

  get name(): string {
    return this.#service.metadata.name ?? ''
  }
  get group(): string {
    return this.#service.spec.group ?? ''
  }
  get version(): string {
    return this.#service.spec.version ?? ''
  }
  get path(): string {
    return `/apis/${this.group}/${this.version}`
  }
  get priority(): Priority {
    return priorityOf(this.#service)
  }
  get isAvailable(): boolean {
    return isAvailable(this.#service)
  }
  /** What it was last heard to serve is what it serves now, as far as anybody can know. */
  get isFresh(): boolean {
    return this.#isFresh && this.isAvailable
  }
  get resources(): readonly Resource[] {
    return this.#resources
  }

  update(service: APIService): void {
    this.#service = service
  }

  /** Undefined: it did not say. True if that is news. */
  hear(resources: readonly Resource[] | undefined): boolean {
    const isFresh = resources !== undefined
    const isNews =
      isFresh !== this.#isFresh || (isFresh && JSON.stringify(resources) !== JSON.stringify(this.#resources))
    this.#isFresh = isFresh
    if (resources) this.#resources = resources
    return isNews
  }
}
