// What an agent that was away finds of pods that the API no longer knows: containers are stopped with the grace
// that was written on them, then everything of theirs is removed.

import { join } from 'node:path'
import { errorText } from '#lib/log.ts'
import { podGraceAnnotation, podUidLabel } from './labels.ts'
import type { ObservedContainer } from './observed.ts'
import { PodVolumes } from './pod-volumes.ts'
import type { Sandbox } from './runtime/runtime.ts'
import type { KubeletOptions } from './settings.ts'

export interface Orphan {
  readonly uid: string
  readonly sandboxes: readonly Sandbox[]
  readonly containers: readonly ObservedContainer[]
}

export async function removeOrphans(
  options: KubeletOptions,
  orphans: readonly Orphan[],
  isKnown: (uid: string) => boolean,
  podsDir: string,
): Promise<void> {
  // What does not carry a pod's uid was not made by a kubelet.
  await Promise.all(orphans.filter(({ uid }) => uid !== '').map((orphan) => removeOrphan(options, orphan)))
  for (const uid of await options.files.list(podsDir)) {
    if (isKnown(uid)) continue
    await emptyPodDirectory(options, join(podsDir, uid)).catch((error) => warn(options, uid, error))
  }
}

async function removeOrphan(options: KubeletOptions, { uid, sandboxes, containers }: Orphan): Promise<void> {
  const { runtime, files, log } = options
  log.info('Removing a pod that is no longer known', { uid })
  try {
    const live = containers.filter((c) => c.state === 'running')
    await Promise.all(live.map((c) => runtime.stopContainer(c.id, Number(c.annotations[podGraceAnnotation] ?? 30))))
    for (const { id } of sandboxes) await runtime.stopSandbox(id)
    for (const { id } of containers) await runtime.removeContainer(id)
    for (const { id } of sandboxes) await runtime.removeSandbox(id)
    for (const { namespace, name } of sandboxes)
      await files.remove(join(options.settings.logDir, `${namespace}_${name}_${uid}`))
  } catch (error) {
    warn(options, uid, error)
  }
}

async function emptyPodDirectory(options: KubeletOptions, podDirectory: string): Promise<void> {
  const { clock, files, mounter, random } = options
  const nothing = { configMap: () => undefined, secret: () => undefined }
  const context = {
    files,
    mounter,
    random,
    sources: nothing,
    addresses: () => ({ podIPs: [], hostIPs: [] }),
    allocatable: () => ({}),
    token: () => Promise.reject(new Error('the pod is gone')),
    trustBundles: () => [],
    credentials: () => Promise.reject(new Error('the pod is gone')),
  }
  await new PodVolumes({ podDirectory, clock, context, onDue: () => {} }).unmount()
  await files.remove(podDirectory)
}

const warn = ({ log }: KubeletOptions, uid: string, error: unknown): void =>
  log.warn('Cannot remove what is left of a pod', { uid, label: podUidLabel, error: errorText(error) })
