// What the runtime has of one pod, as last heard: its sandboxes and containers. Kept by asking about single ones
// when something is said of them, and by comparing with a list now and then.
//
// Guarantees: a container that has ended never comes back to life here, however answers overtake each other;
// one whose start is under way is kept, but not shown.

import { type ObservedContainer, observedContainer } from './observed.ts'
import type { Runtime, Sandbox } from './runtime/runtime.ts'

export interface RuntimeViewOptions {
  readonly runtime: Runtime
  /** What a container that has just ended had to say. */
  readonly lastWords: (container: ObservedContainer) => Promise<string>
  readonly onSandbox: (sandbox: Sandbox) => void
}

export class RuntimeView {
  readonly #options: RuntimeViewOptions
  readonly #sandboxes = new Map<string, Sandbox>()
  readonly #containers = new Map<string, ObservedContainer>()
  readonly #starting = new Set<string>()

  constructor(options: RuntimeViewOptions) {
    this.#options = options
  }

  /** Newest first. */
  get sandboxes(): readonly Sandbox[] {
    return [...this.#sandboxes.values()].sort((a, b) => b.attempt - a.attempt)
  }

  /** Newest first, with those being started. */
  get containers(): readonly ObservedContainer[] {
    return [...this.#containers.values()].sort(newestContainer)
  }

  /** Without those being started. */
  get shown(): readonly ObservedContainer[] {
    return this.containers.filter((c) => !this.#starting.has(c.id))
  }

  container(id: string): ObservedContainer | undefined {
    return this.#containers.get(id)
  }

  owns(id: string): boolean {
    return this.#containers.has(id) || this.#sandboxes.has(id) || this.#starting.has(id)
  }

  noteSandbox(sandbox: Sandbox): void {
    this.#sandboxes.set(sandbox.id, sandbox)
    this.#options.onSandbox(sandbox)
  }

  noteContainer(container: ObservedContainer): void {
    this.#containers.set(container.id, container)
  }

  forget(id: string): void {
    this.#sandboxes.delete(id)
    this.#containers.delete(id)
  }

  /** Hides a container until it has been started. */
  hide(id: string): void {
    this.#starting.add(id)
  }

  show(id: string): void {
    this.#starting.delete(id)
  }

  /** Asks the runtime what has become of a container or a sandbox. */
  async observe(id: string): Promise<void> {
    if (this.#sandboxes.has(id)) await this.#observeSandbox(id)
    else await this.#observeContainer(id)
  }

  /** Asks again about everything that a list shows otherwise. */
  async compare(sandboxes: readonly Sandbox[], containers: readonly { id: string; state: string }[]): Promise<void> {
    const changed = [
      ...sandboxes.filter((s) => this.#sandboxes.get(s.id)?.state !== s.state),
      ...containers.filter((c) => this.#containers.get(c.id)?.state !== c.state),
    ].map(({ id }) => id)
    for (const sandbox of sandboxes) if (!this.#sandboxes.has(sandbox.id)) this.noteSandbox(sandbox)
    const there = new Set([...sandboxes, ...containers].map(({ id }) => id))
    const lost = [...this.#sandboxes.keys(), ...this.#containers.keys()].filter((id) => !there.has(id))
    for (const id of [...changed, ...lost]) if (!this.#starting.has(id)) await this.observe(id)
  }

  async #observeSandbox(id: string): Promise<void> {
    const sandbox = await this.#options.runtime.sandboxStatus(id)
    if (sandbox) this.noteSandbox(sandbox)
    else this.#sandboxes.delete(id)
  }

  async #observeContainer(id: string): Promise<void> {
    const status = await this.#options.runtime.containerStatus(id)
    if (!status) {
      this.#containers.delete(id)
      return
    }
    if (this.#containers.get(id)?.state === 'exited') return
    const observed = observedContainer(status)
    const message = observed.state === 'exited' ? await this.#options.lastWords(observed) : observed.message
    this.#containers.set(id, { ...observed, message })
  }
}

/** By attempt within a name; ids break ties so that the order is always the same. */
const newestContainer = (a: ObservedContainer, b: ObservedContainer): number =>
  b.restartCount - a.restartCount || b.createdAtMs - a.createdAtMs || (a.id < b.id ? -1 : 1)
