// The ConfigMaps and Secrets that one pod refers to: in its volumes, its containers' environment and its image
// pull secrets. Held from the pod's first sight to its end.

import type { ConfigMap } from '#api/core/config-map.ts'
import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Secret } from '#api/core/secret.ts'
import type { AnyKind } from '#api/kind.ts'
import { allSpecs } from './observed.ts'
import type { Reference, ReferenceWatches } from './references.ts'
import { volumePlugins } from './volumes/plugins.ts'
import type { References } from './volumes/volume.ts'

export function containerReferences(container: Container): References {
  const sources = (container.env ?? []).map((variable) => variable.valueFrom)
  const names = (all: readonly (string | undefined)[]) => all.flatMap((name) => name ?? [])
  return {
    configMaps: names([
      ...(container.envFrom ?? []).map((from) => from.configMapRef?.name),
      ...sources.map((source) => source?.configMapKeyRef?.name),
    ]),
    secrets: names([
      ...(container.envFrom ?? []).map((from) => from.secretRef?.name),
      ...sources.map((source) => source?.secretKeyRef?.name),
    ]),
  }
}

export function volumeReferences(pod: Pod): References {
  const all = (pod.spec.volumes ?? []).flatMap((volume) =>
    volumePlugins.flatMap((plugin) => (plugin.matches(volume) ? (plugin.references?.(volume) ?? []) : [])),
  )
  return { configMaps: all.flatMap((r) => r.configMaps), secrets: all.flatMap((r) => r.secrets) }
}

const pullReferences = (pod: Pod): References => ({
  configMaps: [],
  secrets: (pod.spec.imagePullSecrets ?? []).map(({ name = '' }) => name),
})

export class PodReferences {
  readonly #watches: ReferenceWatches
  readonly #onChange: () => void
  #pod: Pod
  readonly #configMaps = new Map<string, Reference<typeof ConfigMap>>()
  readonly #secrets = new Map<string, Reference<typeof Secret>>()

  constructor(watches: ReferenceWatches, pod: Pod, onChange: () => void) {
    this.#watches = watches
    this.#onChange = onChange
    this.#pod = pod
    this.update(pod)
  }

  /** Ephemeral containers, which come later, bring their own. */
  update(pod: Pod): void {
    this.#pod = pod
    const namespace = pod.metadata.namespace ?? ''
    const references = [volumeReferences(pod), pullReferences(pod), ...allSpecs(pod).map(containerReferences)]
    const [watches, onChange] = [this.#watches, this.#onChange]
    for (const { configMaps, secrets } of references) {
      for (const name of configMaps)
        if (!this.#configMaps.has(name)) this.#configMaps.set(name, watches.configMap(namespace, name, onChange))
      for (const name of secrets)
        if (!this.#secrets.has(name)) this.#secrets.set(name, watches.secret(namespace, name, onChange))
    }
  }

  configMap(name: string): ConfigMap | undefined {
    return this.#configMaps.get(name)?.current
  }

  secret(name: string): Secret | undefined {
    return this.#secrets.get(name)?.current
  }

  /** Each resolves when it is known of all that it needs whether they are there. */
  volumesSynced(): Promise<void> {
    return this.#synced(volumeReferences(this.#pod))
  }

  containerSynced(container: Container): Promise<void> {
    return this.#synced(containerReferences(container))
  }

  pullSecretsSynced(): Promise<void> {
    return this.#synced(pullReferences(this.#pod))
  }

  release(): void {
    for (const reference of [...this.#configMaps.values(), ...this.#secrets.values()]) reference.release()
    this.#configMaps.clear()
    this.#secrets.clear()
  }

  async #synced({ configMaps, secrets }: References): Promise<void> {
    const all: (Reference<AnyKind> | undefined)[] = [
      ...configMaps.map((name) => this.#configMaps.get(name) as Reference<AnyKind> | undefined),
      ...secrets.map((name) => this.#secrets.get(name) as Reference<AnyKind> | undefined),
    ]
    for (const reference of all) if (reference && !reference.isSynced) await reference.synced
  }
}
