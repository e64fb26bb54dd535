// The volumes of one pod: laid out together, laid out again when what they show changes, taken away together.
// One thing at a time; a change that comes meanwhile is taken up afterwards.

import { join } from 'node:path'
import type { Pod } from '#api/core/pod.ts'
import type { Clock, Timer } from '#lib/clock.ts'
import { errorText } from '#lib/log.ts'
import { pluginOf, volumePlugins } from './volumes/plugins.ts'
import type { LaidOut, VolumePlugin as Plugin, VolumeContext } from './volumes/volume.ts'

const pluginsByName = new Map(volumePlugins.map((plugin) => [plugin.name, plugin]))

const retryMs = 60_000

export class VolumeError extends Error {
  readonly volume: string
  constructor(volume: string, cause: unknown) {
    super(`MountVolume.SetUp failed for volume ${JSON.stringify(volume)} : ${errorText(cause)}`)
    this.volume = volume
  }
}

export interface PodVolumesOptions {
  /** `<rootDir>/pods/<uid>` */
  readonly podDirectory: string
  readonly clock: Clock
  readonly context: Omit<VolumeContext, 'pod' | 'volume' | 'path' | 'clock'>
  /** A volume must be laid out again by the clock. */
  readonly onDue: () => void
}

export class PodVolumes {
  readonly #options: PodVolumesOptions
  readonly #laidOut = new Map<string, LaidOut>()
  #timer: Timer | undefined

  constructor(options: PodVolumesOptions) {
    this.#options = options
  }

  /** Where a volume stands on the node, once it is laid out. */
  hostPath(volume: string): string | undefined {
    return this.#laidOut.get(volume)?.hostPath
  }

  /** Throws a VolumeError for the first volume that could not be laid out, once all have been tried. */
  async mount(pod: Pod): Promise<void> {
    await this.#setUp(pod, () => true)
  }

  /** Lays out again what follows its sources. */
  async refresh(pod: Pod): Promise<void> {
    await this.#setUp(pod, (plugin) => plugin.isLive === true)
  }

  async unmount(): Promise<void> {
    this.#timer?.cancel()
    const { podDirectory, context } = this.#options
    const { files, mounter } = context
    const root = join(podDirectory, 'volumes')
    // What stands on the disk is taken away, not what this process remembers: it may be a later one.
    for (const folder of await files.list(root)) {
      const plugin = pluginsByName.get(folder.replace('kubernetes.io~', ''))
      for (const name of await files.list(join(root, folder)))
        await plugin?.tearDown?.({ path: join(root, folder, name), files, mounter })
    }
    this.#laidOut.clear()
  }

  stop(): void {
    this.#timer?.cancel()
  }

  async #setUp(pod: Pod, wanted: (plugin: Plugin) => boolean): Promise<void> {
    const failures: VolumeError[] = []
    await Promise.all(
      (pod.spec.volumes ?? []).map(async (volume) => {
        try {
          const plugin = pluginOf(volume)
          if (!wanted(plugin)) return
          this.#laidOut.set(volume.name, await plugin.setUp(this.#contextOf(pod, volume, plugin)))
        } catch (error) {
          failures.push(new VolumeError(volume.name, error))
          this.#putOff(volume.name)
        }
      }),
    )
    this.#arm()
    if (failures[0]) throw failures[0]
  }

  #contextOf(pod: Pod, volume: VolumeContext['volume'], plugin: Plugin): VolumeContext {
    const { podDirectory, clock, context } = this.#options
    const path = join(podDirectory, 'volumes', `kubernetes.io~${plugin.name}`, volume.name)
    return { ...context, pod, volume, path, clock }
  }

  /** What could not be renewed in time is not tried without a pause. */
  #putOff(volume: string): void {
    const known = this.#laidOut.get(volume)
    if (known?.refreshAtMs === undefined) return
    const refreshAtMs = Math.max(known.refreshAtMs, this.#options.clock.now() + retryMs)
    this.#laidOut.set(volume, { ...known, refreshAtMs })
  }

  #arm(): void {
    this.#timer?.cancel()
    const { clock, onDue } = this.#options
    const due = [...this.#laidOut.values()].flatMap(({ refreshAtMs }) => refreshAtMs ?? [])
    if (due.length > 0) this.#timer = clock.after(Math.max(1000, Math.min(...due) - clock.now()), onDue)
  }
}
