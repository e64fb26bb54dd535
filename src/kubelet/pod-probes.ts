// The probes of all running containers of one pod: begun when a container is seen to run, ended with it.

import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Clock } from '#lib/clock.ts'
import type { ContainerEvent } from './images.ts'
import type { Health, ObservedContainer } from './observed.ts'
import type { Prober } from './prober.ts'
import { ContainerProbes, wasReady } from './probes.ts'

export interface PodProbesOptions {
  readonly prober: Prober
  readonly clock: Clock
  readonly eventOf: (container: string) => ContainerEvent
  readonly onChange: () => void
}

export interface Probed {
  readonly pod: Pod
  readonly containers: readonly ObservedContainer[]
  readonly spec: (name: string) => Container | undefined
  readonly podIP: string
}

export class PodProbes {
  readonly #options: PodProbesOptions
  readonly #byId = new Map<string, ContainerProbes>()
  #isWindingDown = false

  constructor(options: PodProbesOptions) {
    this.#options = options
  }

  get health(): ReadonlyMap<string, Health> {
    return new Map([...this.#byId].map(([id, probes]) => [id, probes.health]))
  }

  sync({ pod, containers, spec: specOf, podIP }: Probed): void {
    const running = new Set(containers.filter((c) => c.state === 'running').map((c) => c.id))
    for (const [id, probes] of this.#byId) {
      if (running.has(id)) continue
      probes.stop()
      this.#byId.delete(id)
    }
    for (const container of containers) {
      const spec = specOf(container.name)
      if (!spec || !running.has(container.id) || this.#byId.has(container.id)) continue
      const probes = new ContainerProbes({
        ...this.#options,
        container,
        spec,
        podIP,
        event: this.#options.eventOf(container.name),
        assumeReady: wasReady(pod, container.id),
      })
      if (this.#isWindingDown) probes.windDown()
      this.#byId.set(container.id, probes)
    }
  }

  /** Nothing is restarted any more; readiness is still told. */
  windDown(): void {
    this.#isWindingDown = true
    for (const probes of this.#byId.values()) probes.windDown()
  }

  stop(): void {
    for (const probes of this.#byId.values()) probes.stop()
  }
}
