// Which kinds are served now: the built-in ones and those that come and go at run time. Whoever derives
// something from the whole set (routes, discovery, OpenAPI) subscribes, and derives it again after a change.

import type { AnyKind } from './kind.ts'

export type KindChange = { readonly added: readonly AnyKind[]; readonly removed: readonly AnyKind[] }

export class KindRegistry {
  readonly #byResource = new Map<string, AnyKind>()
  readonly #byKind = new Map<string, AnyKind>()
  readonly #listeners = new Set<(change: KindChange) => void>()
  #all: readonly AnyKind[] = []
  #generation = 0

  constructor(kinds: Iterable<AnyKind> = []) {
    for (const kind of kinds) this.#put(kind)
    this.#all = [...this.#byResource.values()]
  }

  get all(): readonly AnyKind[] {
    return this.#all
  }
  /** Goes up with every change; a cheap key for whatever is cached per set of kinds. */
  get generation(): number {
    return this.#generation
  }

  kindFor(group: string, version: string, plural: string): AnyKind | undefined {
    return this.#byResource.get(`${group}/${version}/${plural}`)
  }

  /** By `apps/v1` and `Deployment`, as an object names itself. */
  kindOf(apiVersion: string, kind: string): AnyKind | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`)
  }

  /** The group's first served version of a kind: what an owner reference or a Scale target means. */
  inGroup(group: string, kind: string): AnyKind | undefined {
    return this.#all.find((k) => k.group === group && k.kind === kind)
  }

  groupVersions(): readonly { readonly group: string; readonly version: string }[] {
    const seen = new Map<string, { group: string; version: string }>()
    for (const { apiVersion, group, version } of this.#all) seen.set(apiVersion, { group, version })
    return [...seen.values()]
  }

  /** One that is there already, by group, version and plural, is replaced. */
  add(...kinds: readonly AnyKind[]): void {
    this.replace([], kinds)
  }
  remove(...kinds: readonly AnyKind[]): void {
    this.replace(kinds, [])
  }

  /** One change for a whole set, so that nobody sees a custom resource without one of its versions. */
  replace(gone: readonly AnyKind[], come: readonly AnyKind[]): void {
    const removed = gone.filter((kind) => this.kindFor(kind.group, kind.version, kind.plural) === kind)
    for (const kind of removed) {
      this.#byResource.delete(`${kind.group}/${kind.version}/${kind.plural}`)
      if (this.kindOf(kind.apiVersion, kind.kind) === kind) this.#byKind.delete(`${kind.apiVersion}/${kind.kind}`)
    }
    for (const kind of come) this.#put(kind)
    if (removed.length === 0 && come.length === 0) return
    this.#all = [...this.#byResource.values()]
    this.#generation++
    for (const listener of this.#listeners) listener({ added: come, removed })
  }

  /** Returns what ends the subscription. */
  subscribe(listener: (change: KindChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #put(kind: AnyKind): void {
    this.#byResource.set(`${kind.group}/${kind.version}/${kind.plural}`, kind)
    this.#byKind.set(`${kind.apiVersion}/${kind.kind}`, kind)
  }
}
